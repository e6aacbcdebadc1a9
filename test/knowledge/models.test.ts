/** Every model file is well formed, and no two files say different things of one name. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type CallModel, type ModelFile, modelFile } from "../../server/analysis/names/model-schema.js";

const folder = path.resolve(import.meta.dirname, "../../rules/models");
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
const models = new Map<string, ModelFile>(
  files.map((name) => [name, modelFile.parse(parse(readFileSync(path.join(folder, name), "utf8")))]),
);

/** The parts of a call model that two entries for one name must not both say. */
const parts = [
  "returns",
  "source",
  "record",
  "llm",
  "sink",
  "propagate",
  "sanitise",
  "guard",
  "message",
  "invokes",
] as const;

function allCalls(): { file: string; name: string; call: CallModel }[] {
  return [...models].flatMap(([file, model]) =>
    (model.calls ?? []).flatMap((call) => (call.call ?? []).map((name) => ({ file, name, call }))),
  );
}

describe("model files", () => {
  it.each(files)("%s follows the schema", (name) => {
    const text = readFileSync(path.join(folder, name), "utf8");
    const result = modelFile.safeParse(parse(text));
    expect(result.error?.issues ?? []).toEqual([]);
  });

  it("say where their facts come from", () => {
    for (const [file, model] of models) expect(model.about, file).toBeTruthy();
  });

  it("say a part of a call once", () => {
    const conflicts: string[] = [];
    const seen = new Map<string, { file: string; json: string }>();
    for (const { file, name, call } of allCalls()) {
      if (call.when) continue;
      for (const part of parts) {
        const value = call[part];
        if (value === undefined) continue;
        // An argument that is handed back as well adds to the type.
        if (part === "returns" && String(value).startsWith("arg:")) continue;
        // Two sinks of one call differ in their arguments or in the kind; both count.
        const key = part === "sink" ? `${name} ${part} ${String(value)}` : `${name} ${part}`;
        const json = JSON.stringify(value);
        const before = seen.get(key);
        if (before && (before.json !== json || part === "sink")) conflicts.push(`${key}: ${before.file}, ${file}`);
        seen.set(key, { file, json });
      }
    }
    expect(conflicts).toEqual([]);
  });

  it("define a type, and give a name to one type, once", () => {
    const owner = new Map<string, string>();
    const twice: string[] = [];
    for (const [file, model] of models) {
      for (const [name, type] of Object.entries(model.types ?? {})) {
        for (const each of [name, ...(type.aliases ?? [])]) {
          const before = owner.get(each);
          if (before !== undefined) twice.push(`${each}: ${before}, ${file}:${name}`);
          owner.set(each, `${file}:${name}`);
        }
      }
    }
    expect(twice).toEqual([]);
  });

  it("speak only of types that some file defines or calls", () => {
    const known = new Set<string>();
    for (const model of models.values()) {
      for (const [name, type] of Object.entries(model.types ?? {})) {
        known.add(name);
        for (const alias of type.aliases ?? []) known.add(alias);
      }
    }
    for (const { name } of allCalls()) {
      const dot = name.lastIndexOf(".");
      if (dot > 0) known.add(name.slice(0, dot));
      // What a call gives may be called itself.
      known.add(name);
    }
    const unknown: string[] = [];
    for (const [file, model] of models) {
      for (const [name, type] of Object.entries(model.types ?? {})) {
        for (const target of [type.extends, ...Object.values(type.types ?? {})]) {
          if (target !== undefined && !known.has(target)) unknown.push(`${file}: ${name} -> ${target}`);
        }
      }
      for (const call of model.calls ?? []) {
        const target = call.returns;
        if (target !== undefined && !/^(self(:\w+)?|element|arg:\w+(\.\w+)*)$/.test(target) && !known.has(target)) {
          unknown.push(`${file}: ${(call.call ?? call.duck ?? []).join()} -> ${target}`);
        }
      }
      for (const attribute of model.attributes ?? []) {
        if (attribute.type !== undefined && !known.has(attribute.type)) unknown.push(`${file}: ${attribute.type}`);
      }
      for (const entry of model.entries ?? []) {
        if (entry.request && !entry.request.type.startsWith("builtins.") && !known.has(entry.request.type))
          unknown.push(`${file}: ${entry.request.type}`);
      }
    }
    expect(unknown).toEqual([]);
  });

  it("name an import root for every name", () => {
    const strange: string[] = [];
    const roots = new Set(
      [...models.values()].flatMap((model) =>
        [...model.modules, ...Object.keys(model.types ?? {})].map((m) => m.split(".")[0]),
      ),
    );
    for (const { file, name } of allCalls()) if (!roots.has(name.split(".")[0])) strange.push(`${file}: ${name}`);
    expect(strange).toEqual([]);
  });
});
