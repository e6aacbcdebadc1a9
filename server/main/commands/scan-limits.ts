/** The limits of a scan, from flags before settings. */
import { UsageError } from "../../project/errors.js";
import { anyOf, similar } from "../../project/similar.js";
import { LIMIT_NAMES, type LimitOverrides, limitOverridesSchema } from "../../scan/index.js";

/** In seconds; the limits themselves go no further. */
const LONGEST_TIMEOUT = 3_600;

/**
 * @param flags `--limit`, each `NAME=NUMBER`
 * @param timeout `--timeout` or its setting, in seconds: of the whole answer and of its first byte
 * @throws UsageError for a limit that there is not, or a value that it cannot have
 */
export function limitsOf(
  flags: readonly string[],
  settings: LimitOverrides | undefined,
  timeout: number | undefined,
): LimitOverrides {
  if (timeout !== undefined && timeout > LONGEST_TIMEOUT)
    throw new UsageError(`The timeout of ${timeout} seconds is too long; it must be at most ${LONGEST_TIMEOUT}.`);
  const ms = timeout === undefined ? undefined : Math.max(1, Math.round(timeout * 1000));
  const limits: LimitOverrides = { ...settings, ...(ms === undefined ? {} : { totalMs: ms, firstByteMs: ms }) };
  return Object.assign(limits, ...flags.map(limitOf));
}

function limitOf(text: string): LimitOverrides {
  const [name = "", value = "", ...more] = text.split("=");
  const known = LIMIT_NAMES.find((one) => one === name.trim());
  if (known === undefined) {
    const meant = similar(name, LIMIT_NAMES);
    throw new UsageError(
      `There is no limit "${name}"; ${meant ? `did you mean ${meant}?` : `it may be ${anyOf(LIMIT_NAMES)}.`}`,
    );
  }
  const parsed = limitOverridesSchema.safeParse({
    [known]: more.length > 0 || value.trim() === "" ? undefined : Number(value),
  });
  if (parsed.success && parsed.data[known] !== undefined) return parsed.data;
  const reason = parsed.error?.issues[0]?.message ?? "it must read NAME=NUMBER";
  throw new UsageError(`--limit "${text}" is not understood: ${reason}.`);
}
