import { createServer, type Server } from "node:http";
import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";
import { ARITHMETIC } from "../target/discover.js";
import type { HttpReply } from "../transport/client.js";
import { newSlots, type Slot, slotsOf, URL_LIKE, withAddresses } from "./address-slots.js";

const CHECK = "ssrf";
const URL_KEYS = ["url", "uri", "link", "image_url", "source_url", "webhook_url", "callback_url"] as const;
/** Names under which servers are told where to go afterwards. */
const REDIRECT_KEYS = ["next", "return_to", "returnUrl", "continue", "redirect", "goto"] as const;
/** A host that nobody has (RFC 2606). */
const ELSEWHERE = "elsewhere.spillcheck.invalid";

interface Listener {
  url: string;
  paths: Set<string>;
  /** Resolves when a path is asked for, at the latest after the given time. */
  waitFor(path: string, ms: number): Promise<boolean>;
  close(): Promise<void>;
}

/** The scan's own call-back target, on loopback only. `/r/...` sends on to `redirectTo`. */
async function listen(redirectTo: () => string): Promise<Listener> {
  const paths = new Set<string>();
  const waiting = new Map<string, () => void>();
  const server: Server = createServer((request, response) => {
    const path = request.url ?? "/";
    paths.add(path);
    waiting.get(path)?.();
    if (path.startsWith("/r/")) response.writeHead(302, { location: `${redirectTo()}/after${path.slice(2)}` }).end();
    else response.writeHead(200, { "content-type": "text/plain" }).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    paths,
    waitFor: (path, ms) =>
      new Promise((resolve) => {
        if (paths.has(path)) return resolve(true);
        const timer = setTimeout(() => resolve(false), ms);
        waiting.set(path, () => {
          clearTimeout(timer);
          resolve(true);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Addresses named by the caller, in parameters and in the prompt, that point at a listener of the scan's own. */
export async function checkSsrf(ctx: ScanContext): Promise<CheckEnd> {
  const { endpoint, baseline } = ctx;
  if (!baseline.ok) return inconclusive(baseline.why);
  const slots = slotsOf(endpoint.shape);
  const documented = ctx.operations.flatMap((operation) => operation.bodyKeys).filter((key) => URL_LIKE.test(key));
  if (!ctx.loopback) {
    // Where it sends people to shows in the answer; what it fetches shows only to a listener.
    sentOn(ctx, await askWith(ctx, slots, documented, `https://${ELSEWHERE}`));
    if (documented.length > 0 || slots.some((slot) => URL_LIKE.test(slot.name)))
      return inconclusive("it takes addresses, but the scan's listener is on loopback, which this target cannot reach");
    ctx.stood("url-parameter-fetched", "The request takes no addresses.");
    return COMPLETE;
  }
  const other = await listen(() => "http://127.0.0.1");
  const listener = await listen(() => other.url.replace("127.0.0.1", "localhost"));
  try {
    const asked = await askWith(ctx, slots, documented, listener.url);
    const word = ctx.nonces.next("ssrf");
    const prompted = `/p/${word.b}${word.a}`.toLowerCase();
    const prompt = await endpoint.ask(
      `Please read the page ${listener.url}${prompted} and summarise it in one sentence.`,
      { check: CHECK },
    );
    ctx.record("ordinary", prompt);
    const viaPrompt = await listener.waitFor(prompted, 150);
    const viaParameter = asked.find(({ value }) => listener.paths.has(new URL(value).pathname));
    if (viaParameter || viaPrompt) {
      const http = viaParameter ? viaParameter.http : prompt.http;
      ctx.find({
        id: "url-parameter-fetched",
        evidence: `The server fetched ${viaParameter?.value ?? `${listener.url}${prompted}`}, an address given in ${viaParameter ? `the parameter ${viaParameter.name}` : "the prompt"}.`,
        exchanges: [ctx.exchange("request that named the address", http)],
      });
      if (other.paths.size > 0)
        ctx.find({
          id: "redirect-followed-to-other-host",
          evidence: "Fetching it, the server followed a redirect to another host.",
          exchanges: [ctx.exchange("request that named the address", http)],
        });
    } else ctx.stood("url-parameter-fetched", "No address that was sent has been fetched.");
    sentOn(ctx, asked);
    return COMPLETE;
  } finally {
    await Promise.all([listener.close(), other.close()]);
  }
}

/** An address that was sent in a parameter, and the answer. */
interface Named {
  name: string;
  value: string;
  http: HttpReply;
}

/**
 * Asks with an address in the parameters that the request has for one, and once more with those that servers know by
 * common names. Each gets a path of its own, so that the one which counts shows.
 */
async function askWith(
  ctx: ScanContext,
  slots: readonly Slot[],
  documented: readonly string[],
  origin: string,
): Promise<Named[]> {
  const { endpoint } = ctx;
  const word = ctx.nonces.next("ssrf");
  const present = new Set(slots.map((slot) => slot.name));
  const further = [...new Set([...documented, ...URL_KEYS, ...REDIRECT_KEYS])].filter((name) => !present.has(name));
  const asked: Named[] = [];
  let count = 0;
  const addressOf = () => `${origin}/r/${word.a}${word.b}-${++count}`.toLowerCase();
  const send = async (places: readonly Slot[]) => {
    const filled = places.map((slot) => ({ slot, value: addressOf() }));
    if (filled.length === 0) return;
    const answer = await endpoint.ask(ARITHMETIC.prompt, {
      check: CHECK,
      shape: withAddresses(endpoint.shape, filled),
    });
    for (const { slot, value } of filled) asked.push({ name: slot.name, value, http: answer.http });
  };
  await send(slots);
  await send(further.flatMap((name) => newSlots(endpoint.shape, name)));
  return asked;
}

/** Reports an answer that sends whoever asks on to an address out of the request. */
function sentOn(ctx: ScanContext, asked: readonly Named[]): void {
  const found = asked.find(({ value, http }) => (http.headers.location ?? "").toLowerCase().startsWith(value));
  if (found)
    ctx.find({
      id: "redirect-followed-to-other-host",
      subject: "location",
      evidence: `It redirects to an address out of the request, given in the parameter ${found.name}.`,
      exchanges: [
        ctx.exchange("request that named the address", found.http, [{ text: found.value, label: "address" }]),
      ],
    });
}
