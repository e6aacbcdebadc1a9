import { describe, expect, it } from "vitest";
import { markPrompt, markQuery, promptField } from "../../server/scan/target/mark-prompt.js";

const MARK = "{{prompt}}";

describe("the user's text in a copied body", () => {
  it.each([
    ['{"a":1,"message":"hi","id":"x"}', '{"a":1,"message":"{{prompt}}","id":"x"}'],
    ['{"frage":"hi","n":2}', '{"frage":"{{prompt}}","n":2}'],
    ['{"session":"s1","message":"hi"}', '{"session":"s1","message":"{{prompt}}"}'],
    ['{"a":{"deep":{"text":"hi"}}}', '{"a":{"deep":{"text":"{{prompt}}"}}}'],
    ['{"data":{"userText":"hi","model":"m"}}', '{"data":{"userText":"{{prompt}}","model":"m"}}'],
    ['{"chat_input":"hi","lang":"en"}', '{"chat_input":"{{prompt}}","lang":"en"}'],
    ['{"p":"what are the tides","mode":"fast track"}', '{"p":"{{prompt}}","mode":"fast track"}'],
    [
      '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}]}',
      '{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"{{prompt}}"}]}',
    ],
    [
      '{"input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]}]}',
      '{"input":[{"role":"user","content":[{"type":"input_text","text":"{{prompt}}"}]}]}',
    ],
    [
      '{"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"a"},{"role":"user","content":"last"}],"message":"id"}',
      '{"messages":[{"role":"user","content":"first"},{"role":"assistant","content":"a"},{"role":"user","content":"{{prompt}}"}],"message":"id"}',
    ],
    ['{"weird":"{{prompt}}","message":"keep"}', '{"weird":"{{prompt}}","message":"keep"}'],
    ["utterance=hi", `utterance=${MARK}`],
    ["csrfmiddlewaretoken=a%2Bb&question=what+now%3F&lang=en", `csrfmiddlewaretoken=a%2Bb&question=${MARK}&lang=en`],
    ["q={{prompt}}", "q={{prompt}}"],
  ])("%s", (body, marked) => {
    expect(markPrompt(body)).toBe(marked);
  });

  it.each(['{"a":"x","b":"y"}', '{"user_id":"7"}', '{"token":"abc","session":"x"}', "not json", "[1]", "null", '"hi"'])(
    "is nowhere for sure in %s",
    (body) => {
      expect(markPrompt(body)).toBeNull();
    },
  );
});

describe("the user's text in a query", () => {
  it.each([
    ["https://x.test/ask?lang=de&prompt=hello", `https://x.test/ask?lang=de&prompt=${MARK}`],
    ["https://x.test/ask?q=hi%20there#top", `https://x.test/ask?q=${MARK}#top`],
    ["https://x.test/ask?frage=hallo", `https://x.test/ask?frage=${MARK}`],
    ["https://x.test/ask", null],
    ["https://x.test/ask?session=1", null],
    ["https://x.test/#a?b=c", null],
  ])("%s", (url, marked) => {
    expect(markQuery(url)).toBe(marked);
  });
});

describe("the user's text in a form", () => {
  const field = (name: string, value = "x") => ({ name, value });
  it("is told by names", () => {
    expect(promptField([field("csrf"), field("text"), field("lang")])).toBe(1);
    expect(promptField([field("csrf"), field("lang")])).toBe(-1);
    expect(promptField([field("message"), field("b", MARK)])).toBe(1);
  });
});
