import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { allFindings, type ScanResult } from "../../server/scan/index.js";

/** A running endpoint of a test. */
export interface TestEndpoint {
  url: string;
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
  close(): Promise<void>;
}

function listen(
  server: Server,
  path: string,
  requests: TestEndpoint["requests"],
  dropAll: () => void,
): Promise<TestEndpoint> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}${path}`,
        requests,
        close: () =>
          new Promise((done) => {
            dropAll();
            server.close(() => done());
          }),
      });
    });
  });
}

export type Handler = (body: string, request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Serves `handler` at /chat on a free loopback port; every other path is 404 as JSON. */
export function serve(handler: Handler, path = "/chat"): Promise<TestEndpoint> {
  const requests: TestEndpoint["requests"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      if (!(request.url ?? "").startsWith(path)) {
        response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
        return;
      }
      void handler(body, request, response);
    });
    request.on("error", () => response.destroy());
  });
  return listen(server, path, requests, () => server.closeAllConnections());
}

/** A TCP server that is no HTTP server. */
export function serveRaw(onConnect: (write: (text: string) => void, end: () => void) => void): Promise<TestEndpoint> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("data", () =>
      onConnect(
        (text) => socket.write(text),
        () => socket.end(),
      ),
    );
  });
  return listen(server, "/chat", [], () => {
    for (const socket of sockets) socket.destroy();
  });
}

/** A JSON chat route: `{[key]: text}` in, `{[replyKey]: answer}` out, 400 for anything else. */
export function jsonChat(answer: (prompt: string) => string, key = "message", replyKey = "reply"): Handler {
  return (body, request, response) => {
    const send = (status: number, document: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
    if (request.method !== "POST") return void send(405, { error: "method not allowed" });
    try {
      const document: unknown = JSON.parse(body);
      const prompt =
        typeof document === "object" && document !== null ? new Map(Object.entries(document)).get(key) : undefined;
      if (typeof prompt !== "string") return void send(400, { error: "bad request" });
      send(200, { [replyKey]: answer(prompt) });
    } catch {
      send(400, { error: "bad request" });
    }
  };
}

export function findingIds(result: ScanResult): string[] {
  return [...new Set(allFindings(result).map((finding) => finding.id))].sort();
}

/** The ids of the LLM category. */
export function llmIds(result: ScanResult): string[] {
  return [...new Set(result.category_breakdown.llm_ai_security.findings.map((finding) => finding.id))].sort();
}
