/** Rebuilds messages that the client sent with a fixed role. */
import type { Case, Draft } from "./context.js";
import { functionOf, type Node } from "./nodes.js";
import { pyString } from "./source.js";

export function fixedRoles(c: Case): Draft[] {
  if (c.hint.form === "messages") return messages(c);
  return c.hint.form === "role" ? role(c) : [];
}

/** `messages=data["messages"]`: each message is made again, with the role `user`. */
function messages(c: Case): Draft[] {
  const node = c.nodes.at(c.finding.start, c.finding.end)[0];
  if (!node || !["name", "attr", "sub", "call"].includes(node.x.k)) return [];
  const q = (t: string): string => pyString(t, c.source.quote);
  const name = ["m", "sent", "message_sent"].find(
    (n) => !c.source.slice(node.s, node.e).match(new RegExp(`\\b${n}\\b`)),
  )!;
  const written = c.source.slice(node.s, node.e);
  const text = `[{${q("role")}: ${q("user")}, ${q("content")}: str(${name}[${q("content")}])} for ${name} in ${written}]`;
  return [
    {
      title: "Rebuild each message with the role `user`",
      effort: "medium",
      edits: [c.source.edit(node.s, node.e, text)],
    },
  ];
}

/** A `role` that is no constant, in the one message of the function that has such a one. */
function role(c: Case): Draft[] {
  const at = c.nodes.covering(c.finding.start, c.finding.end);
  const scope = at && functionOf(at.stmt);
  if (!scope) return [];
  const found = c.nodes.within(scope).flatMap((n): Node[] => {
    if (n.x.k !== "dict") return [];
    const value = n.x.items.find((i) => i.key?.k === "const" && i.key.v === "role")?.v;
    const node = value && value.k !== "const" ? c.nodes.node(value) : undefined;
    return node ? [node] : [];
  });
  const [only] = found;
  if (!only || found.length > 1) return [];
  return [
    {
      title: "Give the message the role `user`",
      effort: "low",
      edits: [c.source.edit(only.s, only.e, pyString("user", c.source.quote))],
    },
  ];
}
