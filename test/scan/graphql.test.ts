import { readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { pingTarget, runScan } from "../../server/scan/index.js";
import { graphqlShape } from "../../server/scan/target/graphql.js";
import { findingIds, type Handler, serve, type TestEndpoint } from "./endpoints.js";

/** What graphql-core 3.2 answers for a schema with a search, a deletion, a message to people, and `ask`. */
const SCHEMA = readFileSync(path.join(__dirname, "graphql-schema.json"), "utf8");

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

/** Answers as graphql-core and its HTTP libraries do. */
function server(schema: string | null, byGet = true): Handler {
  return (body, request, response) => {
    const send = (status: number, text: string) =>
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    const error = (message: string) => send(400, JSON.stringify({ errors: [{ message }] }));
    if (request.method === "GET" && !byGet) return void error("Must provide query string.");
    if (request.method === "GET" && /__schema/.test(decodeURIComponent(request.url ?? "")) && schema)
      return void send(200, '{"data":{"__schema":{"queryType":{"name":"Query"}}}}');
    let query = "";
    let message = "";
    try {
      const document = JSON.parse(body);
      query = String(document.query ?? "");
      message = String(document.variables?.message ?? "");
    } catch {
      return void error("POST body sent invalid JSON.");
    }
    if (query === "") return void error("Must provide query string.");
    if (query.includes("__schema"))
      return void (schema
        ? send(200, schema)
        : error("GraphQL introspection is not allowed, but the query contained __schema."));
    if (!query.includes("ask(message:$message,sessionId:$sessionId)"))
      return void error("Syntax Error: Unexpected Name.");
    send(
      200,
      JSON.stringify({ data: { ask: { reply: /17 plus 25/.test(message) ? "42" : "I can only help with boats." } } }),
    );
  };
}

async function up(schema: string | null, byGet = true): Promise<TestEndpoint> {
  const endpoint = await serve(server(schema, byGet), "/graphql");
  open.push(endpoint);
  return endpoint;
}

describe("a GraphQL endpoint", () => {
  it("is asked by the operation that its schema shows, and by no other", async () => {
    const endpoint = await up(SCHEMA);
    const result = await runScan({ url: endpoint.url });
    expect(JSON.parse(result.endpoint.body_template ?? "")).toEqual({
      query:
        "mutation($message:String!,$sessionId:ID!){ask(message:$message,sessionId:$sessionId){reply conversationId}}",
      variables: { message: "{{prompt}}", sessionId: "{{session}}" },
    });
    expect(result.endpoint.reply_path).toBe("$.data.ask.reply");
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
    expect(endpoint.requests.filter(({ body }) => /deleteUser|sendMessage|askRaw/.test(body))).toEqual([]);
  });

  it.each([
    ["GET as well", true],
    ["POST only", false],
  ])("is reported where it shows its schema to anybody, by %s", async (_, byGet) => {
    const endpoint = await up(SCHEMA, byGet);
    const result = await runScan({ url: endpoint.url });
    expect(result.category_breakdown.inventory.findings.map(({ id, evidence }) => [id, evidence])).toContainEqual([
      "api-docs-exposed",
      "/graphql answers with the GraphQL schema, which introspection shows to anybody.",
    ]);
  });

  it("says what to give where its schema is closed", async () => {
    const endpoint = await up(null);
    const { why } = await pingTarget({ url: endpoint.url });
    expect(why).toBe("it did not accept the request (400)");
    const result = await runScan({ url: endpoint.url });
    expect(result.grade).toBeNull();
    expect(result.notes.join(" ")).toContain("give the request with --body-template");
    expect(findingIds(result)).not.toContain("api-docs-exposed");
    // It is not asked for fifty other shapes first.
    expect(result.requests.by_check.baseline).toBeLessThanOrEqual(4);
  });
});

describe("the operation to ask by", () => {
  const type = (name: string) => ({ kind: "SCALAR", name });
  const field = (name: string, args: object[], result: object = type("String")) => ({ name, args, type: result });
  const arg = (name: string, kind = type("String"), more: object = {}) => ({ name, type: kind, ...more });
  const must = (inner: object) => ({ kind: "NON_NULL", name: null, ofType: inner });
  const shape = (mutations: object[], queries: object[] = []) =>
    graphqlShape(
      "http://x/graphql",
      JSON.stringify({ data: { __schema: { queryType: { fields: queries }, mutationType: { fields: mutations } } } }),
    )?.key ?? null;

  it("is none that changes something", () => {
    expect(shape([field("deleteUser", [arg("message")]), field("sendMessage", [arg("message")])])).toBeNull();
    expect(shape([field("createChat", [arg("message")])])).toBeNull();
  });

  it("takes the prompt and nothing else that has to be known", () => {
    expect(shape([field("ask", [arg("message"), { name: "account", type: must(type("ID")) }])])).toBeNull();
    expect(shape([field("ask", [arg("message"), { name: "top", type: must(type("Int")), defaultValue: "3" }])])).toBe(
      "ask.message",
    );
    expect(shape([field("ask", [arg("temperature", type("Float"))])])).toBeNull();
  });

  it("is rather one that is named for asking than a search", () => {
    expect(shape([], [field("search", [arg("query")]), field("chatCompletion", [arg("prompt")])])).toBe(
      "chatCompletion.prompt",
    );
    expect(shape([], [field("search", [arg("query")])])).toBe("search.query");
  });

  it("is none where the answer is no schema", () => {
    for (const text of [
      "",
      "[]",
      "{}",
      '{"data":null}',
      '{"data":{"__schema":{"queryType":{"fields":[{"name":"a b"}]}}}}',
    ])
      expect(graphqlShape("http://x/graphql", text)).toBeNull();
  });
});
