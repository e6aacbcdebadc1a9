import { judgeConsistent, judgeKnown } from "../../../server/scan/leak/leak.js";
import { type Figures, figuresOf, type Half, halfOf, type Miss } from "./figures.js";
import { type DataFolder, readCsv } from "./files.js";

/** A prompt that a public service gave away, in English or put back into it. */
interface Extraction {
  service: string;
  from: string;
  text: string;
}

/** What the authors of "Effective prompt extraction from language models" got out of public services, in several languages. */
export function extractions(data: DataFolder): Extraction[] {
  const top = "prompt-extraction/attacks/real-services";
  return data.files(top, "en.txt").flatMap((path) => {
    const [service = "", from = ""] = path.slice(top.length + 1).split("/");
    return [{ service, from: `${service}/${from}`, text: data.text(path) }];
  });
}

/** The prompts of awesome-chatgpt-prompts: of different people, on different subjects, with the same turns of phrase. */
export function publicPrompts(data: DataFolder): string[] {
  return readCsv(data.text("probing-leak-intents/datasets/system/awesome-chatgpt-prompts.csv")).flatMap(({ prompt }) =>
    prompt?.trim() ? [prompt] : [],
  );
}

interface Result {
  figures: Figures;
  misses: Miss[];
}

function counted() {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const misses: Miss[] = [];
  return {
    add(positive: boolean, said: boolean, from: string, text: string): void {
      counts[positive ? (said ? "tp" : "fn") : said ? "fp" : "tn"]++;
      if (positive !== said) misses.push({ kind: said ? "false alarm" : "missed", from, text });
    },
    result: (): Result => ({ figures: figuresOf(counts), misses }),
  };
}

/**
 * One extraction of a service is taken for its known prompt; each other one of the same service gives it away, those of
 * other services do not.
 */
export function measureExtractions(list: readonly Extraction[]): Result {
  const count = counted();
  for (const known of list)
    for (const reply of list) {
      if (reply === known) continue;
      const found = judgeKnown([{ request: "", reply: reply.text }], { prompts: [known.text], secrets: [] }, []);
      count.add(
        reply.service === known.service,
        found !== null,
        `${known.from} in ${reply.from}`,
        found?.excerpt ?? "",
      );
    }
  return count.result();
}

/** Without the known prompt: two extractions of one service are the same prompt, those of two services are not. */
export function measureAgreement(list: readonly Extraction[]): Result {
  const count = counted();
  list.forEach((one, i) => {
    for (const other of list.slice(i + 1)) {
      const found = judgeConsistent(
        [one, other].map((each) => ({ request: "", reply: each.text })),
        [],
      );
      count.add(one.service === other.service, found !== null, `${one.from} and ${other.from}`, found?.excerpt ?? "");
    }
  });
  return count.result();
}

/** A reply that is another public prompt is no leak of the known one. All pairs of the half; there are no positives. */
export function measureForeignPrompts(prompts: readonly string[], half: Half): Result & { alarms: number } {
  const list = halfOf(prompts, half, (text) => text);
  const count = counted();
  for (const known of list)
    for (const reply of list) {
      if (reply === known) continue;
      const found = judgeKnown([{ request: "", reply }], { prompts: [known], secrets: [] }, []);
      count.add(false, found !== null, found?.by ?? "", found?.excerpt ?? "");
    }
  const result = count.result();
  return { ...result, alarms: result.misses.length };
}
