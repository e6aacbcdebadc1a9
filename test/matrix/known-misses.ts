/** What the analysis does not see yet, as `shape / direction` or `rule / shape / direction`, each with the reason. A miss that is found fails its test. */
export const KNOWN_MISSES: Readonly<Record<string, string>> = {};
