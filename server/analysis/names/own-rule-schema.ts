/**
 * Rules of a project's own, as `.spillcheck.yaml` holds them under `rules:`: data from one of the sources must not reach one
 * of the sinks unless it passes one of the sanitisers. Names and arguments are written as in the model language.
 */
import { z } from "zod";
import { arg, condition, labelKinds, names, sinkKinds } from "./model-schema.js";

const levels = ["hint", "info", "warning", "error"] as const;

/** How an entry names calls. */
const called = {
  call: names
    .describe(
      "Qualified name or names: of a library's function, or of one in the project by its module and name (`shop.crm.load`).",
    )
    .optional(),
  duck: names
    .describe("Attribute paths that match whatever the receiver is, where its type is not known (`partner.send`).")
    .optional(),
  when: condition
    .describe("Only when a constant argument has this value: `{ arg: 0, is: public }`; `is: present` for any.")
    .optional(),
};

const hasCall = (entry: { call?: string[] | undefined; duck?: string[] | undefined }) =>
  entry.call !== undefined || entry.duck !== undefined;

const ownSource = z
  .strictObject({
    ...called,
    attr: names.describe("Qualified name or names of a library's attribute (`acme.session.customer`).").optional(),
    label: z
      .enum(labelKinds)
      .describe(
        "What the built-in rules know too: `user` (what the caller sends), `record` (rows of a data store), `llm` (model text), `secret` and so on.",
      )
      .optional(),
    fields: z
      .array(z.string().min(1))
      .min(1)
      .describe("With `label`: only these fields of it, by name, and whole records that hold one of them.")
      .optional(),
  })
  .refine(
    (entry) => hasCall(entry) || entry.attr !== undefined || entry.label !== undefined,
    "a source needs `call`, `duck`, `attr` or `label`",
  )
  .refine((entry) => entry.fields === undefined || entry.label !== undefined, "`fields` only goes with `label`");

const ownSink = z
  .strictObject({
    ...called,
    args: arg
      .describe(
        "Arguments that count, by position or name; every argument when absent. `[1, payload]` is one argument.",
      )
      .optional(),
    sink: z
      .enum(["prompt", ...sinkKinds])
      .describe("A kind of place that the built-in rules know: `prompt`, `response`, `log`, `outgoing-url` and so on.")
      .optional(),
  })
  .refine((entry) => hasCall(entry) || entry.sink !== undefined, "a sink needs `call`, `duck` or `sink`");

const ownSanitiser = z
  .strictObject({
    ...called,
    guard: z
      .strictObject({
        arg: arg.describe("The argument that is tested."),
        unsafe_when: z
          .enum(["true", "false", "raises"])
          .describe("Which answer says that the argument must not go on."),
      })
      .describe("A test of an argument instead of a function that gives back a clean value.")
      .optional(),
  })
  .refine(hasCall, "a sanitiser needs `call` or `duck`");

/** One rule of a project's own. */
export const ownRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "must be written in small letters, digits and hyphens")
    .describe("Name of the rule, for `levels`, comments and results: small letters, digits and hyphens."),
  message: z.string().min(1).describe("One sentence that each finding shows: what leaks to whom."),
  level: z.enum(levels).describe("Level of its findings. Default: warning.").optional(),
  sources: z.array(ownSource).min(1).describe("Where the data comes from."),
  sinks: z.array(ownSink).min(1).describe("Where it must not go."),
  sanitisers: z.array(ownSanitiser).describe("What makes it harmless on the way.").optional(),
  help: z.string().describe("Markdown that `spillcheck explain` and code scanning show.").optional(),
  cwe: z.array(z.number().int().positive()).describe("CWE numbers: `[200]`.").optional(),
});

export type OwnRule = z.infer<typeof ownRule>;
export type OwnSource = OwnRule["sources"][number];
export type OwnSink = OwnRule["sinks"][number];
export type OwnSanitiser = NonNullable<OwnRule["sanitisers"]>[number];
