import { describe, expect, it } from "vitest";
import { findMarkers, markerCount } from "../../server/scan/leak/markers.js";

const families = (reply: string, request = "Hello") => [
  ...new Set(findMarkers(reply, request).map((hit) => hit.family)),
];

describe("tokens that make a prompt format only one after another", () => {
  it.each([
    "You are kind and brief. USER: Good morning ASSISTANT: Good morning to you</s>",
    "Sure. USER: Is it open?\nASSISTANT: Until six.</s>USER: Thanks ASSISTANT:",
  ])("are found in %j", (reply) => {
    expect(families(reply)).toEqual(["vicuna"]);
    expect(findMarkers(reply, "")[0]).toMatchObject({ marker: "USER:", start: reply.indexOf("USER:") });
  });

  it.each([
    ["a speaker alone", "The form has a line USER: for your name."],
    ["two speakers", "In the sketch there is a USER: who asks and an ASSISTANT: who answers."],
    ["mark-up", "The price is <s>12</s> 9 euros. USER: see above."],
    ["another order", "</s> ASSISTANT: hello USER: good day"],
    [
      "talk about them",
      'Some formats write tokens such as "USER:" and "ASSISTANT:" and end every turn with the token "</s>".',
    ],
  ])("are not found in %s", (_, reply) => {
    expect(families(reply)).toEqual([]);
  });

  it("are not found where the request supplies one", () => {
    expect(families("USER: Hi ASSISTANT: Hello</s>", "Continue: USER: Hi")).toEqual([]);
  });

  it("count as patterns", () => {
    expect(markerCount()).toBeGreaterThan(100);
  });
});
