/** Which columns PostgREST's `select` gives. */
import { describe, expect, it } from "vitest";
import { postgrestColumns } from "../../server/analysis/flow/postgrest.js";

function columns(text: string): string {
  const found = postgrestColumns(text);
  return found === undefined ? "unknown" : found === "*" ? "*" : found.join(" ");
}

describe("columns of PostgREST's select", () => {
  it.each([
    ["id, name", "id name"],
    ["id,\n  name,", "id name"],
    ["*", "*"],
    ["id, *", "*"],
    ["*, users(name)", "*"],
    ["mail:email", "mail"],
    ["total::text", "total"],
    ["price:amount::numeric", "price"],
    ["data->>city", "city"],
    ["town:data->address->>city", "town"],
    ["amount.sum()", "sum"],
    ["paid:amount.sum()::int", "paid"],
    ["total, users(name, email)", "total users.name users.email"],
    ["buyer:users!inner(email)", "buyer.email"],
    ["users!orders_buyer_fkey(*)", "users"],
    ["orders(id, items(title))", "orders.id orders.items.title"],
    ["...users(name), id", "name id"],
    ["...users(*), id", "*"],
    ["users()", ""],
    ["a b c(", "unknown"],
    ["users(name,, email, (x))", "unknown"],
  ])("%s", (text, expected) => {
    expect(columns(text)).toBe(expected);
  });
});
