/** Asks the store for the caller's own conversations, where it is known what names the owner and who is calling. */
import type { CallExpr, Expr } from "../ir.js";
import { addArguments, isCall, unpacks } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { dotted, functionOf, type Node } from "./nodes.js";
import { pyString } from "./source.js";

const OWNERS = ["user", "owner", "author", "account", "customer", "created_by"];
const KEYS = ["user_id", "owner_id", "user", "owner", "account_id"];
const QUERIES = /^(filter|get|aget|get_object_or_404|aget_object_or_404|get_list_or_404)$/;

export function ownerCondition(c: Case): Draft[] {
  const call = c.nodes.at(c.finding.start, c.finding.end).find(isCall);
  if (!call || unpacks(call)) return [];
  return django(c, call) ?? mongo(c, call) ?? [];
}

/** `Message.objects.filter(conversation_id=pk)` with the field of the model that names the owner. */
function django(c: Case, call: Node<CallExpr>): Draft[] | undefined {
  const name = call.x.f.k === "attr" ? call.x.f.a : call.x.f.k === "name" ? call.x.f.id : "";
  const who = requestUser(call);
  const model = modelOf(call.x);
  if (!QUERIES.test(name) || !who || !model || !call.x.kw.length) return undefined;
  const field = ownerField(c, model);
  if (!field || call.x.kw.some((k) => k.n?.startsWith(field))) return undefined;
  const text = `${field}=${who}`;
  return [
    { title: `Ask for the caller's own with \`${text}\``, effort: "low", edits: addArguments(c.source, call, [text]) },
  ];
}

/** Who is calling, where the function is a view: its request. */
function requestUser(call: Node): string | undefined {
  const fn = functionOf(call.stmt)?.fn;
  if (fn?.params.some((p) => p.name === "request")) return "request.user";
  return undefined;
}

/** The model class that a query asks. */
function modelOf(x: CallExpr): string | undefined {
  if (x.f.k === "name") return x.args[0]?.k === "name" ? x.args[0].id : undefined;
  for (let o: Expr | undefined = x.f; o; o = o.k === "attr" ? o.o : o.k === "call" ? o.f : undefined)
    if (o.k === "attr" && o.a === "objects") return o.o.k === "name" ? o.o.id : undefined;
  return undefined;
}

/** The relation of a model to the account that owns its rows. */
function ownerField(c: Case, model: string): string | undefined {
  const word = new RegExp(`^class ${model}\\b`, "m");
  for (const file of c.cx.files()) {
    if (!file.endsWith(".py") || !word.test(c.cx.text(file) ?? "")) continue;
    const scope = c.other(file)?.nodes.scopes.find((s) => s.kind === "class" && s.name === model);
    for (const s of scope?.body ?? []) {
      const target = s.st.k === "assign" ? s.st.targets[0] : undefined;
      const made = s.st.k === "assign" && s.st.v?.k === "call" ? (dotted(s.st.v.f) ?? "") : "";
      if (target?.k === "name" && OWNERS.includes(target.id) && /(ForeignKey|OneToOneField)$/.test(made))
        return target.id;
    }
  }
  return undefined;
}

/** `db.messages.find({"session_id": sid})` with the key under which the project keeps the owner. */
function mongo(c: Case, call: Node<CallExpr>): Draft[] | undefined {
  const filter = call.x.args[0];
  const name = call.x.f.k === "attr" ? call.x.f.a : "";
  const collection = call.x.f.k === "attr" ? (dotted(call.x.f.o) ?? "").split(".").at(-1) : undefined;
  if (!/^(find|find_one|afind_one)$/.test(name) || filter?.k !== "dict" || !filter.items.length || !collection)
    return undefined;
  const login = c.nodes.module.body.some(
    (s) =>
      s.st.k === "from" && s.st.module === "flask_login" && s.st.names.some((n) => n.name === "current_user" && !n.as),
  );
  const key = login ? ownerKey(c, collection) : undefined;
  const last = filter.items.at(-1);
  if (!key || !last || filter.items.some((i) => i.key?.k === "const" && i.key.v === key)) return undefined;
  const text = `${pyString(key, c.source.quote)}: current_user.id`;
  const at = call.stmt.chunk.base + last.e;
  return [
    { title: `Ask for the caller's own with \`${key}\``, effort: "low", edits: [c.source.insert(at, `, ${text}`)] },
  ];
}

/** The key that documents of the collection are written with. */
function ownerKey(c: Case, collection: string): string | undefined {
  for (const file of c.cx.files()) {
    if (!file.endsWith(".py") || !c.cx.text(file)?.includes(collection)) continue;
    for (const n of c.other(file)?.nodes.all ?? []) {
      if (n.x.k !== "call" || n.x.f.k !== "attr" || !/^(insert_one|update_one|replace_one)$/.test(n.x.f.a)) continue;
      if ((dotted(n.x.f.o) ?? "").split(".").at(-1) !== collection) continue;
      const written = n.x.args.flatMap((a) => (a.k === "dict" ? a.items : []));
      const key = KEYS.find((k) => written.some((i) => i.key?.k === "const" && i.key.v === k));
      if (key) return key;
    }
  }
  return undefined;
}
