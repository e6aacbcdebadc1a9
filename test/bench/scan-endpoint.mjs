/**
 * The endpoints that the scan's benchmarks run against, in a process of their own: `scan-endpoint.mjs KIND`. Sends its
 * address to its parent, and the number of answers and the time it spent waiting for the next request when asked to.
 */
import { createServer } from "node:http";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const kind = process.argv[2] ?? "slow";
const DELAY = 200;

/** Bodies that take memory to read, by name. */
const hostile = {
  endless: (response) => {
    const block = Buffer.alloc(65_536, "never ending words, ");
    response.writeHead(200, { "content-type": "text/plain" });
    response.on("error", () => {});
    const more = () => {
      while (response.write(block));
      response.once("drain", more);
    };
    more();
  },
  "endless-json": (response) => {
    const block = Buffer.from('{"reply":"words","id":1},'.repeat(2_000));
    response.writeHead(200, { "content-type": "application/json" });
    response.on("error", () => {});
    response.write('{"reply":[');
    const more = () => {
      while (response.write(block));
      response.once("drain", more);
    };
    more();
  },
  "gzip-bomb": body({ "content-encoding": "gzip" }, () => gzipSync(Buffer.alloc(200_000_000, "a "))),
  "brotli-bomb": body({ "content-encoding": "br" }, () =>
    brotliCompressSync(Buffer.alloc(200_000_000, "a "), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  ),
  // Below the cap, so that it is read whole every time.
  "large-json": body({ "content-type": "application/json" }, () =>
    Buffer.from(
      JSON.stringify({ reply: "words ".repeat(60), rows: Array.from({ length: 20_000 }, (_, i) => `row ${i}`) }),
    ),
  ),
  "large-sse": body({ "content-type": "text/event-stream" }, () =>
    Buffer.from(Array.from({ length: 12_000 }, (_, i) => `data: {"delta":{"text":"w${i} "}}\n\n`).join("")),
  ),
  "large-html": body({ "content-type": "text/html" }, () =>
    Buffer.from(`<html><body>${"<div><p>some words</p></div>".repeat(16_000)}</body></html>`),
  ),
  "large-personal": body({ "content-type": "application/json" }, () =>
    Buffer.from(
      JSON.stringify({
        reply: Array.from(
          { length: 8_000 },
          (_, i) => `user${i}@mail${i % 50}.org, +46 8 684 ${100 + (i % 800)} 17, 10.0.${i % 200}.7`,
        ).join("\n"),
      }),
    ),
  ),
  deep: body({ "content-type": "application/json" }, () => Buffer.from(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)),
};

function body(headers, make) {
  let bytes;
  return (response) => {
    bytes ??= make();
    response.on("error", () => {});
    response.writeHead(200, { "content-type": "text/plain", ...headers }).end(bytes);
  };
}

let answered = 0;
const server = createServer((request, response) => {
  let text = "";
  request.on("data", (chunk) => {
    text += chunk;
  });
  request.on("error", () => response.destroy());
  request.on("end", () => {
    answered++;
    const json = (status, document) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
    if (hostile[kind]) return hostile[kind](response);
    setTimeout(() => {
      if (request.url !== "/chat") return json(404, { error: "not found" });
      if (request.method !== "POST") return json(405, { error: "method not allowed" });
      let message;
      try {
        message = JSON.parse(text).message;
      } catch {}
      if (typeof message !== "string") return json(400, { error: "the field 'message' is required" });
      json(200, { reply: /17 plus 25/.test(message) ? "42" : "I can only help with boats and harbours." });
    }, DELAY);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.({ url: `http://127.0.0.1:${server.address().port}/chat` }));
process.on("message", () => process.send?.({ answered }));

export { hostile };
