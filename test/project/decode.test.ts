import { describe, expect, it } from "vitest";
import { decodeSource, maxFileBytes } from "../../server/project/decode.js";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

describe("decodeSource", () => {
  it("reads UTF-8 and keeps a byte order mark", () => {
    expect(decodeSource(Buffer.from("é = 1"))).toEqual({ text: "é = 1", encoding: "utf-8" });
    expect(decodeSource(Buffer.from("\ufeffx = 1"))).toEqual({ text: "\ufeffx = 1", encoding: "utf-8" });
    expect(decodeSource(new Uint8Array())).toEqual({ text: "", encoding: "utf-8" });
  });

  it.each([
    ["# -*- coding: latin-1 -*-\nx = 'é'", "windows-1252"],
    ["#!/usr/bin/python\n# vim: set fileencoding=iso8859_15 :\nx = 'é'", "iso-8859-15"],
    ["# coding=cp1252\nx = 'é'", "windows-1252"],
    ["\n# coding: latin_1\nx = 'é'", "windows-1252"],
  ])("reads the declared encoding: %j", (text, encoding) => {
    expect(decodeSource(latin1(text))).toEqual({ text, encoding });
  });

  it("takes a declaration from the first two lines only", () => {
    expect(decodeSource(latin1("x = 1\n# coding: latin-1\ny = 'é'"))).toHaveProperty("reason");
    expect(decodeSource(latin1("\n\n# coding: latin-1\ny = 'é'"))).toHaveProperty("reason");
  });

  it.each([
    [latin1("x = 'é'"), /not UTF-8 and declares no other encoding/],
    [latin1("# coding: klingon\nx = 1"), /declares the encoding "klingon", which is not known/],
    [latin1("# coding: utf-8\nx = 'é'"), /not valid utf-8/],
    [Buffer.from("x = 1\0"), /binary/],
    [Buffer.from("\ufeffx = 1", "utf16le"), /UTF-16/],
    [Buffer.alloc(maxFileBytes + 1, 0x20), /5\.0 MB large, above the limit of 5 MB/],
  ])("gives one reason for what it cannot read (%#)", (bytes, reason) => {
    expect(decodeSource(bytes)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it("reads a file of exactly the limit", () => {
    expect(decodeSource(Buffer.alloc(maxFileBytes, 0x20))).toHaveProperty("text");
  });
});
