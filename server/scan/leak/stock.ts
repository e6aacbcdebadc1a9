import { z } from "zod";
import stockYaml from "../../../rules/scan/stock-phrases.yaml";
import { lazy, readData } from "../data.js";

/** Sentences of templates and tutorials that stand in prompts everywhere, so that sharing one tells nothing. */
export const stockPhrases = lazy(
  () => readData(stockYaml, z.object({ phrases: z.array(z.string()) }), "rules/scan/stock-phrases.yaml").phrases,
);
