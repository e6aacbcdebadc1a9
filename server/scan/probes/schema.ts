import { z } from "zod";
import classic from "../../../rules/scan/probes/classic.yaml";
import deep from "../../../rules/scan/probes/deep.yaml";
import injection from "../../../rules/scan/probes/injection.yaml";
import { type BuiltIn, lazy, readBuiltIn, readData } from "../data.js";
import { type Depth, depthSchema } from "../depth.js";
import { ScanError } from "../errors.js";
import { findingKinds } from "../findings.js";

/** How a payload is disguised before it goes into `{{payload}}`. */
export const ENCODINGS = [
  "base64",
  "hex",
  "rot13",
  "reverse",
  "zero-width",
  "homoglyph",
  "tags",
  "split",
  "leet",
] as const;

/** How a reply is judged. docs/adding-a-probe.md says what each means. */
export const ORACLES = ["leak", "nonce", "data", "cost", "markdown-image", "tools"] as const;

const variantSchema = z
  .object({
    depth: depthSchema,
    /** One message ... */
    text: z.string().optional(),
    /** ... or several, one after another in a conversation; the last one is judged. */
    turns: z.array(z.string()).min(2).optional(),
    payload: z.string().optional(),
    encode: z.enum(ENCODINGS).optional(),
  })
  .refine((variant) => (variant.text === undefined) !== (variant.turns === undefined), "give either text or turns")
  .refine(
    (variant) => (variant.payload === undefined) === (variant.encode === undefined),
    "payload and encode belong together",
  );

export const probeSchema = z
  .object({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: z.string().min(1),
    family: z.string().min(1),
    /** Finding id that a hit is reported under. */
    finding: z.string().min(1),
    oracle: z.enum(ORACLES),
    references: z.array(z.string()).default([]),
    /** The plain ask, sent first. What it gets as well is no weakness. */
    control: z.array(z.string()).default([]),
    variants: z.array(variantSchema).min(1),
  })
  .refine(
    (probe) =>
      (probe.oracle !== "nonce" && probe.oracle !== "markdown-image") ||
      probe.variants.every((variant) => {
        const all = [variant.text ?? "", ...(variant.turns ?? []), variant.payload ?? ""].join("\n");
        return all.includes("{{a}}") && all.includes("{{b}}") && !/\{\{a\}\}[^\p{L}\p{N}{}]*\{\{b\}\}/u.test(all);
      }),
    "a nonce needs {{a}} and {{b}} with a word between them, since an echo may leave out signs and spaces",
  );

export type Probe = z.infer<typeof probeSchema>;
export type Variant = Probe["variants"][number];

export const probeFileSchema = z.object({ probes: z.array(probeSchema) });

const DEPTHS: readonly Depth[] = ["quick", "standard", "deep"];

const probeFile = (name: string) => ({ name, schema: () => probeFileSchema }) satisfies BuiltIn<z.ZodType>;
const texts = [
  [classic, probeFile("rules/scan/probes/classic.yaml")],
  [injection, probeFile("rules/scan/probes/injection.yaml")],
  [deep, probeFile("rules/scan/probes/deep.yaml")],
] as const;
export const probeFiles = texts.map(([, file]) => file);

/** The built-in probes in the order in which they run. */
export const builtInProbes = lazy(() => texts.flatMap(([text, file]) => readBuiltIn(text, file).probes));

/**
 * The probes of a depth with the phrasings that belong to it.
 * @param extra the user's own probes
 */
export function probesFor(depth: Depth, extra: readonly Probe[] = []): Probe[] {
  const limit = DEPTHS.indexOf(depth);
  return [...builtInProbes(), ...extra].flatMap((probe) => {
    const variants = probe.variants.filter((variant) => DEPTHS.indexOf(variant.depth) <= limit);
    return variants.length > 0 ? [{ ...probe, variants }] : [];
  });
}

/**
 * Reads a file of probes as docs/adding-a-probe.md describes it.
 * @param file its name, for messages
 * @throws ScanError "bad-data" naming the place and what is wrong there
 */
export function readProbes(text: string, file: string): Probe[] {
  const taken = new Set(builtInProbes().map((probe) => probe.id));
  return readData(text, probeFileSchema, file).probes.map((probe, i) => {
    const refuse = (what: string): never => {
      throw new ScanError("bad-data", `${file}: probes.${i}.${what}`);
    };
    if (taken.has(probe.id)) refuse(`id: there is another probe with the id "${probe.id}"`);
    if (findingKinds()[probe.finding]?.category !== "llm_ai_security")
      refuse(`finding: "${probe.finding}" is no finding of the LLM checks`);
    taken.add(probe.id);
    return probe;
  });
}

/** Requests that a probe sends at most. */
export function requestsOf(probe: Probe): number {
  const attacks = probe.variants.reduce((sum, variant) => sum + (variant.turns?.length ?? 1), 0);
  return attacks + probe.control.length + (isAskedAgain(probe) ? 2 : 0);
}

/**
 * Whether a reply that reads like a prompt is asked for once more in other words. In a part that it plays, a model makes the
 * same up again; there only another part tells.
 */
export function isAskedAgain(probe: Probe): boolean {
  return probe.oracle === "leak" && probe.finding !== "jailbreak";
}
