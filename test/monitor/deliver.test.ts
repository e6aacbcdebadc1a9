import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ScanError } from "../../server/scan/errors.js";
import { alertSchema, failureAlert } from "../../server/scan/monitor/alert.js";
import { type Channel, channelUrl } from "../../server/scan/monitor/channel.js";
import { type DeliveryOptions, deliver, deliverAll } from "../../server/scan/monitor/deliver.js";
import { verifySignature } from "../../server/scan/monitor/signature.js";
import { receiver } from "./receiver.js";

const alert = failureAlert("POST", "http://127.0.0.1:5000/chat", "Nothing answers.");
const SECRET = "whsec-for-the-test";

/** Delivers without waiting; `waits` gets what would have been waited, in milliseconds. */
function quick(waits: number[] = [], more: Partial<DeliveryOptions> = {}): DeliveryOptions {
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  return { signal: new AbortController().signal, sleep, now: () => 1_770_000_000_500, ...more };
}

describe("a delivery", () => {
  it("posts JSON to Slack and Teams", async () => {
    for (const kind of ["slack", "teams"] as const) {
      const hook = await receiver({ status: kind === "slack" ? 200 : 202 });
      expect(await deliver({ kind, url: hook.url }, alert, quick())).toEqual({ ok: true, tries: 1 });
      const [request] = hook.received;
      expect(request).toMatchObject({ method: "POST", path: "/hooks/T000/secret-path" });
      expect(request?.headers["content-type"]).toBe("application/json");
      expect(JSON.parse(request?.body ?? "")).toHaveProperty(kind === "slack" ? "blocks" : "attachments");
    }
  });

  it("signs what the generic web hook gets", async () => {
    const hook = await receiver({ status: 204 });
    await deliver({ kind: "webhook", url: hook.url, secret: SECRET }, alert, quick());
    const [request] = hook.received;
    if (!request) throw new Error("The web hook got nothing.");
    const { headers, body } = request;
    expect(alertSchema.parse(JSON.parse(body))).toEqual(alert);
    expect(headers["x-spillcheck-event"]).toBe("failed");
    expect(headers["x-spillcheck-timestamp"]).toBe("1770000000");
    const signed = `${headers["x-spillcheck-delivery"]}.1770000000.${body}`;
    const hmac = createHmac("sha256", SECRET).update(signed).digest("hex");
    expect(headers["x-spillcheck-signature"]).toBe(`sha256=${hmac}`);
    const now = 1_770_000_010;
    expect(verifySignature(SECRET, headers, body, now)).toBe(true);
    expect(verifySignature("another", headers, body, now)).toBe(false);
    expect(verifySignature(SECRET, headers, `${body} `, now)).toBe(false);
    expect(verifySignature(SECRET, headers, body, now + 3600)).toBe(false);
    expect(verifySignature(SECRET, { ...headers, "x-spillcheck-timestamp": "1770000009" }, body, now)).toBe(false);
    expect(verifySignature(SECRET, { ...headers, "x-spillcheck-delivery": "other" }, body, now)).toBe(false);
    expect(verifySignature(SECRET, { ...headers, "x-spillcheck-signature": undefined }, body, now)).toBe(false);
    expect(verifySignature(SECRET, { ...headers, "x-spillcheck-signature": "sha256=00" }, body, now)).toBe(false);
  });

  it("tries again with longer and longer waits, the delivery's name kept and its time renewed", async () => {
    const hook = await receiver(
      { status: 503 },
      "drop",
      { status: 429, headers: { "retry-after": "7" } },
      { status: 200 },
    );
    const waits: number[] = [];
    let now = 1_770_000_000_000;
    const options = quick(waits, { now: () => (now += 10_000) });
    expect(await deliver({ kind: "webhook", url: hook.url, secret: SECRET }, alert, options)).toEqual({
      ok: true,
      tries: 4,
    });
    expect(waits).toEqual([1000, 4000, 7000]);
    const of = (name: string) => hook.received.map(({ headers }) => headers[name]);
    expect(new Set(of("x-spillcheck-delivery")).size).toBe(1);
    expect(of("x-spillcheck-timestamp")).toEqual(["1770000010", "1770000020", "1770000030", "1770000040"]);
    for (const { headers, body } of hook.received)
      expect(verifySignature(SECRET, headers, body, 1_770_000_030)).toBe(true);
  });

  it("gives up after the last try, and waits no longer than the longest wait", async () => {
    const hook = await receiver({ status: 500, headers: { "retry-after": "86400" } });
    const waits: number[] = [];
    const result = await deliver({ kind: "slack", url: hook.url }, alert, quick(waits));
    expect(result).toEqual({ ok: false, tries: 4, reason: `${hook.url.host} answered 500` });
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(hook.received).toHaveLength(4);
  });

  it.each([400, 403, 404, 410])("takes %i for final", async (status) => {
    const hook = await receiver({ status });
    const result = await deliver({ kind: "slack", url: hook.url }, alert, quick());
    expect(result).toMatchObject({ ok: false, tries: 1 });
  });

  it("does not follow a redirect", async () => {
    const other = await receiver({ status: 200 });
    const hook = await receiver({ status: 307, headers: { location: other.url.href } });
    expect(await deliver({ kind: "slack", url: hook.url }, alert, quick())).toMatchObject({ ok: false, tries: 1 });
    expect(other.received).toEqual([]);
  });

  it("sees the failure that old Teams connectors hide in a 200", async () => {
    const hook = await receiver({ status: 200, body: "Webhook message delivery failed with error: 413" });
    expect(await deliver({ kind: "teams", url: hook.url }, alert, quick())).toMatchObject({ ok: false, tries: 1 });
  });

  it("ends waiting when the monitor ends", async () => {
    const hook = await receiver({ status: 503 });
    const end = new AbortController();
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        end.abort();
      });
    const result = await deliver({ kind: "slack", url: hook.url }, alert, quick([], { signal: end.signal, sleep }));
    expect(result).toMatchObject({ ok: false, tries: 1, reason: expect.stringContaining("the monitor was ended") });
  });

  it("tells of failures without the secret address, and serves the other channels all the same", async () => {
    const good = await receiver({ status: 200 });
    const bad = await receiver({ status: 404 });
    const gone: Channel = { kind: "webhook", url: new URL("http://127.0.0.1:9/secret-path"), secret: SECRET };
    const channels: Channel[] = [{ kind: "slack", url: bad.url }, { kind: "teams", url: good.url }, gone];
    const failures = await deliverAll(channels, alert, quick());
    expect(failures).toEqual([
      `the alert did not reach Slack: ${bad.url.host} answered 404.`,
      "the alert did not reach the web hook after 4 tries: 127.0.0.1:9 could not be reached (ECONNREFUSED).",
    ]);
    expect(failures.join()).not.toContain("secret-path");
    expect(good.received).toHaveLength(1);
  });
});

describe("a channel's address", () => {
  it.each([
    "https://hooks.slack.com/services/T/B/x",
    "http://127.0.0.1:9000/h",
    "http://localhost/h",
    "http://[::1]/h",
  ])("may be %s", (text) => {
    expect(channelUrl(text, "the environment variable HOOK").href).toBe(text);
  });

  it.each(["http://hooks.example.com/secret", "ftp://a/secret", "secret", ""])("may not be %s", (text) => {
    const read = () => channelUrl(text, "the environment variable HOOK");
    expect(read).toThrow(ScanError);
    expect(read).toThrow(
      /^What the environment variable HOOK holds is not an https URL; put the web hook's address there\.$/,
    );
  });
});
