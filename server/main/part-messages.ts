/** What is said between the thread that checks and those that look at a part. */
import type { Drawn } from "../analysis/candidate.js";
import type { CheckSettings } from "../analysis/engine-api.js";
import type { ModelFile } from "../analysis/names/model-schema.js";
import type { OwnRule } from "../analysis/names/own-rule-schema.js";
import type { Registration, Share } from "../analysis/part.js";
import type { ScopeShare } from "../analysis/scope.js";
import type { EngineInput } from "../project/check.js";

/** An engine's input as plain data. What several files have in common is one object, also after the copy. */
export interface PlainInput {
  root: string | undefined;
  files: readonly string[];
  /** By position of the file. */
  settings: readonly CheckSettings[];
  models: readonly (readonly ModelFile[])[];
  rules: readonly (readonly OwnRule[])[];
  /** Where no file is in question. */
  otherwise: CheckSettings;
  /** Texts that stand in for what is on disk. */
  open: readonly (readonly [file: string, text: string])[];
}

export type Request =
  /** @param cancelled holds a 1 once the check is cancelled */
  | { call: "begin"; input: PlainInput; part: number; parts: number; cancelled: Int32Array }
  | { call: "scope" }
  | { call: "modules"; scope: readonly ScopeShare[]; alone: boolean }
  | { call: "functions"; registered: readonly Registration[] }
  | { call: "judge"; all: Pick<Share, "called" | "speakers"> }
  | { call: "write"; files: readonly string[]; chosen: ReadonlyMap<string, readonly Drawn[]> };

/** Each request gets one answer; progress comes in between. */
export type Reply<T = unknown> =
  | { kind: "progress"; done: number; total: number }
  | { kind: "value"; value: T }
  | { kind: "error"; message: string };

/** What a worker thread is started with, so that the program knows what it is there for. */
export const partWorker = { spillcheck: "part" } as const;

export function isPartWorker(workerData: unknown): boolean {
  return (
    typeof workerData === "object" &&
    workerData !== null &&
    "spillcheck" in workerData &&
    workerData.spillcheck === partWorker.spillcheck
  );
}

/** @param files what the engine may look at */
export function plainInput(input: EngineInput, open: PlainInput["open"]): PlainInput {
  const files = input.host.files();
  return {
    root: input.root,
    files,
    settings: files.map((file) => input.settings(file)),
    models: files.map((file) => input.models(file)),
    rules: files.map((file) => input.rules?.(file) ?? noRules),
    otherwise: input.settings(""),
    open,
  };
}

const noRules: readonly OwnRule[] = [];
