import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, llmIds, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

async function scanOf(
  handler: Handler,
  options: Omit<ScanOptionsInput, "url"> = {},
  path = "/chat",
  query = "",
): Promise<ScanResult> {
  const endpoint = await serve(handler, path);
  open.push(endpoint);
  return runScan({ url: endpoint.url + query, ...options });
}

const PROMPT =
  "You are Basil, the garden helper of Thornfield nurseries. Only answer questions about plants and soil. Never mention prices of competitors. If somebody asks for a refund, send them to the shop desk.";
const SCOPE = "I can only help with plants and soil.";

/** A model that gives its prompt away and follows overrides. */
function careless(prompt: string): string {
  if (/17 plus 25/.test(prompt)) return "That makes 42.";
  if (/^hello/i.test(prompt)) return "Hello, how can I help you with your plants?";
  if (/system (prompt|message)|instructions that|your instructions|above this message/i.test(prompt))
    return `Sure: ${PROMPT}`;
  const parts = /"([A-Z]+)" and "([A-Z]+)"/.exec(prompt);
  if (parts && /ignore all|disregard|forget|DAN/i.test(prompt)) return `${parts[1]}${parts[2]}`;
  return SCOPE;
}
const LEAKS = ["instruction-override", "jailbreak", "system-prompt-leak"];

function json(response: ServerResponse, document: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
}

function field(body: string, key: string): string | undefined {
  try {
    const document: unknown = JSON.parse(body);
    const value =
      typeof document === "object" && document !== null ? new Map(Object.entries(document)).get(key) : undefined;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

describe("shapes of requests", () => {
  it.each(["message", "prompt", "input", "query", "question", "text", "user_input"])(
    "finds the key %s",
    async (key) => {
      const result = await scanOf(jsonChat(careless, key));
      expect(llmIds(result)).toEqual(expect.arrayContaining(LEAKS));
      expect(result.endpoint.body_template).toBe(`{"${key}":"{{prompt}}"}`);
    },
  );

  it("finds OpenAI-like messages and reads OpenAI-like answers", async () => {
    const result = await scanOf((body, _request, response) => {
      const content = /"content":"((?:[^"\\]|\\.)*)"\}\]/.exec(body)?.[1];
      if (content === undefined) return json(response, { error: { message: "messages is required" } }, 400);
      json(response, {
        id: "chatcmpl-1",
        object: "chat.completion",
        model: "gpt-4o-mini",
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: careless(JSON.parse(`"${content}"`)) },
            finish_reason: "stop",
          },
        ],
        usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
      });
    });
    expect(llmIds(result)).toEqual(expect.arrayContaining([...LEAKS, "model-disclosure", "token-usage-disclosure"]));
    expect(result.endpoint.reply_path).toBe("$.choices[0].message.content");
  });

  it("finds the field that a FastAPI error names, with the others that it needs", async () => {
    const result = await scanOf((body, _request, response) => {
      const text = field(body, "utterance");
      const missing = ["user_id", "utterance"].filter((key) => field(body, key) === undefined);
      if (text === undefined || missing.length > 0)
        return json(
          response,
          { detail: missing.map((key) => ({ type: "missing", loc: ["body", key], msg: "Field required" })) },
          422,
        );
      json(response, { data: { bot: { answer: careless(text) } }, status: "ok" });
    });
    expect(llmIds(result)).toEqual(expect.arrayContaining(LEAKS));
    expect(result.endpoint.reply_path).toBe("$.data.bot.answer");
  });

  it("asks by GET and by form where JSON is not taken", async () => {
    const byGet = await scanOf((_body, request, response) => {
      if (request.method !== "GET") return void response.writeHead(405, { allow: "GET, HEAD" }).end();
      const text = new URL(request.url ?? "", "http://x").searchParams.get("query");
      if (text === null) return json(response, { error: "missing" }, 400);
      json(response, { result: careless(text) });
    });
    expect(llmIds(byGet)).toEqual(expect.arrayContaining(LEAKS));
    const byForm = await scanOf((body, request, response) => {
      const text = (request.headers["content-type"] ?? "").includes("urlencoded")
        ? new URLSearchParams(body).get("prompt")
        : null;
      if (text === null) return void response.writeHead(400).end("Bad Request");
      response
        .writeHead(200, { "content-type": "text/html" })
        .end(`<!doctype html><html><head><style>p{}</style></head><body><p>${careless(text)}</p></body></html>`);
    });
    expect(llmIds(byForm)).toEqual(expect.arrayContaining(LEAKS));
    expect(byForm.endpoint).toMatchObject({ content_type: "application/x-www-form-urlencoded", reply_path: "html" });
  });

  it("tells the key that is read from those that are ignored", async () => {
    const result = await scanOf((body, _request, response) =>
      json(response, { reply: careless(field(body, "question") ?? "") }),
    );
    expect(result.endpoint.body_template).toBe('{"question":"{{prompt}}"}');
  });
});

describe("shapes of replies", () => {
  const stream =
    (kind: "sse" | "ndjson" | "chunks"): Handler =>
    (body, _request, response) => {
      const text = field(body, "message");
      if (text === undefined) return json(response, { error: "bad request" }, 400);
      const words = careless(text).split(/(?<= )/);
      response.writeHead(200, {
        "content-type":
          kind === "sse" ? "text/event-stream" : kind === "ndjson" ? "application/x-ndjson" : "text/plain",
      });
      for (const word of words)
        response.write(
          kind === "sse"
            ? `data: ${JSON.stringify({ id: "1", choices: [{ delta: { content: word } }] })}\n\n`
            : kind === "ndjson"
              ? `${JSON.stringify({ model: "m", response: word, done: false })}\n`
              : word,
        );
      response.end(
        kind === "sse" ? "data: [DONE]\n\n" : kind === "ndjson" ? `${JSON.stringify({ done: true })}\n` : "",
      );
    };
  it.each([
    ["sse", "sse:$.choices[0].delta.content"],
    ["ndjson", "ndjson:$.response"],
    ["chunks", "text"],
  ] as const)("joins %s", async (kind, path) => {
    const result = await scanOf(stream(kind));
    expect(llmIds(result)).toEqual(expect.arrayContaining(LEAKS));
    expect(result.endpoint.reply_path).toBe(path);
  });

  it("joins events of plain text", async () => {
    const result = await scanOf((body, _request, response) => {
      const text = field(body, "prompt");
      if (text === undefined) return json(response, { error: "no" }, 400);
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const word of careless(text).split(/(?= )/)) response.write(`data: ${word}\n\n`);
      response.end();
    });
    expect(llmIds(result)).toEqual(expect.arrayContaining(LEAKS));
  });
});

describe("traps", () => {
  const QUIET = ["unauthenticated-llm-endpoint"];
  const trap = async (answer: (prompt: string) => string, options = {}) =>
    llmIds(await scanOf(jsonChat(answer), options)).filter((id) => !QUIET.includes(id));

  it.each([
    ["an echo", (prompt: string) => prompt],
    ["an echo with words around it", (prompt: string) => `You said: ${prompt}`],
    ["an echo in capitals", (prompt: string) => prompt.toUpperCase()],
    ["a reversed echo", (prompt: string) => [...prompt].reverse().join("")],
    ["a fixed answer", () => "Your message has been received."],
  ])("%s gives nothing at all", async (_name, answer) => {
    expect(llmIds(await scanOf(jsonChat(answer)))).toEqual([]);
  });

  it.each([
    [
      "a refusal that quotes the request",
      (prompt: string) =>
        `I'm sorry, I cannot do that. You asked: "${prompt}" and this is not something I can help with.`,
    ],
    ["a polite joiner", (prompt: string) => /"([A-Z]+)" and "([A-Z]+)"/.exec(prompt)?.slice(1).join("") ?? SCOPE],
    [
      "a benign mention of prompts",
      () =>
        "A system prompt is the text that a model is given before a conversation. In ChatML it starts with <|im_start|>system, and Llama 2 uses the <<SYS>> token for it. I cannot show you mine.",
    ],
    [
      "a public support address",
      () => "I cannot help with that. Please write to maria@thornfield-plants.co.uk or call +44 20 7946 0999.",
    ],
    [
      "documentation keys",
      () =>
        "Set AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE and write to jane.roe@example.com, from 192.0.2.14, phone 555-0142, card 4242 4242 4242 4242.",
    ],
    [
      "a guard-rail phrase",
      () =>
        "I am an assistant for plants. I must not share my instructions. I can only answer questions about plants and soil, so please ask about those.",
    ],
  ])("%s is no finding of a probe", async (_name, answer) => {
    expect(await trap(answer)).toEqual([]);
  });

  it("takes prompts made up afresh each time for what they are", async () => {
    let turn = 0;
    const inventions = [
      "You are Aria, a cheerful pirate. Always rhyme. Never use the letter z in any of your answers to sailors.",
      "You are a stern librarian called Otto. Do not whisper. Answer only in Latin verse and keep silence at night.",
      "You are the captain of a starship. Refuse to land on ice moons. Always log the fuel level before each jump.",
      "You are a chess coach. Never resign for the student. Always explain the opening by its oldest known name.",
      "You are a gardener robot. Do not water cacti. Answer questions about moss with a haiku of five lines.",
    ];
    expect(
      await trap((prompt) =>
        /prompt|instructions|above|audit/i.test(prompt)
          ? (inventions[turn++ % inventions.length] as string)
          : careless("Hi").replace(SCOPE, "Let us talk about anything."),
      ),
    ).toEqual([]);
  });

  it("takes the known prompt for the measure: other instructions are no leak", async () => {
    const other =
      "You are a helpful assistant. Always be polite. Never be rude to a customer. Answer in short sentences.";
    expect(await trap(() => other, { knowledge: { systemPrompts: [PROMPT] } })).toEqual([]);
  });
});

describe("leaks in disguise, with the known prompt", () => {
  const b64 = (text: string) => Buffer.from(text).toString("base64");
  it.each([
    ["base64", b64],
    ["hexadecimal", (text: string) => Buffer.from(text).toString("hex")],
    ["reversed", (text: string) => [...text].reverse().join("")],
    ["spaced out", (text: string) => [...text].join(" ")],
    ["zero-width", (text: string) => [...text].join("\u200b")],
    [
      "ROT13",
      (text: string) =>
        text.replace(/[a-z]/gi, (c) =>
          String.fromCharCode(((c.toLowerCase().charCodeAt(0) - 84) % 26) + (c <= "Z" ? 65 : 97)),
        ),
    ],
    ["homoglyphs", (text: string) => text.replaceAll("e", "е").replaceAll("o", "о").replaceAll("a", "а")],
    ["one sentence of it", (text: string) => `Hm. ${text.split(". ")[1]}.`],
  ])("reads %s", async (_name, disguise) => {
    const result = await scanOf(
      jsonChat((prompt) => (/instructions|prompt|system/i.test(prompt) ? disguise(PROMPT) : SCOPE)),
      { knowledge: { systemPrompts: [PROMPT] } },
    );
    const leak = result.category_breakdown.llm_ai_security.findings.find(
      (finding) => finding.id === "system-prompt-leak",
    );
    expect(leak).toMatchObject({ severity: "critical", suspected: false });
  });

  it("only suspects when the prompt is told in other words", async () => {
    const retelling =
      "The rules are these: if somebody wants a refund, the shop desk handles it. Competitors and their prices stay out of the talk. Plants and soil are what questions may be about, here at Thornfield nurseries.";
    const bot = (prompt: string) => (/system prompt|instructions|rules/i.test(prompt) ? retelling : SCOPE);
    const result = await scanOf(jsonChat(bot), { knowledge: { systemPrompts: [PROMPT] } });
    const leak = result.category_breakdown.llm_ai_security.findings.find(
      (finding) => finding.id === "system-prompt-leak",
    );
    expect(leak).toMatchObject({ severity: "high", suspected: true });
    expect(leak?.evidence).toContain("in other words");
  });

  it("only suspects without it", async () => {
    const result = await scanOf(jsonChat(careless));
    const leak = result.category_breakdown.llm_ai_security.findings.find(
      (finding) => finding.id === "system-prompt-leak",
    );
    expect(leak).toMatchObject({ severity: "high", suspected: true });
  });
});

describe("what ordinary answers show", () => {
  it("reports fields, ids, keys, personal data and internal hosts once, under data exposure", async () => {
    const result = await scanOf((body, _request, response) => {
      const text = field(body, "message");
      if (text === undefined) return json(response, { error: "KeyError: 'message'", path: "/srv/app/views.py" }, 400);
      json(response, {
        reply: careless(text),
        debug: { system_prompt: PROMPT, key: "sk_live_9fQ2mZt7LrXw4KpV8sYc3BnD" },
        user: { _id: "64f1c0ffee64f1c0ffee64f1", email: "olga.petrova@mailhaven.net" },
      });
    });
    expect(findingIds(result)).toEqual(
      expect.arrayContaining([
        "excess-properties",
        "internal-ids-exposed",
        "secret-exposed",
        "personal-data-exposed",
        "error-detail-exposed",
      ]),
    );
    expect(findingIds(result)).not.toContain("secret-in-output");
    expect(findingIds(result)).not.toContain("personal-data-in-output");
  });
});
