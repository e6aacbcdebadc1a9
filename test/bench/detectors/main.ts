/**
 * What the detectors are worth on public labelled data. Started by run.mjs; arguments: a JSON object with the data folder,
 * the half to look at and how many misses to list; result: a JSON object on standard output. docs/detectors.md says where
 * the data is from.
 */
import { z } from "zod";
import { isRefusal } from "../../../server/scan/leak/refusal.js";
import {
  extractions,
  measureAgreement,
  measureExtractions,
  measureForeignPrompts,
  publicPrompts,
} from "./extractions.js";
import { type Half, halfOf, type Labelled, type Miss, measure } from "./figures.js";
import { DataFolder } from "./files.js";
import { garakLeak, otherSecrets, ourLeak, plainLeak, tensorTrust } from "./leaks.js";
import { measureOrdinary } from "./ordinary.js";
import { measurePersonal, readSentences } from "./personal.js";
import { measurePairs, measurePromptLike, playersPrompts, servicesPrompts } from "./promptlike.js";
import { chatgptRefusals, garakRefusal, type LabelledReply, promptfooRefusal, xstest } from "./refusals.js";
import {
  gitleaks,
  hasSecret,
  noseyParker,
  secretlint,
  truffleHog,
  withoutContradictions,
  withoutDocumentation,
} from "./secrets.js";

const argumentsSchema = z.object({
  data: z.string(),
  half: z.enum(["tune", "report", "all"]).default("report"),
  misses: z.number().default(0),
});

const given = argumentsSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
const data = new DataFolder(given.data);
const half: Half = given.half;
const missing: string[] = [];

/** Runs a measurement whose repositories are there, and names the others. */
function where<T>(repositories: readonly string[], work: () => T): T | null {
  const lacking = repositories.filter((repository) => !data.has(repository));
  missing.push(...lacking);
  return lacking.length > 0 ? null : work();
}

function listed<T extends { misses: Miss[] }>(result: T): Omit<T, "misses"> & { misses?: Miss[] } {
  const { misses, ...rest } = result;
  return given.misses > 0 ? { ...rest, misses: misses.slice(0, given.misses) } : rest;
}

function secrets() {
  const of = (list: Labelled[]) => listed(measure(list, (item) => hasSecret(item.text)));
  return where(["gitleaks", "noseyparker"], () => {
    const vendors = noseyParker(data, false);
    const generic = noseyParker(data, true);
    const leaks = gitleaks(data);
    const all = [...leaks, ...vendors, ...generic];
    const part = (list: Labelled[]) =>
      of(halfOf(withoutContradictions(list, all), half, (item) => item.key ?? item.text));
    return {
      gitleaks: part(leaks),
      noseyparker_vendors: part(vendors),
      noseyparker_generic: part(generic),
      vendors: part([...leaks, ...vendors]),
      vendors_without_documentation_values: part(withoutDocumentation([...leaks, ...vendors])),
      all: part(all),
      trufflehog_recall: where(["trufflehog"], () => part(truffleHog(data))),
      secretlint: where(["secretlint"], () =>
        of(halfOf(withoutDocumentation(secretlint(data)), half, (item) => item.text)),
      ),
    };
  });
}

function refusals() {
  const three = (items: LabelledReply[]) => ({
    ours: listed(measure(items, (item) => isRefusal(item.text))),
    garak: where(["garak"], () => {
      const says = garakRefusal(data);
      return measure(items, (item) => says(item.text)).figures;
    }),
    promptfoo: where(["promptfoo"], () => {
      const says = promptfooRefusal(data);
      return measure(items, (item) => says(item.text)).figures;
    }),
  });
  return {
    // By prompt, so that answers of five models to one question do not fall into both halves.
    xstest: where(["exaggerated-safety"], () => three(halfOf(xstest(data), half, (item) => item.prompt))),
    chatgpt_rejected_or_complied: where(["chatgpt-refusals"], () =>
      three(halfOf(chatgptRefusals(data, true), half, (item) => item.prompt)),
    ),
    chatgpt_all_tones: where(["chatgpt-refusals"], () =>
      three(halfOf(chatgptRefusals(data, false), half, (item) => item.prompt)),
    ),
  };
}

function leaks() {
  return where(["tensor-trust-data"], () => {
    const items = halfOf(tensorTrust(data), half, (item) => item.text);
    return {
      ours: listed(measure(items, ourLeak)),
      other_secrets: otherSecrets(items),
      secret_or_six_words: measure(items, plainLeak).figures,
      garak: measure(items, garakLeak).figures,
    };
  });
}

function personal() {
  return where(["presidio-research"], () => ({
    synth_dataset_v2: listed(
      measurePersonal(
        halfOf(
          readSentences(data.text("presidio-research/data/synth_dataset_v2.json")),
          half,
          (item) => item.full_text,
        ),
      ),
    ),
    generated_large_unseen:
      half === "tune"
        ? null
        : listed(measurePersonal(readSentences(data.text("presidio-research/tests/data/generated_large.json")))),
  }));
}

/** Sets of other kinds; docs/detectors.md says what of them had been seen when the detectors were made. */
function extracted() {
  return {
    known_prompt_of_a_service: where(["prompt-extraction"], () => listed(measureExtractions(extractions(data)))),
    agreement_of_two_replies: where(["prompt-extraction"], () => listed(measureAgreement(extractions(data)))),
    ordinary_replies: where(["exaggerated-safety", "chatgpt-refusals", "probing-leak-intents"], () =>
      measureOrdinary([...xstest(data), ...chatgptRefusals(data, false)], publicPrompts(data)),
    ),
    reads_like_a_prompt: where(
      ["leaked-system-prompts", "tensor-trust-data", "probing-leak-intents", "exaggerated-safety", "chatgpt-refusals"],
      () => {
        const replies = [...xstest(data), ...chatgptRefusals(data, false)].map((one) => one.text);
        const kinds = { public: publicPrompts(data), services: servicesPrompts(data), players: playersPrompts(data) };
        return {
          ...Object.fromEntries(
            Object.entries(kinds).map(([kind, prompts]) => [kind, measurePromptLike(half, prompts, []).figures.recall]),
          ),
          all: listed(measurePromptLike(half, Object.values(kinds).flat(), replies)),
        };
      },
    ),
    two_sentences_of_a_prompt: where(
      ["tensor-trust-data", "probing-leak-intents", "exaggerated-safety", "chatgpt-refusals"],
      () =>
        listed(
          measurePairs(
            half,
            [...publicPrompts(data), ...playersPrompts(data)],
            [...xstest(data), ...chatgptRefusals(data, false)].map((one) => one.text),
          ),
        ),
    ),
    foreign_prompts: where(["probing-leak-intents"], () => listed(measureForeignPrompts(publicPrompts(data), half))),
  };
}

const result = {
  half,
  secrets: secrets(),
  refusals: refusals(),
  leaks: leaks(),
  extracted: extracted(),
  personal_data: personal(),
};
process.stdout.write(JSON.stringify({ ...result, missing: [...new Set(missing)] }));
