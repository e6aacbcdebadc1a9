/** What of a large project without a model is looked at, by the text of each file. */
import { describe, expect, it } from "vitest";
import { glanceAt } from "../../server/analysis/glance.js";

describe("a glance at a file", () => {
  it.each([
    ["a name", "def ask_model(text):\n    return text\n"],
    ["a name with ai", "from app import my_ai\n"],
    ["a constant", "AI_KEY = None\n"],
    ["several imports", "import os, together\n"],
    ["a request that looks like one", 'requests.post(url, json={"messages": rows, "temperature": 0})\n'],
  ])("sees a model by %s", (_, text) => {
    expect(glanceAt(text).ofModel).toBe(true);
  });

  it.each([
    ["a setting", "DEBUG = True\n"],
    ["a server that is run", "app.run(host=h, debug=flag)\n"],
    ["an address with a password", 'URL = "redis://app:s3cr3tpw@cache/0"  # the response of the request is logged\n'],
    [
      "an answer with an error",
      "def view(r):\n    try:\n        go()\n    except OSError as e:\n        return JsonResponse({'e': str(e)})\n",
    ],
    [
      "a caught error that is returned",
      "@app.get('/')\ndef go(request):\n    try:\n        run()\n    except OSError as e:\n        return str(e)\n",
    ],
    ["a route that logs", "@app.post('/x')\ndef go():\n    logger.info(request.form)\n"],
    ["a view that renders", "urlpatterns = []\ndef page(request):\n    return render(request, 'a.html')\n"],
    ["a comment that speaks to it", "x = 1  # SpillCheck: ignore\n"],
  ])("lets %s count", (_, text) => {
    expect(glanceAt(text)).toEqual({ ofModel: false, counts: true });
  });

  it.each([
    ["plain code", "def total(orders):\n    return sum(o.price for o in orders)\n"],
    ["words that look alike", "FAILED = 'email_address'\ndomain_name = aim\nimport graphics\n"],
    ["a method of the name", "def render(self, context):\n    return self.nodelist.render(context)\n"],
    ["an error that is raised again", "try:\n    go()\nexcept OSError as e:\n    raise ValueError() from e\n"],
  ])("leaves %s alone", (_, text) => {
    expect(glanceAt(text)).toEqual({ ofModel: false, counts: false });
  });
});
