import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanError, type ScanOptionsInput } from "../../server/scan/index.js";
import { findingIds, jsonChat, serve, serveRaw, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});
async function up(endpoint: Promise<TestEndpoint>): Promise<TestEndpoint> {
  const running = await endpoint;
  open.push(running);
  return running;
}

const short = { firstByteMs: 150, idleMs: 150, totalMs: 600, minRateAfterMs: 300, retries: 1 };

async function failure(options: ScanOptionsInput): Promise<ScanError> {
  return runScan(options).then(
    () => expect.unreachable("the scan gave a result"),
    (error: ScanError) => error,
  );
}

describe("endpoints that cannot be scanned", () => {
  it("says that nothing answers when the endpoint is down", async () => {
    const endpoint = await serve(() => {});
    await endpoint.close();
    const error = await failure({ url: endpoint.url });
    expect(error.kind).toBe("unreachable");
    expect(error.message).toMatch(
      /Nothing answers at 127\.0\.0\.1:\d+: the connection was refused; start the endpoint or check the port\./,
    );
  });

  it("says that a server is not an HTTP server", async () => {
    const endpoint = await up(
      serveRaw((write, end) => {
        write("220 mail.test ESMTP ready\r\n");
        end();
      }),
    );
    const error = await failure({ url: endpoint.url });
    expect(error.kind).toBe("not-http");
  });

  it("says that a TLS address is plain HTTP", async () => {
    const endpoint = await up(serve(jsonChat(() => "hi")));
    const error = await failure({ url: endpoint.url.replace("http:", "https:") });
    expect(error.kind).toBe("not-http");
    expect(error.message).toContain("use http://");
  });

  it("has no grade and says why when the endpoint is too slow", async () => {
    const endpoint = await up(serve(() => {}));
    const result = await runScan({ url: endpoint.url, limits: short });
    expect(result.grade).toBeNull();
    expect(result.category_breakdown.llm_ai_security.reason).toMatch(/no answer from .* within 0\.15 s/);
    expect(result.limits.map((limit) => limit.name)).toContain("firstByteMs");
    expect(endpoint.requests.filter((request) => request.url === "/chat").length).toBeLessThan(4);
  });

  it("takes an endpoint that answers plain text", async () => {
    const endpoint = await up(
      serve((body, _request, response) => {
        response
          .writeHead(200, { "content-type": "text/plain" })
          .end(/17 plus 25/.test(body) ? "It is 42." : "I can only help with trains.");
      }),
    );
    const result = await runScan({ url: endpoint.url });
    expect(result.endpoint.reply_path).toBe("text");
    expect(result.grade).not.toBeNull();
  });

  it.each([
    [401, "it asks for credentials (401)"],
    [403, "it refuses access (403)"],
    [404, "there is nothing at this URL (404)"],
    [500, "the server failed (500)"],
  ])("gives no grade for an endpoint that always answers %d", async (status, why) => {
    const endpoint = await up(
      serve(
        (_body, _request, response) =>
          void response.writeHead(status, { "content-type": "application/json" }).end("{}"),
      ),
    );
    const result = await runScan({ url: endpoint.url });
    expect([result.score, result.grade]).toEqual([null, null]);
    expect(result.category_breakdown.llm_ai_security).toMatchObject({ status: "inconclusive", reason: why });
  });

  it("gives no grade for an endpoint that always answers 429 with patience asked for", async () => {
    const endpoint = await up(
      serve((_body, _request, response) => void response.writeHead(429, { "retry-after": "120" }).end("slow down")),
    );
    const result = await runScan({ url: endpoint.url });
    expect(result.grade).toBeNull();
    expect(result.limits.map((limit) => limit.name)).toContain("retryAfterMs");
    expect(result.category_breakdown.rate_limiting.status).toBe("complete");
  });

  it("refuses a target beyond loopback without consent", async () => {
    const error = await failure({ url: "http://192.0.2.1/chat" });
    expect(error.kind).toBe("no-consent");
  });

  it.each(["ftp://127.0.0.1/", "http://", "not a url at all"])("refuses %j as a target", async (url) => {
    expect(["bad-target", "name-not-found"]).toContain((await failure({ url })).kind);
  });
});

describe("hostile endpoints", () => {
  const answer = (
    response: { writeHead(status: number, headers: Record<string, string>): { end(body: string | Buffer): void } },
    headers: Record<string, string>,
    body: string | Buffer,
  ) => response.writeHead(200, { "content-type": "text/plain", ...headers }).end(body);

  it("cuts a compressed bomb off at the cap", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, "a "));
    const endpoint = await up(
      serve((_body, _request, response) => answer(response, { "content-encoding": "gzip" }, bomb)),
    );
    const result = await runScan({ url: endpoint.url, limits: { bodyBytes: 50_000 } });
    expect(result.limits.map((limit) => limit.name)).toContain("bodyBytes");
  });

  it("cuts a body without end off at the cap", async () => {
    const endpoint = await up(
      serve((_body, _request, response) => {
        response.writeHead(200, { "content-type": "text/plain" });
        const more = () => {
          while (response.write("never ending words ".repeat(500)));
          response.once("drain", more);
        };
        response.on("error", () => {});
        more();
      }),
    );
    const result = await runScan({ url: endpoint.url, limits: { bodyBytes: 50_000 } });
    expect(result.limits.map((limit) => limit.name)).toContain("bodyBytes");
  });

  it("stops at a redirect loop and at redirects to other hosts", async () => {
    const loop = await up(
      serve((_body, _request, response) => void response.writeHead(307, { location: "/chat?again" }).end()),
    );
    expect((await runScan({ url: loop.url })).limits.map((limit) => limit.name)).toContain("redirects");
    const away = await up(
      serve(
        (_body, _request, response) =>
          void response.writeHead(307, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
      ),
    );
    const result = await runScan({ url: away.url });
    expect(result.notes.join(" ")).toContain("Stopped at a redirect to http://169.254.169.254");
    expect(result.grade).toBeNull();
  });

  it("names the limit on headers", async () => {
    const endpoint = await up(
      serve((_body, _request, response) => answer(response, { "x-big": "a".repeat(60_000) }, "hello")),
    );
    const result = await runScan({ url: endpoint.url });
    expect(result.limits.map((limit) => limit.name)).toContain("headerBytes");
    expect(result.grade).toBeNull();
  });

  it("reads invalid UTF-8 and binary without harm", async () => {
    const endpoint = await up(
      serve((_body, _request, response) => answer(response, {}, Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x61]))),
    );
    const result = await runScan({ url: endpoint.url });
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
  });

  it("keeps what came of a body that breaks off", async () => {
    const endpoint = await up(
      serve((_body, _request, response) => {
        response.writeHead(200, { "content-type": "text/plain", "content-length": "5000" });
        response.write("I can only help with trains.", () => response.destroy());
      }),
    );
    const result = await runScan({ url: endpoint.url });
    expect(result.endpoint.baseline[0]?.reply).toContain("trains");
  });
});

describe("cancelling", () => {
  it("ends a scan at once, whatever it waits for", async () => {
    const controller = new AbortController();
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const endpoint = await up(serve(() => arrived()));
    // Nothing else ends the wait: a scan that went on waiting would not end while the test may run.
    const hour = 3_600_000;
    const limits = { firstByteMs: hour, idleMs: hour, totalMs: hour, minRateAfterMs: hour };
    const running = runScan({ url: endpoint.url, limits }, { signal: controller.signal }).catch(
      (error: ScanError) => error.kind,
    );
    await asked;
    controller.abort();
    expect(await running).toBe("cancelled");
  });

  it("asks for consent with the plan and stops without it", async () => {
    const plans: string[] = [];
    const kind = await runScan(
      { url: "http://198.51.100.7/chat" },
      { consent: (plan) => plans.push(plan.host) > 1 },
    ).catch((error: ScanError) => error.kind);
    expect([kind, plans]).toEqual(["no-consent", ["198.51.100.7:80"]]);
  });
});
