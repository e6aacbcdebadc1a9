import { z } from "zod";
import stockYaml from "../../../rules/scan/stock-phrases.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "../data.js";

export const stockFile = {
  name: "rules/scan/stock-phrases.yaml",
  schema: () => z.object({ phrases: z.array(z.string()) }),
} satisfies BuiltIn<z.ZodType>;
/** Sentences of templates and tutorials that stand in prompts everywhere, so that sharing one tells nothing. */
export const stockPhrases = lazy(() => readBuiltIn(stockYaml, stockFile).phrases);
