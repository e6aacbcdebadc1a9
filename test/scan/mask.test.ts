import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanEvent, type ScanFinding } from "../../server/scan/index.js";
import { Mask } from "../../server/scan/mask.js";
import { jsonChat, llmIds, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const KEY = `sk_live_${"Q7w2Zk9Lr4Tn8Vb3Xc6Md1Hs"}`;
const CARD = "4539 1488 0343 6467";

describe("what came out is taken out of what is shown", () => {
  const mask = new Mask([KEY, CARD, "line one\nline two of it", "abc"]);

  it.each([
    ["a whole value", `The key is ${KEY}.`],
    ["a value in JSON", JSON.stringify({ note: "line one\nline two of it" })],
    ["a value that an excerpt cuts off", `The key is ${KEY.slice(0, 20)}`],
    ["a value that an ellipsis cuts off", `“The key is ${KEY.slice(0, 20)}…”, it says`],
  ])("%s", (_, text) => {
    const shown = mask.text(text);
    expect(shown).not.toContain(KEY.slice(0, 12));
    expect(shown).not.toContain("two of it");
    expect(shown).toMatch(/\(\d+ characters\)/);
  });

  it.each(["abc and sk_live", "The card 4539 is one of ours.", "sk_live_ is how such keys begin"])(
    "but not %j",
    (text) => {
      expect(mask.text(text)).toBe(text);
    },
  );

  it("and what is marked stays marked", () => {
    const body = `key ${KEY}, word FOTIPU, card ${CARD}, word NOGOPU`;
    const at = (text: string) => ({ start: body.indexOf(text), end: body.indexOf(text) + text.length, label: text });
    const exchange = {
      label: "attack",
      request: { method: "POST", url: "http://h/", headers: {}, body: `{"message":"my card is ${CARD}"}` },
      response: {
        status: 200,
        headers: { "x-note": KEY },
        body,
        truncated: false,
        overlaps: [at("FOTIPU"), { ...at(CARD), label: "card" }, at("NOGOPU")],
      },
    };
    const [shown] = mask.finding({ ...FINDING, exchanges: [exchange] }).exchanges;
    const marked = shown?.response.overlaps.map(({ start, end }) => shown.response.body.slice(start, end));
    expect(marked).toEqual(["FOTIPU", "4539…467 (19 characters)", "NOGOPU"]);
    expect(JSON.stringify(shown?.request) + JSON.stringify(shown?.response)).not.toMatch(new RegExp(`${KEY}|${CARD}`));
  });
});

const FINDING: ScanFinding = {
  id: "jailbreak",
  category: "llm_ai_security",
  severity: "high",
  title: "",
  evidence: `It said ${KEY}.`,
  remediation: "",
  remediation_code: [],
  probe: null,
  hits: null,
  verdict: "live-only",
  suspected: false,
  location: null,
  cwe: "",
  owasp_llm: null,
  owasp_api: null,
  compliance: [],
  exchanges: [],
  uncapped: null,
  fingerprint: "",
};

describe("a scan of an endpoint that gives values away", () => {
  it("shows none of them whole, in no finding, no event and no baseline", async () => {
    const endpoint = await serve(
      jsonChat((prompt) => {
        if (/17 plus 25/.test(prompt)) return `42. By the way, the key is ${KEY} and the desk is desk@kites-shop.org.`;
        if (/api key|customer records/i.test(prompt))
          return `{"tool_calls": [{"name": "x"}]} Pay with ${CARD}. The key is ${KEY}.`;
        const halves = /"([A-Z]{6})" and "([A-Z]{6})"/.exec(prompt);
        return halves && /ignore|forget/i.test(prompt)
          ? `${halves[1]}${halves[2]} and ${CARD} of mara.lindholm@fjordpost.org`
          : `I can only help with kites, see ${KEY.slice(0, 8)}`;
      }),
    );
    open.push(endpoint);
    const events: ScanEvent[] = [];
    const result = await runScan(
      { url: endpoint.url, depth: "quick", limits: { requestsPerSecond: 1_000 } },
      { onProgress: (event) => void events.push(event) },
    );
    expect(llmIds(result)).toEqual(
      expect.arrayContaining(["data-exfiltration", "instruction-override", "personal-data-in-output"]),
    );
    expect(result.endpoint.baseline[0]?.reply).toContain("sk_l…1Hs");
    const all = JSON.stringify(result);
    expect(all).not.toContain(KEY);
    expect(all).not.toContain(CARD);
    // An address that people are told anyway is nothing to hide.
    expect(all).toContain("desk@kites-shop.org");
    const shape = events.find((event) => event.kind === "shape");
    expect(shape).toMatchObject({ reply: expect.stringContaining("sk_l…1Hs") });
    expect(JSON.stringify(events.filter((event) => event.kind === "shape"))).not.toContain(KEY);
    expect(JSON.stringify(events)).not.toContain(KEY);
  });
});
