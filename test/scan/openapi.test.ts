import { afterEach, describe, expect, it } from "vitest";
import { runScan } from "../../server/scan/index.js";
import { readApiDocument } from "../../server/scan/openapi/document.js";
import { isNearer } from "../../server/scan/transport/network.js";
import { findingIds, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const ORIGIN = new URL("http://127.0.0.1:9999/x");
const operation = async (text: string, path: string) =>
  (await readApiDocument(text, ORIGIN)).operations.find((each) => each.path === path);

describe("API documents", () => {
  it("reads Swagger 2.0 in YAML with a form and a base path", async () => {
    const found = await operation(
      `swagger: "2.0"
info: { title: t, version: "1" }
basePath: /api/v2
securityDefinitions: { key: { type: apiKey, in: header, name: X-Key } }
security: [{ key: [] }]
consumes: [application/x-www-form-urlencoded]
paths:
  /ask:
    post:
      deprecated: true
      parameters:
        - { name: lang, in: formData, type: string, required: true, enum: [en, de] }
        - { name: question, in: formData, type: string, required: true }
      responses: { "200": { description: ok, schema: { $ref: "#/definitions/Answer" } } }
definitions: { Answer: { type: object, properties: { answer: { type: string } } } }`,
      "/ask",
    );
    expect(found).toMatchObject({
      url: "http://127.0.0.1:9999/api/v2/ask",
      deprecated: true,
      secured: true,
      answerKeys: ["answer"],
    });
    expect(found?.shape).toMatchObject({
      bodyTemplate: "question={{prompt}}&lang=en",
      contentType: "application/x-www-form-urlencoded",
    });
  });

  it("reads OpenAPI 3.0 with references, a cycle, allOf and required fields", async () => {
    const found = await operation(
      JSON.stringify({
        openapi: "3.0.3",
        info: { title: "t", version: "1" },
        servers: [{ url: "https://elsewhere.example/base" }],
        paths: {
          "/chat/{id}": {
            post: {
              requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Chat" } } } },
              responses: { default: { description: "x" } },
              security: [{}, { a: [] }],
            },
          },
        },
        components: {
          schemas: {
            Chat: {
              allOf: [
                { $ref: "#/components/schemas/Base" },
                {
                  type: "object",
                  required: ["prompt"],
                  properties: { prompt: { type: "string" }, parent: { $ref: "#/components/schemas/Chat" } },
                },
              ],
            },
            Base: {
              type: "object",
              required: ["user_id", "mode"],
              properties: {
                user_id: { type: "integer", minimum: 7 },
                mode: { type: "string", enum: ["fast", "slow"] },
              },
            },
          },
        },
      }),
      "/chat/{id}",
    );
    expect(found).toMatchObject({
      secured: false,
      statuses: ["default"],
      bodyKeys: ["user_id", "mode", "prompt", "parent"],
    });
    expect(JSON.parse(found?.shape?.bodyTemplate ?? "{}")).toEqual({ user_id: 7, mode: "fast", prompt: "{{prompt}}" });
  });

  it("reads OpenAPI 3.1 with type lists, examples and messages", async () => {
    const found = await operation(
      `openapi: 3.1.0
info: { title: t, version: "1" }
paths:
  /v1/chat:
    post:
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [messages, model], properties: { messages: { type: [array, "null"] }, model: { type: string, examples: [small] } } }
      responses: { "200": { description: ok } }`,
      "/v1/chat",
    );
    expect(JSON.parse(found?.shape?.bodyTemplate ?? "{}")).toEqual({
      model: "small",
      messages: [{ role: "user", content: "{{prompt}}" }],
    });
  });

  it("leaves references to other documents alone and says so", async () => {
    const document = await readApiDocument(
      '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"http://169.254.169.254/s.json"}}}},"responses":{}}}}}',
      ORIGIN,
    );
    expect(document.notes).toEqual([
      "References of the API document to other documents were not followed (--openapi-references).",
    ]);
    expect(document.operations).toHaveLength(1);
  });

  it("follows references with consent, in circles, across documents and hosts, and without credentials", async () => {
    const asked: string[] = [];
    const other = await serve((_body, request, response) => {
      asked.push(`${request.url} ${request.headers.authorization ?? "no credentials"}`);
      const documents: Record<string, string> = {
        "/types.yaml":
          "Chat:\n  type: object\n  required: [question]\n  properties:\n    question: { type: string }\n    tone: { $ref: 'more/tone.json#/Tone' }\n    next: { $ref: '#/Chat' }\n",
        "/more/tone.json": '{"Tone":{"type":"object","properties":{"of":{"$ref":"../types.yaml#/Chat"}}}}',
      };
      response.end(documents[request.url ?? ""] ?? "");
    }, "/");
    open.push(other);
    const target = await serve((_body, _request, response) => {
      response.writeHead(200, { "content-type": "application/json" }).end('{"answer":"42, sailor."}');
    });
    open.push(target);
    const text = JSON.stringify({
      openapi: "3.1.0",
      info: { title: "t", version: "1" },
      paths: {
        "/chat": {
          post: {
            requestBody: {
              content: { "application/json": { schema: { $ref: new URL("/types.yaml#/Chat", other.url).href } } },
            },
            responses: { default: { description: "x" } },
          },
        },
      },
    });
    const options = { url: target.url, openapi: { text }, checks: ["encryption" as const] };
    const auth = { auth: { kind: "bearer" as const }, secret: "the-secret-of-the-scan" };
    const without = await runScan({ ...options, ...auth });
    expect([asked, without.endpoint.shape_source]).toEqual([[], "tried"]);
    expect(without.notes.join(" ")).toContain("--openapi-references");
    const followed = await runScan({ ...options, ...auth, openapiReferences: true });
    expect(followed.endpoint).toMatchObject({ shape_source: "openapi", body_template: '{"question":"{{prompt}}"}' });
    expect(asked.sort()).toEqual(["/more/tone.json no credentials", "/types.yaml no credentials"]);
  });

  it("says which references could not be followed", async () => {
    const text =
      '{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{"/x":{"$ref":"http://127.0.0.1:9/x.json"}}}';
    const asked: string[] = [];
    const { notes } = await readApiDocument(text, ORIGIN, {
      base: null,
      fetch: async (url) => {
        asked.push(url.href);
        return null;
      },
    });
    expect(asked).toEqual(["http://127.0.0.1:9/x.json"]);
    expect(notes.join(" ")).toContain("were not followed: http://127.0.0.1:9/x.json");
  });

  it.each([
    ["[1, 2", /neither JSON nor YAML/],
    ['{"a": 1}', /neither an openapi nor a swagger/],
  ])("refuses %j", async (text, reason) => {
    await expect(readApiDocument(text, ORIGIN)).rejects.toThrow(reason);
  });
});

describe("a network", () => {
  it.each([
    ["public", "private", true],
    ["public", "loopback", true],
    ["private", "loopback", true],
    ["loopback", "public", false],
    ["private", "private", false],
  ] as const)("seen from a %s one, a %s one is nearer: %s", (from, to, nearer) => {
    expect(isNearer(to, from)).toBe(nearer);
  });
});

describe("the document against the endpoint", () => {
  it("takes the shape from it and reports what differs", async () => {
    const schema = {
      type: "object",
      required: ["ticket", "body_text"],
      properties: { ticket: { type: "integer" }, body_text: { type: "string" } },
    };
    const document = {
      openapi: "3.1.0",
      info: { title: "t", version: "1" },
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: "apiKey", in: "header", name: "X-Key" } } },
      paths: {
        "/api/assist": {
          post: {
            deprecated: true,
            requestBody: { content: { "application/json": { schema } } },
            responses: {
              "201": {
                description: "ok",
                content: {
                  "application/json": { schema: { type: "object", properties: { answer: { type: "string" } } } },
                },
              },
            },
          },
        },
      },
    };
    const endpoint = await serve((body, request, response) => {
      const send = (status: number, value: unknown) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
      if (request.url === "/openapi.json") return void send(200, document);
      if (request.url !== "/api/assist") return void send(404, {});
      if (!/"ticket":1\b/.test(body) || !body.includes('"body_text":"')) return void send(422, { detail: "invalid" });
      send(200, { answer: /17 plus 25/.test(body) ? "42" : "I can only help with tickets.", tenant: "north" });
    }, "/");
    open.push(endpoint);
    const result = await runScan({ url: `${endpoint.url}api/assist` });
    expect(result.endpoint).toMatchObject({ shape_source: "openapi", reply_path: "$.answer" });
    expect(findingIds(result)).toEqual(
      expect.arrayContaining(["api-docs-exposed", "deprecated-operation", "excess-properties"]),
    );
    expect(result.category_breakdown.authentication.findings[0]?.evidence).toContain("although the API document says");
    expect(result.notes.join(" ")).toContain("answered 200, which the API document does not list");
  });

  it.each([
    [200, ["deprecated-operation"]],
    [410, []],
  ])("reports a deprecated operation that answers a question with %i", async (status, found) => {
    const text = { type: "object", properties: { message: { type: "string" } } };
    const takesText = (deprecated: boolean) => ({
      post: { deprecated, requestBody: { content: { "application/json": { schema: text } } }, responses: {} },
    });
    const document = {
      openapi: "3.0.3",
      info: { title: "t", version: "1" },
      paths: { "/chat": takesText(false), "/v0/chat": takesText(true), "/v0/reviews": takesText(true) },
    };
    const endpoint = await serve((body, request, response) => {
      const send = (code: number, value: unknown) =>
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
      if (request.url === "/openapi.json") return void send(200, document);
      if (request.method !== "POST" || !/^\/(v0\/)?(chat|reviews)$/.test(request.url ?? "")) return void send(404, {});
      if (!body.includes('"message":"')) return void send(422, { error: "invalid" });
      const code = request.url === "/chat" ? 200 : status;
      send(code, code === 200 ? { reply: /17 plus 25/.test(body) ? "42" : "Only kites, please." } : { error: "gone" });
    }, "/");
    open.push(endpoint);
    const result = await runScan({ url: `${endpoint.url}chat`, checks: ["inventory"] });
    expect(findingIds(result).filter((id) => id === "deprecated-operation")).toEqual(found);
    // What may write something is not tried.
    expect(endpoint.requests.map((request) => request.url)).not.toContain("/v0/reviews");
    expect(result.requests.by_check.inventory).toBeLessThanOrEqual(21);
  });

  const paths = (keys: string) => `paths:
  /api/ask:
    post:
      requestBody: { content: { application/json: { schema: { type: object, properties: { ${keys}: { type: string } } } } } }
      responses: { "200": { description: ok } }
`;
  const json = (version: string) =>
    `{"${version}":"2.0","paths":{"/api/ask":{"post":{"parameters":[{"in":"body","name":"b","schema":{"type":"object","properties":{"utterance":{"type":"string"}}}}],"responses":{}}}}}`;
  it.each([
    ["/openapi.json", "application/json", json("swagger")],
    ["/swagger.json", "application/json", json("swagger")],
    ["/apispec_1.json", "application/json", json("swagger")],
    ["/api/schema/", "application/vnd.oai.openapi", `openapi: 3.0.3\n${paths("utterance")}`],
  ])("finds it at %s, and says that it is open", async (place, type, text) => {
    const endpoint = await serve((body, request, response) => {
      if (request.url === place) return void response.writeHead(200, { "content-type": type }).end(text);
      if (request.url === "/api/ask")
        return jsonChat((prompt) => (/17 plus/.test(prompt) ? "42" : "Boats."), "utterance")(body, request, response);
      return void response.writeHead(404).end();
    }, "/");
    open.push(endpoint);
    const result = await runScan({ url: `${endpoint.url}api/ask`, checks: ["inventory"] });
    expect(result.endpoint).toMatchObject({ shape_source: "openapi", body_template: '{"utterance":"{{prompt}}"}' });
    expect(
      result.category_breakdown.inventory.findings.map(({ id, evidence }) => [id, evidence.split(" ")[0]]),
    ).toEqual([["api-docs-exposed", place]]);
  });
});
