/** The product's version, put in by the build; `0.0.0` where nothing was built (unit tests). */
declare const SPILLCHECK_VERSION: string | undefined;

export const toolName = "SpillCheck";
export const toolVersion: string = typeof SPILLCHECK_VERSION === "string" ? SPILLCHECK_VERSION : "0.0.0";

/** Name of a finding's fingerprint in results; the number goes up when the way it is made changes. */
export const fingerprintName = "spillcheck/v1";
