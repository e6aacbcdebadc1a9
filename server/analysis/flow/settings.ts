/** Settings that are no calls: `app.debug = True`, `app.config["DEBUG"] = True`, `DEBUG = True`, `os.environ[...] = ...`. */
import type { Expr, Span } from "../ir.js";
import type { ClassDef } from "../names/definitions.js";
import type { SettingModel } from "../names/model-schema.js";
import type { Args } from "./arguments.js";
import { namesIn } from "./body-words.js";
import type { Env } from "./env.js";
import { isSecretName, secretVariable } from "./environment.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import type { Loc } from "./labels.js";
import type { Value } from "./value.js";

export interface SettingPlace {
  models: readonly SettingModel[];
  name: string;
  /** A variable of no class and no mapping. */
  bare?: boolean;
}

/** The settings that an assignment target may be; undefined for an ordinary variable. */
export function settingTarget(frame: Frame, env: Env, t: Expr): SettingPlace | undefined {
  const { models } = frame.program;
  // Most targets are ruled out by their name alone.
  const last = t.k === "attr" ? t.a : t.k === "sub" && t.i.k === "const" ? t.i.v : t.k === "name" ? t.id : undefined;
  if (typeof last !== "string" || !models.settingNames.has(last)) return undefined;
  if (t.k === "attr") {
    const o = evalExpr(frame, env, t.o);
    const found: SettingModel[] = [];
    for (const type of o.types) {
      if (type.k !== "ext") continue;
      const q = models.canonical(`${type.q}.${t.a}`);
      found.push(
        ...models.settings.filter((s) =>
          s.attr?.some((a) => a === q || (models.isA(type.q, a.slice(0, a.lastIndexOf("."))) && a.endsWith(`.${t.a}`))),
        ),
      );
    }
    return found.length ? { models: found, name: t.a } : undefined;
  }
  if (t.k === "sub" && t.i.k === "const" && typeof t.i.v === "string") {
    const key = t.i.v;
    const o = evalExpr(frame, env, t.o);
    const found = models.settings.filter(
      (s) =>
        s.key?.name.includes(key) &&
        o.types.some((type) => type.k === "ext" && s.key!.of.some((of) => models.isA(type.q, of))),
    );
    const isEnv = o.types.some((type) => type.k === "ext" && type.q === "os.environ");
    if (isEnv) found.push(...models.settings.filter((s) => s.env?.includes(key)));
    return found.length ? { models: found, name: key } : undefined;
  }
  if (t.k === "name" && !frame.fn) {
    const found = models.settings.filter((s) => s.variable?.includes(t.id) || s.key?.name.includes(t.id));
    return found.length ? { models: found, name: t.id, bare: true } : undefined;
  }
  return undefined;
}

const SETTINGS_CLASSES = ["pydantic_settings.BaseSettings", "pydantic.BaseSettings"];
/** Names of credentials, however they are written. */
const CREDENTIAL =
  /(?:^|_)(?:api_?key|access_?key|(?:api_?)?secret(?:_?key)?|password|passwd|auth_token|api_token|access_token)$/i;

/** What makes a text that stands for a name a credential. */
const credential = (name: string): SettingModel => ({
  rule: "hardcoded-credential",
  bad: ["literal"],
  variable: [name],
});

/** Whether a class holds settings that are read from the environment. */
function holdsSettings(frame: Frame, cls: ClassDef): boolean {
  const { classes, models } = frame.program;
  return classes.libraryBases(cls).some((q) => SETTINGS_CLASSES.some((s) => models.isA(q, s)));
}

/**
 * A credential among the settings of an app: `settings.registry_token`. What stands in a `SecretStr` shows itself only when it is
 * asked to (`get_secret_value`).
 * @param def its value as far as the code says it
 */
export function secretSetting(frame: Frame, o: Value, name: string, def: Value, at: Span): Value | undefined {
  if (!isSecretName(name)) return undefined;
  const own = o.types.find((t) => t.k === "inst" && holdsSettings(frame, t.cls));
  const field = own?.k === "inst" ? frame.program.classes.declared(own.cls).get(name) : undefined;
  if (!field || (field.annotation && namesIn(field.annotation).some((n) => /^Secret(?:Str|Bytes)$/.test(n))))
    return undefined;
  return secretVariable(name, def, frame.loc(at));
}

/**
 * A field of a class of settings that are read from the environment: its default counts where nothing is set there, as it
 * does for a lookup (`api_key: str = "sk-..."`).
 */
export function settingsField(frame: Frame, cls: ClassDef, name: string): SettingPlace | undefined {
  if (!CREDENTIAL.test(name) || !holdsSettings(frame, cls)) return undefined;
  return { models: [credential(name)], name, bare: true };
}

/** Passwords of Django's connections: `DATABASES = {"default": {"PASSWORD": "..."}}`. */
export function emitDatabases(frame: Frame, env: Env, databases: Expr): void {
  if (databases.k !== "dict") return;
  for (const { v: connection } of databases.items)
    for (const { key, v } of connection.k === "dict" ? connection.items : [])
      if (key?.k === "const" && key.v === "PASSWORD")
        emitSetting(frame, { models: [credential("PASSWORD")], name: "PASSWORD" }, evalExpr(frame, env, v), v, v);
}

/** Keys of settings that several libraries share: `CLOUDINARY_STORAGE = {"API_SECRET": "..."}`. */
export function emitKeys(frame: Frame, env: Env, settings: Expr): void {
  for (const { key, v } of settings.k === "dict" ? settings.items : []) {
    if (key?.k !== "const" || typeof key.v !== "string" || v?.k !== "const" || !CREDENTIAL.test(key.v)) continue;
    emitSetting(frame, { models: [credential(key.v)], name: key.v, bare: true }, evalExpr(frame, env, v), v, v);
  }
}

/** Calls that set by keyword or mapping: `app.config.update(DEBUG=True)`, `os.environ.setdefault("FLASK_DEBUG", "1")`. */
export function settingCall(frame: Frame, recv: Value, name: string, args: Args): void {
  if (!/^(update|from_mapping|setdefault)$/.test(name)) return;
  const { models } = frame.program;
  const isEnv = recv.types.some((t) => t.k === "ext" && t.q === "os.environ");
  const of = (key: string) =>
    models.settings.filter((s) =>
      isEnv
        ? s.env?.includes(key)
        : s.key?.name.includes(key) &&
          recv.types.some((t) => t.k === "ext" && s.key!.of.some((o) => models.isA(t.q, o))),
    );
  const put = (key: string, value: Value, loc: Loc, x: Expr | undefined) => {
    const found = of(key);
    if (found.length && x) emitSetting(frame, { models: found, name: key }, value, x, x);
    else if (found.length) emitSetting(frame, { models: found, name: key }, value, args.x, args.x, undefined, loc);
  };
  if (name === "setdefault") {
    const key = args.pos[0]?.value.c;
    if (typeof key === "string" && args.pos[1]) put(key, args.pos[1].value, args.pos[1].loc, args.x);
    return;
  }
  for (const k of args.x.kw) {
    const a = k.n ? args.kw.get(k.n) : undefined;
    if (k.n && a) put(k.n, a.value, a.loc, k.x);
  }
  for (const a of args.pos) for (const [key, v] of a.value.fields ?? []) put(key, v, a.loc, undefined);
}

/** Reports a setting that has a bad value; the rule decides what the surroundings make of it. */
export function emitSetting(
  frame: Frame,
  place: SettingPlace,
  v: Value,
  at: Span,
  source: Expr,
  className?: string,
  where?: Loc,
): void {
  for (const m of place.models) {
    const bad =
      m.bad.some(
        (b) =>
          b === v.c || b === "present" || (typeof b === "string" && b.endsWith("://") && String(v.c).startsWith(b)),
      ) ||
      (m.bad.includes("literal") && typeof v.c === "string");
    if (!bad || (frame.debugAsked && m.rule === "debug-enabled")) continue;
    frame.emit({
      kind: "setting",
      loc: where ?? frame.loc(at),
      q: place.name,
      slots: [{ slot: "value", value: v, loc: frame.loc(source) }],
      fn: frame.fn,
      module: frame.module,
      via: [],
      doubt: 0,
      data: {
        rule: m.rule,
        name: place.name,
        level: m.level ?? "",
        form: m.variable ? "variable" : m.env ? "env" : m.key ? "key" : "attr",
        literal: source.k === "const",
        ...(className ? { className } : {}),
        ...(place.bare ? { bare: true } : {}),
      },
    });
  }
}

/** Whether a value is on unless somebody turns it off: by a parameter's default, or by what an object is made with. */
export function isOnByDefault(frame: Frame, x: Expr, v: Value): boolean {
  const params = frame.fn?.ir.params ?? [];
  const own = v.labels.find((l) => l.kind === "param" && !l.path.length)?.param;
  if (own !== undefined && isOn(params[own]?.def)) return true;
  const cls = frame.fn?.cls;
  if (!cls || x.k !== "attr" || x.o.k !== "name" || x.o.id !== params[0]?.name) return false;
  const init = frame.program.classes.method(cls, "__init__")?.ir;
  const kept = init?.body.flatMap((s) =>
    s.k === "assign" && s.v && s.targets.some((t) => t.k === "attr" && t.a === x.a) ? [s.v] : [],
  );
  if (!init || !kept?.length) return isOn(frame.program.classes.declared(cls).get(x.a)?.value);
  return kept.every((k) => isOn(k.k === "name" ? init.params.find((p) => p.name === k.id)?.def : k));
}

const isOn = (x: Expr | null | undefined): boolean => x?.k === "const" && x.v === true;
