/** Programs that nobody writes by hand: deep, long, wide and circular. */

const times = (n: number, f: (i: number) => string, between = ""): string =>
  Array.from({ length: n }, (_, i) => f(i)).join(between);

const HEAD = `from flask import Flask, request
from openai import OpenAI
app = Flask(__name__)
client = OpenAI()
def complete(prompt):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": prompt}]).choices[0].message.content
`;
const view = (body: string): string => `${HEAD}@app.route("/x")\ndef view():\n    q = request.json["q"]\n${body}`;

/** What a value is wrapped into, again and again. */
const growing = (statement: string, n: number): string =>
  view(
    `    x = q\n    y = {"q": q}\n    z = [q]\n${times(n, () => `    ${statement}\n`)}    return complete(f"Say {x} {y} {z}")\n`,
  );

/** Programs by name; each is a project of one or more files. */
export function hostilePrograms(n = 1000): Map<string, ReadonlyMap<string, string>> {
  const out = new Map<string, ReadonlyMap<string, string>>();
  const one = (name: string, text: string) => out.set(name, new Map([["/p/app.py", text]]));

  one(
    "a function of many statements",
    view(
      `${times(5 * n, (i) => `    a${i} = q + str(a${Math.max(0, i - 1)})\n`)}    return complete("Say " + a${5 * n - 1})\n`,
    ),
  );
  one(
    "annotations of nothing",
    view(`    x: tuple[()] = q\n    y: dict[()] = q\n    z: list[tuple[()]] = q\n    return complete("Say " + q)\n`),
  );
  one("one variable that grows", growing('x = x + " and " + x', n));
  one("a dict in itself", growing('y = {"a": y, "b": y, "c": [y, y]}', n));
  one("a dict that holds itself", growing('y["y"] = y', n));
  one("a list in itself", growing("z = [z, z, x]", n));
  one("a list that holds itself", growing("z.append(z)", n));
  one("texts in texts", growing('x = f"{x} {x} {y}"', n));
  one("texts by format", growing('x = "{} {}".format(x, x)', n));
  one("texts by percent", growing('x = "%s %s" % (x, x)', n));
  one("texts by join", growing('x = ", ".join([x, x, x])', n));
  one("tuples in tuples", growing("x, y = (x, y), (y, x)", n));
  one("attributes of attributes", growing("x.a = x.b.c", n));
  one("conditions", growing('if q: x = x + "a"\n    else: x = [x]', n));
  one(
    "nested loops",
    view(
      `${times(40, (i) => `${"    ".repeat(i + 1)}for v${i} in request.json[str(q)]:\n`)}${"    ".repeat(41)}q = q + v0 + v39\n    return complete("Say " + q)\n`,
    ),
  );
  one(
    "objects that grow in every branch",
    view(
      `    x = {"q": q}\n${times(n, (i) => `    if q > ${i}: x["k${i % 40}"] = {"a": x.get("k${(i + 1) % 40}"), "b": [q, x.get("k${(i + 7) % 40}")]}\n    elif q: x["k${i % 40}"] = [request.args["a${i}"]]\n`)}    return complete("Say " + q)\n`,
    ),
  );
  // Each is called by the next one, in loops: run wherever it is called, the first would be run more often than there are atoms.
  one(
    "functions in a function that call each other in loops",
    view(
      `${times(30, (i) => `    def f${i}(x):\n${i ? times(3, () => `        for y in x: x = f${i - 1}(x + y)\n`) : "        return x\n"}        return x\n`)}${times(20, (i) => `    for z in q: q = f${i}(q)\n`)}    return complete("Say " + q)\n`,
    ),
  );
  one(
    "nested tries",
    view(
      `${times(40, (i) => `${"    ".repeat(i + 1)}try:\n`)}${"    ".repeat(41)}complete("x" + q)\n${times(40, (i) => `${"    ".repeat(40 - i)}except Exception as e${i}:\n${"    ".repeat(41 - i)}return str(e${i})\n`)}`,
    ),
  );
  one(
    "a long chain of elif",
    view(
      `    if q == "a": x = q\n${times(2 * n, (i) => `    elif q == "${i}": x = q + "${i}"\n`)}    return complete("Say " + x)\n`,
    ),
  );
  one(
    "many cases",
    view(
      `    match q:\n${times(2 * n, (i) => `        case ["${i}", *rest]: x = q + "${i}"\n`)}    return complete("Say " + x)\n`,
    ),
  );
  one(
    "a chain of calls",
    `${HEAD}${times(n, (i) => `def f${i}(x): return f${i + 1}(x)\n`)}def f${n}(x): return complete("Say " + x)\n@app.route("/x")\ndef view(): return f0(request.json["q"])\n`,
  );
  one(
    "a chain of calls, called first",
    `${HEAD}@app.route("/x")\ndef view(): return f${n}(request.json["q"])\n${times(n, (i) => `def f${i + 1}(x): return f${i}(x)\n`)}def f0(x): return complete("Say " + x)\n`,
  );
  one(
    "calls that double",
    `${HEAD}${times(60, (i) => `def f${i}(x): return f${i + 1}(x + "a") + f${i + 1}(x)\n`)}def f60(x): return complete("Say " + x) + x\n@app.route("/x")\ndef view(): return f0(request.json["q"])\n`,
  );
  one(
    "calls that wrap",
    `${HEAD}${times(60, (i) => `def f${i}(x, y): return {"a": f${i + 1}(x, [y, x]), "b": [f${i + 1}(y, x), x], "c": y}\n`)}def f60(x, y): return complete("Say " + x) + y\n@app.route("/x")\ndef view(): return f0(request.json["q"], 1)\n`,
  );
  one(
    "everybody calls everybody",
    `${HEAD}${times(40, (i) => `def f${i}(x):\n    y = [x]\n${times(40, (k) => `    y.append(f${k}(x))\n`)}    return y\n`)}@app.route("/x")\ndef view(): return complete(str(f0(request.json["q"])))\n`,
  );
  one(
    "a deep hierarchy",
    `${HEAD}class C0:\n    def ask(self, q): return complete("Say " + q)\n${times(200, (i) => `class C${i + 1}(C${i}):\n    def m${i}(self): self.a${i} = self.ask(request.json["q"])\n`)}@app.route("/x")\ndef view(): return C200().ask(request.json["q"])\n`,
  );
  one(
    "a wide hierarchy",
    `${HEAD}${times(40, (i) => `class C${i}(${times(i, (k) => `C${k}`, ", ")}):\n    def m(self): return super().m() + self.x\n`)}x = C39().m()\n`,
  );
  one(
    "classes that inherit from themselves",
    `${HEAD}class A(B): pass\nclass B(A): pass\nclass C(C):\n    x = C\n    def f(self): return self.f().x.f(self)\n@app.route("/x")\ndef view(): return complete("Say " + C().f() + A().x + B.y)\n`,
  );
  one(
    "attributes that write each other",
    `${HEAD}class A:\n${times(60, (i) => `    def m${i}(self, q):\n        self.a${i} = [self.a${(i + 1) % 60}, self.a${(i * 7) % 60}, q]\n        return self.m${(i + 3) % 60}(self.a${i})\n`)}@app.route("/x")\ndef view(): return complete("Say " + A().m0(request.json["q"]))\n`,
  );
  one(
    "globals that write each other",
    `${HEAD}${times(60, (i) => `g${i} = []\n`)}${times(60, (i) => `def m${i}(q):\n    global g${i}\n    g${i} = [g${(i + 1) % 60}, g${(i * 7) % 60}, q]\n    return m${(i + 3) % 60}(g${i})\n`)}@app.route("/x")\ndef view(): return complete("Say " + m0(request.json["q"]))\n`,
  );
  one(
    "closures in closures",
    view(
      `${times(60, (i) => `${"    ".repeat(i + 1)}def f${i}(x${i}):\n`)}${"    ".repeat(61)}return complete("Say " + q)\n${times(60, (i) => `${"    ".repeat(60 - i)}f${59 - i}(q)\n${"    ".repeat(60 - i)}f${59 - i}(q)\n`)}`,
    ),
  );
  one(
    "lambdas in lambdas",
    view(`    f = ${times(100, (i) => `(lambda x${i}: `)}complete(q + x0)${")(q)".repeat(100)}\n    return f\n`),
  );
  one(
    "many closures",
    view(
      `${times(300, (i) => `    def f${i}(x): return f${(i + 1) % 300}(x) + f${(i + 2) % 300}(q)\n`)}    return complete("Say " + f0(q))\n`,
    ),
  );
  one(
    "a dict of many entries",
    view(`    d = {${times(10 * n, (i) => `"k${i}": q`, ", ")}}\n    return complete(f"Say {d}")\n`),
  );
  one(
    "a list of many entries",
    view(`    d = [${times(10 * n, (i) => `q + "${i}"`, ", ")}]\n    return complete(f"Say {d}")\n`),
  );
  one("a giant f-string", view(`    return complete(f"${times(2 * n, (i) => `{q} {request.args['a${i}']} `)}")\n`));
  one("a giant text", view(`    return complete("${"%s ".repeat(20 * n)}" % q)\n`));
  one("a long sum", view(`    return complete(${times(3 * n, (i) => `q + "${i}"`, " + ")})\n`));
  one(
    "a call of many arguments",
    view(`    return complete(${times(3 * n, () => "q", ", ")}, **{${times(n, (i) => `"k${i}": q`, ", ")}})\n`),
  );
  one("calls in calls", view(`    return ${"complete(".repeat(190)}q${")".repeat(190)}\n`));
  one(
    "deep calls through deep calls",
    `${HEAD}${times(60, (i) => `def f${i}(x): return ${"str(".repeat(150)}f${i + 1}(x)${")".repeat(150)}\n`)}def f60(x): return complete("Say " + x)\n@app.route("/x")\ndef view(): return f0(request.json["q"])\n`,
  );
  one("a chain of methods", view(`    return complete(q${".strip()".repeat(190)})\n`));
  one(
    "comprehensions in comprehensions",
    view(`    return complete(str(${"[x for x in ".repeat(60)}q${"]".repeat(60)}))\n`),
  );
  one(
    "comprehensions over constants",
    view(
      `    return complete(str([${"a + b + c + q"} for a in (${times(24, (i) => `"${i}"`, ", ")}) for b in (${times(24, (i) => `"${i}"`, ", ")}) for c in (${times(24, (i) => `"${i}"`, ", ")})]))\n`,
    ),
  );
  one(
    "loops over constants",
    view(
      `${times(8, (i) => `${"    ".repeat(i + 1)}for c${i} in ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"):\n`)}${"    ".repeat(9)}q = q + c0\n    return complete("Say " + q)\n`,
    ),
  );
  one(
    "decorators upon decorators",
    `${HEAD}def d(f):\n    def g(*a, **k): return f(*a, **k)\n    return g\n${"@d\n".repeat(n)}def h(x): return complete("Say " + x)\n@app.route("/x")\ndef view(): return h(request.json["q"])\n`,
  );
  one(
    "properties of properties",
    `${HEAD}class A:\n${times(60, (i) => `    @property\n    def p${i}(self): return self.p${(i + 1) % 60}.p${(i + 7) % 60} + self.x\n`)}    def __init__(self, x): self.x = x\n@app.route("/x")\ndef view(): return complete("Say " + A(request.json["q"]).p0)\n`,
  );
  one(
    "unions of types",
    view(
      `${times(200, (i) => `    if q: x = request.a${i}\n    else: x = client.b${i}\n    y = x.c(x).d[x]\n`)}    return complete("Say " + x + y)\n`,
    ),
  );
  one("only errors", "(".repeat(3 * n) + "def [}{ class ".repeat(n));
  one(
    "open texts",
    times(n, (i) => `x${i} = """${i}\n'''\n`),
  );
  one(
    "many small functions",
    `${HEAD}${times(2 * n, (i) => `@app.route("/x${i}")\ndef view${i}():\n    return complete("Say " + request.json["q${i}"])\n`)}`,
  );

  const modules = (count: number, f: (i: number) => string): ReadonlyMap<string, string> =>
    new Map(Array.from({ length: count }, (_, i) => [`/p/m${i}.py`, f(i)]));
  out.set(
    "modules that import each other",
    modules(
      60,
      (i) =>
        `from openai import OpenAI\nfrom m${(i + 1) % 60} import *\nfrom m${(i + 7) % 60} import *\nimport m${(i + 3) % 60} as n\nx${i} = f${(i + 1) % 60}(n.x${(i + 3) % 60})\ndef f${i}(q): return f${(i + 1) % 60}(x${(i + 7) % 60}) + OpenAI().responses.create(input="Say " + q)\n`,
    ),
  );
  out.set(
    "star imports in a circle",
    modules(
      60,
      (i) => `# openai\n${times(60, (k) => `from m${k} import *\n`)}y${i} = nowhere${i} + x${(i + 1) % 60}\n`,
    ),
  );
  out.set(
    "classes across modules in a circle",
    modules(
      60,
      (i) =>
        `# openai\nfrom m${(i + 1) % 60} import C${(i + 1) % 60}\nclass C${i}(C${(i + 1) % 60}):\n    def f(self): self.x = super().f(); return self.y.x\n`,
    ),
  );
  out.set(
    "packages in packages",
    new Map(
      Array.from({ length: 60 }, (_, i) => [
        `/p${"/a".repeat(i)}/__init__.py`,
        `# openai\nfrom .a import *\nfrom .. import x\nfrom ${".".repeat(i + 2)} import y\nz = x + y\n`,
      ]),
    ),
  );
  return out;
}
