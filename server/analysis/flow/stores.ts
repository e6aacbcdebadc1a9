/**
 * Names of modules as stores: what one function puts in, another one reads. `jobs[id]["error"] = text` in a helper that is handed
 * the text, in a function of another module that imports `jobs`, or in a class method that is called on the class.
 */
import type { FunctionIR, ModuleIR, Stmt } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import {
  blocksOf,
  type ClassDef,
  type FunctionDef,
  type ModuleDef,
  moduleCommandsOf,
  moduleWritesOf,
} from "../names/definitions.js";
import { isSymbolic } from "./apply.js";
import { stripParams } from "./classes.js";
import type { Frame } from "./frame.js";
import type { Program } from "./program.js";
import type { Summary } from "./summary.js";
import { deepLabels, EMPTY, join, labelled, someLabel, type Value } from "./value.js";

/** How a module's name is called in summaries of other modules. */
export const storeKey = (file: string, name: string): string => `${file}\n${name}`;

/** Most functions that are asked what they put into one name. */
const MAX_ASKED = 16;
/** Helpers that call helpers, from the one that puts in. */
const MAX_HELPERS = 2;

const CONTAINERS = /^(?:builtins\.(?:dict|list|set)|collections\.\w+|queue\.\w+|asyncio\.Queue)$/;

/** Whether a module's value is one that functions may put something into. */
export const isStore = (v: Value): boolean =>
  v.c === null ||
  v.fields !== undefined ||
  v.items !== undefined ||
  v.elem !== undefined ||
  v.types.some(
    (t) => t.k === "inst" || (t.k === "class" && holdsContainer(t.cls)) || (t.k === "ext" && CONTAINERS.test(t.q)),
  );

/** A class with a list, a mapping or something yet to come that all its instances share. */
const holdsContainer = (cls: ClassDef): boolean =>
  [...cls.attributes.values()].some(
    ({ value, annotation }) =>
      value?.k === "list" || value?.k === "dict" || (value?.k === "const" && value.v === null && !annotation),
  );

/** What a function puts into the names of modules, for those that read them. */
export function storesOf(frame: Frame, mod: ModuleDef, small: (v: Value) => Value): ReadonlyMap<string, Value> {
  const out = new Map<string, Value>();
  const put = (key: string, v: Value): void => {
    const known = out.get(key);
    out.set(key, known ? join(known, v) : v);
  };
  for (const [key, v] of frame.stores) put(key, v);
  for (const [name, v] of frame.globalWrites) {
    if (!someLabel(v, () => true)) continue;
    // `state.jobs[key] = text` of `import state`.
    const imported =
      v.fields &&
      frame.program
        .moduleState(mod)
        .lookup(name)
        ?.types.find((y) => y.k === "module");
    if (imported) {
      for (const [attribute, held] of v.fields ?? []) put(storeKey(imported.mod.file, attribute), held);
      continue;
    }
    const origin = originOf(frame.program, mod, name);
    if (origin) put(storeKey(origin.mod.file, origin.name), v);
    else if (isSymbolic(v)) put(storeKey(mod.file, name), v);
  }
  return new Map([...out].map(([key, v]) => [key, small(v)]));
}

/** What a call puts into the names of modules, as its caller sees it. */
export function noteStores(frame: Frame, stores: ReadonlyMap<string, Value>): void {
  for (const [key, v] of stores) {
    const known = frame.stores.get(key);
    frame.stores.set(key, known ? join(known, v) : v);
  }
}

/** How summaries call what errors of a class of the app's own were made of. */
const raisedKey = (cls: ClassDef): string => `raise ${cls.module.file}\n${cls.key}`;

/** Notes an error of the app's own that holds the text of the one that was caught: `raise Failure(f"no answer: {e}")`. */
export function noteRaised(frame: Frame, error: Value): void {
  for (const t of error.types) {
    if (t.k !== "inst" || !error.fields) continue;
    const labels = deepLabels(error).filter((l) => l.kind === "exception");
    if (labels.length) noteStores(frame, new Map([[raisedKey(t.cls), labelled(labels)]]));
  }
}

/** Whether errors of a class, or of one that its module makes of it, are raised somewhere with the text of another error. */
export function holdsOthers(program: Program, cls: ClassDef): boolean {
  const kinds = cls.module.classes.filter((c) => c === cls || program.classes.mro(c).includes(cls));
  return kinds.some((c) =>
    program
      .mentioning(c.module, c.name)
      .filter((fn) => !fn.nested && raisesInHandler(fn.ir, c.name))
      .slice(0, MAX_ASKED)
      .some((fn) => program.writer(fn).stores.has(raisedKey(c))),
  );
}

/** Whether a function answers an error that it caught by raising one of a class, by its text. */
function raisesInHandler(fn: FunctionIR, name: string): boolean {
  const raises = (body: readonly Stmt[], caught: boolean): boolean =>
    body.some((s) => {
      if (s.k === "raise") return caught && s.x?.k === "call" && lastNameOf(s.x.f) === name;
      if (s.k === "try" && s.handlers.some((h) => raises(h.body, true))) return true;
      return blocksOf(s).some((b) => raises(b, caught));
    });
  return raises(fn.body, false);
}

/**
 * What functions put into a name of a module that its own statements do not show.
 * @param direct functions of the module that change the name, and what is known of them
 * @returns the values, and all that was asked, for telling whether it is the same as before
 */
export function storedIn(
  program: Program,
  mod: ModuleDef,
  name: string,
  direct: readonly { fn: FunctionDef; summary: Summary }[],
): { values: Value[]; asked: Summary[] } {
  const key = storeKey(mod.file, name);
  const values: Value[] = [];
  const asked: Summary[] = [];
  const seen = new Set<FunctionDef>();
  const take = (fn: FunctionDef): Value => {
    const summary = program.writer(fn);
    asked.push(summary);
    const v = summary.stores.get(key) ?? EMPTY;
    const own = isSymbolic(v) ? stripParams(v) : v;
    if (own !== EMPTY && someLabel(own, () => true)) values.push(own);
    return v;
  };
  const next = (fn: FunctionDef): boolean => {
    if (seen.has(fn) || fn.nested || seen.size >= MAX_ASKED) return false;
    seen.add(fn);
    return true;
  };
  for (const fn of program.mentioning(mod, name)) {
    if (fn.module !== mod && changes(program, fn, mod, name) && next(fn)) take(fn);
  }
  let helpers = direct.filter(({ summary }) => isSymbolic(summary.globals.get(name) ?? EMPTY)).map(({ fn }) => fn);
  for (let depth = 0; depth < MAX_HELPERS && helpers.length; depth++) {
    const above: FunctionDef[] = [];
    for (const helper of helpers) {
      const name = helper.cls?.name ?? helper.name;
      if (helper.cls && helper.binding !== "static" && helper.binding !== "class") continue;
      for (const fn of program.mentioning(helper.module, name))
        if (fn !== helper && next(fn) && isSymbolic(take(fn))) above.push(fn);
    }
    helpers = above;
  }
  return { values, asked };
}

/** Whether a function changes what a name of another module holds, by its text: by the name, or by that of the module. */
function changes(program: Program, fn: FunctionDef, mod: ModuleDef, name: string): boolean {
  const written = moduleWritesOf(fn.ir);
  const isChanged = (alias: string) => written.includes(alias) || moduleCommandsOf(fn.ir).includes(alias);
  const { resolver } = program;
  return (
    fromImportsOf(fn.module).some((s) =>
      s.names.some(
        (n) =>
          (n.name === name && isChanged(n.as ?? n.name)) ||
          (written.includes(n.as ?? n.name) &&
            resolver.resolve(fn.module.file, s.module ? `${s.module}.${n.name}` : n.name, s.level) === mod.file),
      ),
    ) ||
    fn.module.ir.body.some(
      (s) =>
        s.k === "import" &&
        s.names.some(
          (n) => written.includes(n.as ?? n.name) && resolver.resolve(fn.module.file, n.name, 0) === mod.file,
        ),
    )
  );
}

type FromImport = Extract<Stmt, { k: "from" }>;

const fromImports = new WeakMap<ModuleIR, readonly FromImport[]>();

/** `from ... import ...` statements of a module, those under conditions too; kept while the module stays the same. */
function fromImportsOf({ ir }: ModuleDef): readonly FromImport[] {
  let out = fromImports.get(ir);
  if (!out) {
    const found: FromImport[] = [];
    const walk = (body: readonly Stmt[]): void => {
      for (const s of body) {
        if (s.k === "from") found.push(s);
        for (const b of blocksOf(s)) walk(b);
      }
    };
    walk(ir.body);
    out = found;
    fromImports.set(ir, out);
  }
  return out;
}

/** What a name means that a module imports from another one of the project, with what functions put into it. */
export function atOrigin(program: Program, mod: ModuleDef, name: string): Value | undefined {
  const origin = originOf(program, mod, name);
  return origin && program.moduleState(origin.mod).lookup(origin.name);
}

/** The module of the project that makes what another one imports, also through re-exports. */
function originOf(program: Program, mod: ModuleDef, name: string): { mod: ModuleDef; name: string } | undefined {
  let out: { mod: ModuleDef; name: string } | undefined;
  for (let hops = 0, at = mod, as = name; hops < MAX_REEXPORTS; hops++) {
    const from = fromImportsOf(at).find((s) => s.names.some((n) => (n.as ?? n.name) === as));
    const own = from?.names.find((n) => (n.as ?? n.name) === as);
    const file = from && program.resolver.resolve(at.file, from.module, from.level);
    const next = file === undefined || file === at.file ? undefined : program.module(file);
    if (!own || !next) break;
    at = next;
    as = own.name;
    out = { mod: at, name: as };
  }
  return out;
}

const MAX_REEXPORTS = 4;
