/** Variables of a function at one point of its body. */
import { kept } from "./size.js";
import { join, type Value } from "./value.js";

export class Env {
  constructor(
    readonly vars: Map<string, Value>,
    /** Variables of the enclosing function, as they are now. */
    readonly outer: Env | undefined,
  ) {}

  get(name: string): Value | undefined {
    return this.vars.get(name) ?? this.outer?.get(name);
  }

  set(name: string, v: Value): void {
    this.vars.set(name, v);
  }

  clone(): Env {
    return new Env(new Map(this.vars), this.outer);
  }
}

/** The state after two ways met; undefined stands for a way that ended. */
export function joinEnvs(a: Env | undefined, b: Env | undefined): Env | undefined {
  if (!a || !b || a === b) return a ?? b;
  let out: Map<string, Value> | undefined;
  for (const [k, v] of b.vars) {
    const old = a.vars.get(k);
    const next = old ? kept(join(old, v)) : v;
    if (next === old) continue;
    out ??= new Map(a.vars);
    out.set(k, next);
  }
  return out ? new Env(out, a.outer) : a;
}

export const joinAllEnvs = (envs: readonly (Env | undefined)[]): Env | undefined =>
  envs.reduce<Env | undefined>((a, b) => joinEnvs(a, b), undefined);

/** Replaces every variable's value through `f`. */
export function mapEnv(env: Env, f: (v: Value) => Value): Env {
  let out: Map<string, Value> | undefined;
  for (const [k, v] of env.vars) {
    const w = f(v);
    if (w === v) continue;
    out ??= new Map(env.vars);
    out.set(k, w);
  }
  return out ? new Env(out, env.outer) : env;
}
