/** A file that imports a library with calls of a model is one that has to do with a model, by its text alone. */
import { describe, expect, it } from "vitest";
import { modelTexts } from "../../rules/models/index.js";
import { glanceAt } from "../../server/analysis/glance.js";
import { parseModels } from "../../server/analysis/names/load-models.js";
import { mayMatter, speaksToModel } from "../../server/analysis/relevance.js";

/** What is asked of more than the import: what else these are for is more than models. */
const OFTEN_ELSE = new Set(["boto3", "google", "haystack", "requests", "httpx", "aiohttp", "urllib", "langfuse"]);

const modules = new Set<string>();
for (const file of parseModels(modelTexts)) {
  const isOwn = (name: string) =>
    file.modules.filter((m) => name === m || name.startsWith(`${m}.`)).sort((a, b) => b.length - a.length)[0];
  for (const call of file.calls ?? []) {
    if (!call.llm || call.llm.setup || call.llm.raw) continue;
    for (const name of call.call ?? []) {
      const root = isOwn(name);
      if (root && !OFTEN_ELSE.has(root)) modules.add(root);
    }
  }
}

describe("a file with the import of a model's library", () => {
  it("knows a good many libraries", () => {
    expect(modules.size).toBeGreaterThan(40);
  });

  it.each([...modules].sort())("%s", (name) => {
    for (const text of [`import ${name}\n`, `from ${name} import Client\n`, `x = 1\n    import ${name} as m\n`]) {
      expect(mayMatter(text)).toBe(true);
      expect(speaksToModel(text)).toBe(true);
      expect(glanceAt(text).ofModel).toBe(true);
    }
  });
});

it.each([
  "import random\n",
  "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n",
  "import requests\n\nrequests.post('https://example.com', json={'messages': ['hello']})\n",
  "from haystack import indexes\n",
  "self.assertIn('coherent', text)\n",
])("%j has to do with none", (text) => {
  expect(glanceAt(text).ofModel).toBe(false);
});
