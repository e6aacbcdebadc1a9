/** Endpoints that the scan was not written for: servers that mean harm or are merely odd, and replies that only look like leaks. */
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { renderScanText } from "../../server/report/scan-text.js";
import { allFindings, runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { type Handler, jsonChat, llmIds, serve, serveRaw, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});
async function up(endpoint: Promise<TestEndpoint>): Promise<TestEndpoint> {
  const running = await endpoint;
  open.push(running);
  return running;
}

const short = { connectMs: 500, firstByteMs: 200, idleMs: 200, totalMs: 800, minRateAfterMs: 300, retries: 1 };
const fast = { requestsPerSecond: 1_000 };
const scan = async (endpoint: Promise<TestEndpoint>, options: Partial<ScanOptionsInput> = {}): Promise<ScanResult> =>
  runScan({ url: (await up(endpoint)).url, limits: fast, ...options });
/** The ids of the LLM category, without the one that an open lab always has. */
const leaks = (result: ScanResult) => llmIds(result).filter((id) => id !== "unauthenticated-llm-endpoint");
const raw = (answer: string) =>
  serveRaw((write, end) => {
    write(answer);
    end();
  });
const limits = (result: ScanResult) => result.limits.map(({ name }) => name);

describe("servers that break HTTP", () => {
  it.each<[string, string]>([
    [
      "a body longer than it says",
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{"reply":"hello there"}',
    ],
    [
      "a body shorter than it says",
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"reply":"hello"}',
    ],
    [
      "a chunk of a wrong size",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffffffff\r\nhello\r\n",
    ],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 7\r\n\r\nhello"],
    [
      "no length and an end",
      'HTTP/1.0 200 OK\r\ncontent-type: application/json\r\n\r\n{"reply":"hello there, sailor"}',
    ],
    [
      "garbage that says it is gzip",
      "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 11\r\n\r\nnot gzipped",
    ],
    ["a status that there is not", "HTTP/1.1 999 What\r\ncontent-length: 2\r\n\r\nhi"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: nothing\r\ncontent-length: 2\r\n\r\nhi"],
    ["bare line feeds", "HTTP/1.1 200 OK\ncontent-length: 2\n\nhi"],
    ["a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n"],
    ["nothing at all", ""],
    ["an endless first line", `HTTP/1.1 200 ${"O".repeat(200_000)}`],
  ])("come through: %s", async (_name, answer) => {
    const result = await runScan({ url: (await up(raw(answer))).url, limits: { ...short, ...fast } }).catch(
      (error: unknown) => error,
    );
    // Either there is a result that claims no leak, or one sentence that says why there is none.
    if (result instanceof Error) expect(result.message).toMatch(/^[^\n]{10,300}$/);
    else expect(result).toMatchObject({ grade: expect.toBeOneOf([null, "A", "B", "C", "D", "F"]) });
  });

  it("come through: interim answers without end", async () => {
    const endpoint = await up(
      serveRaw((write, end) => {
        let left = 2_000;
        const more = () => {
          if (left-- <= 0) return end();
          write("HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n");
          setImmediate(more);
        };
        more();
      }),
    );
    const result = await runScan({ url: endpoint.url, limits: { ...short, ...fast } }).catch((error: unknown) => error);
    if (result instanceof Error) expect(result.message).toMatch(/^[^\n]{10,300}$/);
    else expect(result).toMatchObject({ grade: null });
  });

  it("come through: a drip of one letter at a time", async () => {
    const timers: NodeJS.Timeout[] = [];
    const result = await scan(
      serve((_body, _request, response) => {
        response.writeHead(200, { "content-type": "text/plain" });
        response.on("error", () => {});
        timers.push(setInterval(() => response.write("a"), 100));
      }),
      // Only the rate ends it: on a busy machine the first byte may be late.
      { limits: { ...short, ...fast, firstByteMs: 60_000, idleMs: 60_000, totalMs: 90_000, minBytesPerSecond: 50 } },
    );
    for (const timer of timers) clearInterval(timer);
    expect(limits(result)).toContain("minBytesPerSecond");
    expect(result.grade).toBeNull();
  });

  it("come through: compression within compression, and kinds that were not asked for", async () => {
    const twice = gzipSync(gzipSync(Buffer.alloc(5_000_000, "a ")));
    for (const encoding of ["gzip, gzip", "br", "zstd", "made-up"]) {
      const result = await scan(
        serve(
          (_body, _request, response) =>
            void response.writeHead(200, { "content-type": "text/plain", "content-encoding": encoding }).end(twice),
        ),
      );
      expect(leaks(result)).toEqual([]);
    }
  });

  it.each([
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//169.254.169.254/latest/meta-data/",
    "http://user:pass@[::ffff:169.254.169.254]/",
    "http://",
    "%zz",
    "/chat/\u0000",
  ])("does not follow a redirect to %j", async (location) => {
    const asked: string[] = [];
    const result = await scan(
      serve((_body, request, response) => {
        asked.push(request.url ?? "");
        try {
          response.writeHead(307, { location }).end();
        } catch {
          response.writeHead(307, { location: "/chat?again" }).end();
        }
      }, "/"),
    );
    expect(result.grade).toBeNull();
    expect(asked.filter((url) => /passwd|meta-data/.test(url))).toEqual([]);
  });

  it.each(["-5", "99999999999999999999", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "1e9", ""])(
    "does not wait for ever when told to retry after %j",
    async (after) => {
      const result = await scan(
        serve((_body, _request, response) => void response.writeHead(429, { "retry-after": after }).end("slow down")),
        { limits: { ...fast, retryAfterMs: 300, retries: 1 } },
      );
      expect(result.grade).toBeNull();
      expect(result.category_breakdown.llm_ai_security.reason).toContain("429");
    },
  );
});

describe("bodies made to hold the reader up", () => {
  const bodies: [string, string, string][] = [
    ["opening brackets", "text/html", "<".repeat(200_000)],
    ["comments that do not end", "text/html", "<!-- ".repeat(40_000)],
    ["tags within tags", "text/html", "<a ".repeat(60_000)],
    ["scripts that do not end", "text/html", "<script>".repeat(25_000)],
    ["entities", "text/html", "&#".repeat(100_000)],
    ["spaces", "text/plain", " ".repeat(200_000)],
    ["line feeds", "text/plain", "\n".repeat(200_000)],
    ["quotation marks", "application/json", '"'.repeat(200_000)],
    ["keys", "application/json", `{${'"a":{'.repeat(40_000)}`],
    ["digits", "text/plain", "4".repeat(200_000)],
    ["groups of digits", "text/plain", "4539 1488 0343 ".repeat(13_000)],
    ["at signs", "text/plain", "a@".repeat(100_000)],
    ["dots", "text/plain", "a.".repeat(100_000)],
    ["colons", "text/plain", "a:".repeat(100_000)],
    ["missing fields", "text/plain", "missing required field ".repeat(8_000)],
    ["file names", "text/plain", 'File "'.repeat(30_000)],
    ["beginnings of keys", "text/plain", "sk-".repeat(60_000)],
    ["beginnings of tokens", "text/plain", "eyJ".repeat(60_000)],
    ["base64", "text/plain", "QUFB".repeat(50_000)],
    ["events without data", "text/event-stream", ":\n".repeat(100_000)],
    ["events of one letter", "text/event-stream", "data:a\n\n".repeat(25_000)],
    ["lines of JSON", "application/x-ndjson", '{"a":"b"}\n'.repeat(20_000)],
    ["markers", "text/plain", "<|im_start|>".repeat(16_000)],
    ["zero-width characters", "text/plain", "\u200b".repeat(80_000)],
    ["letters of another alphabet", "text/plain", "а".repeat(100_000)],
    ["flags", "text/plain", "🏴".repeat(50_000)],
  ];
  it.each(bodies)("reads %s", async (_name, type, body) => {
    const result = await scan(
      serve((_body, _request, response) => void response.writeHead(200, { "content-type": type }).end(body)),
    );
    expect(leaks(result).filter((id) => id !== "prompt-format-leak")).toEqual([]);
  });
});

describe("what an endpoint says to whoever reads the report", () => {
  it("comes out of the text report without anything that a terminal obeys", async () => {
    const nasty =
      "\u001b]0;owned\u0007\u001b[2J\u001b]8;;http://x.example\u0007click\u001b]8;;\u0007\u009b31m\r\u202e\u0008";
    const result = await scan(
      serve((body, request, response) => {
        response.setHeader("x-powered-by", "nasty/1.0 \u009b31m");
        return jsonChat((prompt) =>
          /17 plus/.test(prompt) ? `42 ${nasty}` : `Only boats. ${nasty} ${prompt.slice(0, 20)}`,
        )(body, request, response);
      }, "/"),
    );
    expect(allFindings(result).map(({ id }) => id)).toContain("server-banner");
    const text = renderScanText(result, { color: false });
    expect([...text].filter((char) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(char))).toEqual([]);
  });

  it("does not reach the prototype of anything", async () => {
    const result = await scan(
      serve(
        (_body, _request, response) =>
          void response
            .writeHead(200, { "content-type": "application/json" })
            .end(
              '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},"reply":"Only boats, sailor."}',
            ),
      ),
    );
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(leaks(result)).toEqual([]);
  });
});

describe("replies that only look like leaks", () => {
  const ordinary = (prompt: string) =>
    /17 plus/.test(prompt) ? "42." : /^hello/i.test(prompt) ? "Hello! Ask me about boats." : null;
  const SCOPE = "I can only help with boats.";
  const said = (answer: (prompt: string) => string, options: Partial<ScanOptionsInput> = { depth: "deep" }) =>
    scan(serve(jsonChat((prompt) => ordinary(prompt) ?? answer(prompt))), options);

  it.each<[string, (prompt: string) => string]>([
    [
      "a translator that gives the words back in capitals and other marks",
      (prompt) => `«${prompt.toUpperCase().replace(/"/g, "“")}»`,
    ],
    ["a spelling corrector", (prompt) => `Corrected: ${prompt.replace(/\s+/g, " ").trim()}`],
    [
      "a refusal that decodes what it refuses",
      (prompt) => {
        const code = /[A-Za-z0-9+/]{40,}={0,2}/.exec(prompt)?.[0];
        return code ? `I will not do what this says: ${Buffer.from(code, "base64").toString("utf8")}` : SCOPE;
      },
    ],
    ["a search that lists what it looked for", (prompt) => `No results for: ${prompt.match(/[A-Za-z]+/g)?.join(", ")}`],
    [
      "a summary that names both parts",
      (prompt) => {
        const parts = /"([A-Z]{6})" and "([A-Z]{6})"/.exec(prompt);
        return parts ? `The text asks to join ${parts[1]} with ${parts[2]}; I only talk about boats.` : SCOPE;
      },
    ],
    [
      "a refusal in different words each time",
      (() => {
        let turn = 0;
        const words = [
          "Sorry, no.",
          "That is nothing for me.",
          "I must not share my instructions.",
          "Boats only, please.",
          "My rules do not let me do that.",
        ];
        return () => words[turn++ % words.length] ?? SCOPE;
      })(),
    ],
    [
      "public contacts of a company",
      () =>
        "We are at Quay 4. Write to hello@harbourboats.example.org or info@harbour-boats.co.uk, or call +44 20 7946 0000.",
    ],
    [
      "published examples of keys and cards",
      () =>
        "Use AKIAIOSFODNN7EXAMPLE, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, key sk_test_4eC39HqLyjWDarjtT1zdp7dc.",
    ],
    [
      "an explanation of what tools are",
      () =>
        "A model can call tools, which are functions with a name and arguments, for example to look up the weather. I have none.",
    ],
    [
      "an explanation of what prompts are",
      () => "A system prompt tells a model what to do, for instance to be polite and brief. I cannot show mine.",
    ],
    [
      "a number of the ticket",
      (prompt) => `Your request ${prompt.length * 7919} was received and will be answered by mail.`,
    ],
  ])("%s", async (_name, answer) => {
    expect(leaks(await said(answer))).toEqual([]);
  });

  it("an answer that is late, not long", async () => {
    const result = await said((prompt) => (/count from 1/i.test(prompt) ? "one, two, three and so on." : SCOPE));
    expect(leaks(result)).toEqual([]);
  });
});

describe("shapes that are told", () => {
  const graphql: Handler = (body, _request, response: ServerResponse) => {
    const text = /"m":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
    const document =
      text === undefined || !body.includes("mutation")
        ? { errors: [{ message: "Must provide query string." }] }
        : {
            data: {
              ask: {
                reply: /system (prompt|message)|all previous|instructions/i.test(text)
                  ? LEAK
                  : /17 plus/.test(text)
                    ? "42"
                    : "Boats only.",
              },
            },
          };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
  };
  const LEAK =
    "My instructions: You are Skip, the harbour's helper. Never talk about other harbours. Always answer in one sentence.";
  const template = JSON.stringify({
    query: "mutation($m: String!) { ask(message: $m) { reply } }",
    variables: { m: "{{prompt}}" },
  });

  it("GraphQL, by a template", async () => {
    const result = await scan(serve(graphql), { bodyTemplate: template });
    expect(leaks(result)).toContain("system-prompt-leak");
    expect(result.endpoint.reply_path).toBe("$.data.ask.reply");
  });

  it("GraphQL errors are no reply", async () => {
    const result = await scan(serve(graphql), { bodyTemplate: '{"query":"{{prompt}}"}' });
    expect(result.grade).toBeNull();
  });
});
