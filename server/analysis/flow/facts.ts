/** What holds for a whole app: hooks and middleware that filter every response. */
import type { Expr, Stmt } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import { blocksOf, type ClassDef, type FunctionDef, type ModuleDef } from "../names/definitions.js";
import { dirname } from "../names/modules.js";
import type { AppFacts } from "../rule.js";
import { refusersIn } from "./caller-checks.js";
import { constantWith } from "./constant-places.js";
import { entryOf } from "./entries.js";
import { checksInput, choicesOf, isChosen, saysWhoCalls } from "./input-checks.js";
import type { Program } from "./program.js";
import { Routes } from "./routes.js";

interface Hook {
  fn: FunctionDef;
  blueprint: boolean;
  /** Where it is made a hook. */
  from: ModuleDef;
}

export interface Facts extends AppFacts {
  /** Differs when the facts do: then every rule has to look again. */
  signature(): string;
  /** As of the last signature, what functions refuse callers: where it differs, routes have to be looked at again. */
  refusers(): string;
  /** Files in view whose modules say something for a whole app. */
  speakers(): string[];
}

/** The facts of a program; what was found in a module is kept while its form and the registrations stay the same. */
export function appFacts(program: Program): Facts {
  const perModule = new WeakMap<object, { registered: number; hooks: Hook[] }>();
  const routes = new Routes(program);
  let hooks: Hook[] | undefined;
  let reach = new Map<ModuleDef, Set<string>>();
  const hooksIn = (mod: ModuleDef): Hook[] => {
    const hit = perModule.get(mod.ir);
    if (hit && hit.registered === program.registered.version) return hit.hooks;
    const found = hooksOf(program, mod);
    perModule.set(mod.ir, { registered: program.registered.version, hooks: found });
    return found;
  };
  /** Files with functions that calls register as hooks, wherever these stand. */
  const registered = () => program.registered.ofKind("after-request").map(({ key }) => key.slice(0, key.indexOf("::")));
  /** Modules that say something of hooks. */
  const speakingOfHooks = (): ModuleDef[] => {
    const mods = new Set(program.modulesInView());
    for (const file of registered()) {
      const mod = program.module(file);
      if (mod) mods.add(mod);
    }
    return [...mods];
  };
  const all = () => {
    hooks ??= speakingOfHooks().flatMap(hooksIn);
    return hooks;
  };
  const textOf = (hooks: readonly Hook[]) => hooks.map((h) => h.fn.key + h.blueprint + h.from.file).join();
  /** What single modules said when all were last asked, and what came out. */
  const voices = new Map<string, string>();
  const voiceOf = (mod: ModuleDef) =>
    textOf(hooksIn(mod)) + routes.voice(mod) + listedMiddleware(mod).join() + refusersIn(mod);
  /** Whether a module says something for the app, or has functions that other modules may guard their routes with. */
  const mayGuard = (mod: ModuleDef) => program.view.has(mod.file) || refusersIn(mod) !== "";
  let last: { version: string; text: string; refusers: string } | undefined;
  /** Nothing but the text of modules changed since, and none of these says anything else for the app. */
  const stands = (version: string): boolean => {
    if (last?.version !== version) return false;
    for (const file of program.stirred) {
      const mod = program.view.has(file) || voices.has(file) ? program.module(file) : program.modules.get(file);
      if ((mod && (voices.has(file) || mayGuard(mod)) ? voiceOf(mod) : undefined) !== voices.get(file)) return false;
    }
    return true;
  };
  /** Which modules list which middleware. */
  const listings = () =>
    [...program.modulesInView()].flatMap((mod) => {
      const listed = listedMiddleware(mod);
      return listed.length ? [`${mod.file} ${listed.join()}`] : [];
    });
  const importsOf = (mod: ModuleDef): Set<string> => {
    let out = reach.get(mod);
    if (!out) {
      out = importedFiles(program, mod);
      reach.set(mod, out);
    }
    return out;
  };
  return {
    signature() {
      if (program.stirred.size) reach = new Map();
      const version = `${program.registered.version}|${program.viewVersion}`;
      if (last && stands(version)) {
        program.stirred.clear();
        routes.forget();
        return last.text;
      }
      program.stirred.clear();
      hooks = undefined;
      reach = new Map();
      voices.clear();
      for (const mod of speakingOfHooks()) voices.set(mod.file, voiceOf(mod));
      for (const mod of program.modules.values())
        if (mod && !voices.has(mod.file) && mayGuard(mod)) voices.set(mod.file, voiceOf(mod));
      last = {
        version: `${program.registered.version}|${program.viewVersion}`,
        text: [textOf(all()), routes.refresh(), ...listings()].join("\n"),
        refusers: [...program.modules.values()].map((mod) => (mod ? refusersIn(mod) : "")).join("\n"),
      };
      return last.text;
    },
    refusers: () => last?.refusers ?? "",
    speakers() {
      hooks = undefined;
      const hooked = new Set(all().map((h) => h.fn.module));
      return [...program.modulesInView()]
        .filter((mod) => hooked.has(mod) || routes.speaks(mod) || listedMiddleware(mod).length > 0)
        .map((mod) => mod.file);
    },
    endpoint: (fn) => routes.endpoint(fn),
    checksInput: (l) => checksInput(program, l),
    choicesOf: (l) => choicesOf(program, l),
    isChosen: (l) => isChosen(program, l),
    saysWhoCalls: (l) => saysWhoCalls(program, l),
    constantWith: (text, near) => constantWith(program, text, near),
    filtersResponses(mod) {
      return all().some(({ fn, blueprint, from }) => {
        if (from === mod) return true;
        if (blueprint) return false;
        if (fn.cls && coversByFolder(program, fn.cls, mod)) return true;
        return [from, fn.module].some((m) => importsOf(m).has(mod.file) || importsOf(mod).has(m.file));
      });
    },
  };
}

function hooksOf(program: Program, mod: ModuleDef): Hook[] {
  const out: Hook[] = [];
  for (const fn of mod.functions) {
    const named = /^(process_response|__call__)$/.test(fn.name) && fn.cls && /Middleware/.test(fn.cls.name);
    if (!named && !fn.ir.decorators.length && !program.registered.has(fn.key)) continue;
    if (!filtersBody(fn.ir.body)) continue;
    const entry = named ? undefined : entryOf(program, fn, fn.cls);
    if (!named && entry?.model.kind !== "after-request") continue;
    const d = fn.ir.decorators[0];
    const onBlueprint = d?.k === "attr" && d.a === "after_request" && isBlueprint(program, mod, d.o);
    const by = program.registered.has(fn.key)
      ? (program.registered.ofKind("after-request").find(({ key }) => key === fn.key)?.files ?? [])
      : [];
    if (!by.length) out.push({ fn, blueprint: onBlueprint, from: mod });
    for (const file of by) {
      const from = program.module(file);
      if (from) out.push({ fn, blueprint: registersOnBlueprint(program, from, fn.name), from });
    }
  }
  return out;
}

/** Whether a module makes a function a hook of a blueprint: `pages.after_request(redact)`. */
function registersOnBlueprint(program: Program, mod: ModuleDef, name: string): boolean {
  return mod.ir.body.some(
    (s) =>
      s.k === "expr" &&
      s.x.k === "call" &&
      s.x.f.k === "attr" &&
      s.x.f.a === "after_request" &&
      s.x.args.some((a) => lastNameOf(a) === name) &&
      isBlueprint(program, mod, s.x.f.o),
  );
}

/**
 * A middleware class serves the apps of the project whose settings list it: those below the folder that holds the settings'
 * package. Where no settings are in sight, those beside and below its own module.
 */
function coversByFolder(program: Program, cls: ClassDef, mod: ModuleDef): boolean {
  const listing = [...program.modulesInView()].filter((m) =>
    listedMiddleware(m).some((x) => x.endsWith(`.${cls.name}`)),
  );
  const folders = listing.length ? listing.map((m) => dirname(dirname(m.file))) : [dirname(cls.module.file)];
  return folders.some((f) => mod.file.startsWith(`${f}/`));
}

const listed = new WeakMap<readonly Stmt[], readonly string[]>();

/** What a settings module lists: `MIDDLEWARE = [..., "shop.middleware.Redact"]`. */
function listedMiddleware({ ir: { body } }: ModuleDef): readonly string[] {
  let out = listed.get(body);
  if (!out) {
    out = body.flatMap((s) => {
      if (s.k !== "assign" || !s.targets.some((t) => t.k === "name" && t.id === "MIDDLEWARE")) return [];
      const xs = s.v?.k === "list" || s.v?.k === "tuple" ? s.v.xs : [];
      return xs.map((x) => (x.k === "const" && typeof x.v === "string" ? x.v : ""));
    });
    listed.set(body, out);
  }
  return out;
}

/** Files that a module imports, directly or not. */
function importedFiles(program: Program, mod: ModuleDef): Set<string> {
  const out = new Set<string>([mod.file]);
  const queue = [mod];
  for (let m = queue.pop(); m && out.size < 400; m = queue.pop()) {
    const from = m;
    for (const s of from.ir.body) {
      const targets =
        s.k === "from"
          ? [
              program.resolveImport(from, s.module, s.level),
              ...s.names.map((n) => program.resolveImport(from, s.module ? `${s.module}.${n.name}` : n.name, s.level)),
            ]
          : s.k === "import"
            ? s.names.map((n) => program.resolveImport(from, n.name, 0))
            : [];
      for (const v of targets) {
        const t = v?.types[0];
        if (t?.k === "module" && !out.has(t.mod.file)) {
          out.add(t.mod.file);
          queue.push(t.mod);
        }
      }
    }
  }
  return out;
}

function isBlueprint(program: Program, mod: ModuleDef, x: Expr): boolean {
  if (x.k !== "name") return false;
  const v = program.moduleState(mod).lookup(x.id);
  return v?.types.some((t) => t.k === "ext" && /Blueprint/.test(t.q)) ?? false;
}

const filtering = new WeakMap<readonly Stmt[], boolean>();

/** The body is read, checked or changed by a pattern or a redactor, and set again. */
function filtersBody(body: readonly Stmt[]): boolean {
  let out = filtering.get(body);
  if (out === undefined) {
    out = looksAndSets(body);
    filtering.set(body, out);
  }
  return out;
}

function looksAndSets(body: readonly Stmt[]): boolean {
  let sets = false;
  let looks = false;
  const expr = (x: Expr): void => {
    if (x.k === "call") {
      const name = lastNameOf(x.f);
      if (/^(set_data|set_json|HttpResponse|JsonResponse|make_response|Response)$/.test(name)) sets = true;
      if (
        /^(search|sub|subn|match|findall|fullmatch|anonymize|analyze)$|redact|mask|scrub|saniti[sz]e|filter|contains_|has_pii|anonymi/i.test(
          name,
        )
      )
        looks = true;
      for (const a of x.args) expr(a);
      for (const k of x.kw) expr(k.x);
      expr(x.f);
    } else if (x.k === "attr" || x.k === "sub") expr(x.o);
    else if (x.k === "bool") x.xs.forEach(expr);
    else if (x.k === "un") expr(x.x);
    else if (x.k === "cmp") x.xs.forEach(expr);
    else if (x.k === "cond") [x.c, x.a, x.b].forEach(expr);
    else if (x.k === "comp") [x.x].forEach(expr);
    else if (x.k === "tuple" || x.k === "list") x.xs.forEach(expr);
    else if (x.k === "dict") for (const i of x.items) expr(i.v);
  };
  const walk = (stmts: readonly Stmt[]): void => {
    for (const s of stmts) {
      if (s.k === "assign") {
        if (s.v) expr(s.v);
        for (const t of s.targets) if (t.k === "attr" && /^(data|content|response)$/.test(t.a)) sets = true;
      } else if (s.k === "expr" || s.k === "return") s.x && expr(s.x);
      else if (s.k === "if" || s.k === "while") expr(s.c);
      for (const b of blocksOf(s)) walk(b);
    }
  };
  walk(body);
  return sets && looks;
}
