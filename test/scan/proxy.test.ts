import { createServer, request as httpRequest, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runScan } from "../../server/scan/index.js";
import { jsonChat, serve, type TestEndpoint } from "./endpoints.js";

/** Takes every name and address for one endpoint. */
function proxyTo(endpoint: TestEndpoint): Promise<{ url: string; asked: string[]; server: Server }> {
  const { hostname, port } = new URL(endpoint.url);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { pathname, search } = new URL(request.url ?? "");
    const { method, headers } = request;
    request.pipe(
      httpRequest({ hostname, port, path: pathname + search, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  server.on("connect", (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    const through = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      through.pipe(socket).pipe(through);
    });
    for (const end of [through, socket]) end.on("error", () => through.destroy());
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const at = typeof address === "object" && address ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${at}`, asked, server });
    });
  });
}

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) await end();
});

describe("a proxy of the environment", () => {
  const bot = jsonChat((prompt) => (/17 plus 25/.test(prompt) ? "42" : "I can only help with boats."));

  async function set() {
    const endpoint = await serve(bot);
    ends.push(() => endpoint.close());
    const proxy = await proxyTo(endpoint);
    ends.push(() => {
      proxy.server.closeAllConnections();
      proxy.server.close();
    });
    for (const name of ["http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("HTTP_PROXY", proxy.url);
    return { endpoint, proxy };
  }
  const limits = { requestsPerSecond: 1_000, firstByteMs: 5_000, connectMs: 5_000 };

  it("leads to a target beyond this machine", async () => {
    const { endpoint, proxy } = await set();
    // An address that documentation uses: nothing answers there but through the proxy.
    const result = await runScan({ url: "http://192.0.2.7/chat", limits }, { consent: () => true });
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
    expect(result.endpoint.network).toBe("public");
    expect(proxy.asked.every((line) => line.includes("192.0.2.7"))).toBe(true);
    expect(endpoint.requests.length).toBeGreaterThanOrEqual(result.requests.sent);
  });

  it("is not asked for a target on this machine", async () => {
    const { endpoint, proxy } = await set();
    await runScan({ url: endpoint.url, checks: ["encryption"], limits });
    expect(proxy.asked).toEqual([]);
  });
});
