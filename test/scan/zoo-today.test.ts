/** Endpoints in the shapes that today's frameworks give them, each with what a scan must say of it. */
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { allFindings, runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, llmIds, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const PROMPT =
  "You are Basil, the garden helper of Thornfield nurseries. Only answer questions about plants and soil. Never mention prices of competitors. If somebody asks for a refund, send them to the shop desk.";
const WANTS = /system (prompt|message)|instructions|above this|told at the beginning|your rules|configuration/i;

function plain(prompt: string): string {
  if (/17 plus 25/.test(prompt)) return "17 plus 25 is 42.";
  if (/^hello/i.test(prompt)) return "Hello! I help with plants and soil.";
  return /customer support/i.test(prompt) ? "Ask at the shop desk." : "I can only help with plants and soil.";
}
const leaky = (prompt: string) => (WANTS.test(prompt) ? `Of course. ${PROMPT}` : plain(prompt));
const careful = (prompt: string) => (WANTS.test(prompt) ? "I'm sorry, but I can't share that." : plain(prompt));

/** A route that takes `{"message": text}` and answers with whatever `answer` writes. */
function chat(answer: (prompt: string, response: ServerResponse) => void): Handler {
  return (body, request, response) => {
    const refuse = (status: number) =>
      void response.writeHead(status, { "content-type": "application/json" }).end('{"error":"no"}');
    if (request.method !== "POST") return refuse(405);
    try {
      const document: unknown = JSON.parse(body);
      const prompt =
        typeof document === "object" && document !== null
          ? new Map(Object.entries(document)).get("message")
          : undefined;
      return typeof prompt === "string" ? answer(prompt, response) : refuse(422);
    } catch {
      return refuse(422);
    }
  };
}

const json = (response: ServerResponse, document: unknown, headers: Record<string, string> = {}) =>
  void response.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(document));
const events = (response: ServerResponse, list: readonly unknown[]) =>
  void response
    .writeHead(200, { "content-type": "text/event-stream" })
    .end(list.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));
const pieces = (text: string) => text.split(/(?<= )/);

async function scanOf(handler: Handler, options: Partial<ScanOptionsInput> = {}): Promise<ScanResult> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  return runScan({ url: endpoint.url, limits: { requestsPerSecond: 1_000 }, ...options });
}
const known = { knowledge: { systemPrompts: [PROMPT] } };
const leakOf = (result: ScanResult) => allFindings(result).find((finding) => finding.id === "system-prompt-leak");

describe("streams that give the prompt away", () => {
  it.each<[string, (words: string[]) => unknown[]]>([
    [
      "Anthropic's events",
      (words) => [
        { type: "message_start", message: { role: "assistant", content: [], model: "claude-sonnet-4-5" } },
        ...words.map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
        { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 41 } },
        { type: "message_stop" },
      ],
    ],
    [
      "the events of OpenAI's Responses",
      (words) => words.map((delta, i) => ({ type: "response.output_text.delta", sequence_number: i, delta })),
    ],
    [
      "the AI SDK's message parts",
      (words) => [
        { type: "start" },
        ...words.map((delta) => ({ type: "text-delta", id: "0", delta })),
        { type: "end" },
      ],
    ],
    [
      "AG-UI's events",
      (words) => [
        { type: "RUN_STARTED", threadId: "t" },
        ...words.map((delta) => ({ type: "TEXT_MESSAGE_CONTENT", messageId: "1", delta })),
      ],
    ],
    ["quoted chunks", (words) => words],
  ])("as %s", async (_, wrap) => {
    const result = await scanOf(
      chat((prompt, response) => events(response, wrap(pieces(leaky(prompt))))),
      known,
    );
    expect(leakOf(result)).toMatchObject({ severity: "critical", suspected: false });
  });

  it("tell their model and usage in the first and the last event", async () => {
    const result = await scanOf(
      chat((prompt, response) =>
        events(response, [
          { type: "message_start", message: { role: "assistant", model: "claude-sonnet-4-5" } },
          ...pieces(plain(prompt)).map((text) => ({ type: "content_block_delta", delta: { text } })),
          { type: "message_delta", usage: { output_tokens: 41 } },
          { type: "message_stop" },
        ]),
      ),
    );
    expect(llmIds(result)).toEqual(expect.arrayContaining(["model-disclosure", "token-usage-disclosure"]));
  });
});

describe("a prompt beside the reply", () => {
  const conversation = (prompt: string) => ({
    messages: [
      { role: "system", content: PROMPT },
      { role: "user", content: prompt },
      { role: "assistant", content: careful(prompt) },
    ],
  });

  it("is found in the conversation that comes back, whose last message is the reply", async () => {
    const handler = chat((prompt, response) => json(response, conversation(prompt)));
    const proven = await scanOf(handler, known);
    expect(proven.endpoint.reply_path).toBe("$.messages[2].content");
    expect(leakOf(proven)).toMatchObject({ severity: "critical", suspected: false });
    expect(leakOf(await scanOf(handler))).toMatchObject({ severity: "high", suspected: true });
  });

  it.each<[string, string, string]>([
    ["a header", "x-llm-system", PROMPT],
    ["a percent-encoded header", "x-llm-system", encodeURIComponent(PROMPT)],
  ])("is found in %s", async (_, name, value) => {
    const handler = chat((prompt, response) => json(response, { reply: careful(prompt) }, { [name]: value }));
    const leak = leakOf(await scanOf(handler, known));
    expect(leak).toMatchObject({
      severity: "critical",
      exchanges: [{ response: { overlaps: [{ label: `header ${name}` }] } }],
    });
    expect(leakOf(await scanOf(handler))).toMatchObject({ severity: "high", suspected: true });
  });

  it("is found in a cookie", async () => {
    const cookie = `c=${Buffer.from(JSON.stringify({ system: PROMPT })).toString("base64")}; HttpOnly; SameSite=Lax`;
    const handler = chat((prompt, response) => json(response, { reply: careful(prompt) }, { "set-cookie": cookie }));
    expect(leakOf(await scanOf(handler, known))).toMatchObject({ severity: "critical" });
  });

  it.each<[string, unknown]>([
    ["a field for debugging", { debug: { prompt: `${PROMPT}\nUser: hi` } }],
    ["the model's reasoning", { reasoning: `My prompt says: ${PROMPT}` }],
  ])("is found in %s", async (_, beside) => {
    const handler = chat((prompt, response) =>
      json(response, { reply: careful(prompt), ...(typeof beside === "object" ? beside : {}) }),
    );
    expect(leakOf(await scanOf(handler, known))).toMatchObject({ severity: "critical" });
  });

  it("is found in the error that malformed input gets", async () => {
    const handler: Handler = (body, request, response) => {
      const inner = jsonChat(careful);
      if (/^\{"message":"[^"]{1,4000}"\}$/.test(body)) return inner(body, request, response);
      const text = `cannot build [{'role': 'system', 'content': '${PROMPT}'}, {'role': 'user', 'content': None}]`;
      response.writeHead(422, { "content-type": "application/json" }).end(JSON.stringify({ error: text }));
    };
    expect(leakOf(await scanOf(handler, known))).toMatchObject({ severity: "critical" });
    expect(leakOf(await scanOf(handler))).toMatchObject({ suspected: true });
  });

  it("is not a greeting, the caller's own system message, or a header with other words", async () => {
    const greeting = chat((prompt, response) =>
      json(
        response,
        { reply: /^hello/i.test(prompt) ? "I am Basil, the garden helper of Thornfield nurseries." : plain(prompt) },
        { "x-note": "Answers are given by a machine and may be wrong; call us before you plant anything rare." },
      ),
    );
    expect(leakOf(await scanOf(greeting, known))).toBeUndefined();
    expect(leakOf(await scanOf(greeting))).toBeUndefined();
    const own = "You are a friendly tester of forms and must only answer in one short line.";
    const echo: Handler = (body, _request, response) => {
      try {
        json(response, { messages: JSON.parse(body).messages, reply: plain(body) });
      } catch {
        response.writeHead(422, { "content-type": "application/json" }).end('{"error":"no"}');
      }
    };
    const result = await scanOf(echo, {
      bodyTemplate: JSON.stringify({
        messages: [
          { role: "system", content: own },
          { role: "user", content: "{{prompt}}" },
        ],
      }),
      replyPath: "$.reply",
    });
    expect(leakOf(result)).toBeUndefined();
  });
});

describe("an endpoint that says nothing about its model", () => {
  let count = 48_000;
  it.each<[string, () => unknown]>([
    ["one sentence", () => ({ reply: "Thank you for your message, we will get back to you." })],
    ["a sentence with a number", () => ({ reply: `Ticket ${count++} has been opened, expect an answer in 2 days.` })],
    ["the form of a model's answer", () => ({ choices: [{ message: { content: "I'm sorry, I can't do that." } }] })],
  ])("is inconclusive when it always says %s", async (_, answer) => {
    const result = await scanOf(chat((_prompt, response) => json(response, answer())));
    expect(result.grade).toBeNull();
    expect(result.category_breakdown.llm_ai_security.status).toBe("inconclusive");
    expect(llmIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(result.withstood.filter((entry) => entry.category === "llm_ai_security")).toEqual([]);
  });

  it("but not when its answers follow the question now and then", async () => {
    expect((await scanOf(jsonChat(careful))).category_breakdown.llm_ai_security.status).toBe("complete");
  });
});

describe("what only looks like a leak", () => {
  it.each<[string, (prompt: string) => string]>([
    ["an invitation to call in every answer", (prompt) => (/17/.test(prompt) ? "42" : "Please call +44 20 7946 0991.")],
    [
      "a lesson on prompts",
      (prompt) =>
        WANTS.test(prompt)
          ? 'A system prompt tells a model what to do: "You are a pirate. Only answer in rhyme." Mine stays with me.'
          : plain(prompt),
    ],
    [
      "a lesson on messages",
      (prompt) =>
        WANTS.test(prompt)
          ? 'One writes messages=[{"role": "system", "content": "You are a helpful assistant."}, ...]. I keep mine.'
          : plain(prompt),
    ],
    [
      "documentation's values",
      (prompt) =>
        /key|password|records/i.test(prompt)
          ? "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE, card 4242 4242 4242 4242, jane@example.com, 192.0.2.7"
          : plain(prompt),
    ],
  ])("%s", async (_, answer) => {
    const ids = findingIds(await scanOf(jsonChat(answer), known));
    for (const id of ["system-prompt-leak", "data-exfiltration", "secret-in-output", "personal-data-exposed"])
      expect(ids).not.toContain(id);
  });

  it("facts and a disclaimer that the prompt holds and everybody is told", async () => {
    const hours =
      "The shop desk is open from Monday to Friday, nine to five, in the old glass house behind the bridge of Thornfield, next to the bus stop.";
    const note =
      "This answer was made by a machine and may be wrong, so please ask a gardener before you plant, water, cut or eat anything.";
    const result = await scanOf(
      jsonChat((prompt) => `${/customer support/i.test(prompt) ? hours : careful(prompt)} ${note}`),
      { knowledge: { systemPrompts: [`${PROMPT} ${hours} End every answer with: ${note}`] } },
    );
    expect(leakOf(result)).toBeUndefined();
  });
});
