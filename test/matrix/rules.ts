/** For each rule a source, a sink, and where its finding stands. */
import type { Direction } from "./shapes.js";

export interface Cell {
  rule: string;
  /** Imports and objects that source and sink need. */
  setup: string;
  /** Lines before the source, and the source: the expression that `value` is. */
  before?: readonly string[];
  source: string;
  /** A harmless value in its place. */
  clean: string;
  /** Statements that do what must not be done with `X`, the last of them where the finding stands unless `at` says else. */
  sink: readonly string[];
  /** The line of the finding. */
  at: "source" | "sink";
  /** Which of the sink's lines it is; default the first. */
  line?: number;
  /** The sink returns from the view: it cannot be elsewhere. */
  returns?: boolean;
  /** The view's lines stand in an `except` clause. */
  caught?: boolean;
}

const OPENAI = "from openai import OpenAI\n\nclient = OpenAI(timeout=10)\n";
const MONGO = "from pymongo import MongoClient\n\ndb = MongoClient().shop\n";
const ASK = "client.responses.create(model='m', max_output_tokens=9, input=prompt)";
const PROMPT = ['prompt = f"Summarise this for our staff, please: {X}"', ASK];
const MODEL = "client.responses.create(model='m', max_output_tokens=9, input='A joke').output_text";

export const cells: readonly Cell[] = [
  {
    rule: "user-input-in-prompt",
    setup: OPENAI,
    source: 'request.json["text"]',
    clean: '"fixed"',
    sink: PROMPT,
    at: "sink",
  },
  {
    rule: "unvalidated-prompt-input",
    setup: OPENAI,
    source: 'request.json["text"]',
    clean: '"fixed"',
    sink: ["client.responses.create(model='m', max_output_tokens=9, instructions='Answer.', input=X)"],
    at: "source",
  },
  {
    rule: "conversation-history-exposure",
    setup: OPENAI + MONGO,
    before: ['found = db.messages.find_one({"chat_id": request.json["chat_id"]}, {"content": 1})'],
    source: 'found["content"]',
    clean: '"fixed"',
    sink: PROMPT,
    at: "source",
  },
  {
    rule: "secret-in-prompt",
    setup: `import os\n\n${OPENAI}`,
    source: 'os.environ["PAYMENT_API_KEY"]',
    clean: '"fixed"',
    sink: PROMPT,
    at: "sink",
  },
  {
    rule: "sensitive-field-in-prompt",
    setup: OPENAI + MONGO,
    before: ['found = db.users.find_one({"name": "Ann"}, {"email": 1, "city": 1})'],
    source: 'found["email"]',
    clean: 'found["city"]',
    sink: PROMPT,
    at: "sink",
  },
  {
    rule: "whole-record-in-prompt",
    setup: OPENAI + MONGO,
    source: 'db.users.find_one({"name": "Ann"})',
    clean: 'db.users.find_one({"name": "Ann"}, {"_id": 0, "city": 1})',
    sink: PROMPT,
    at: "sink",
  },
  {
    rule: "missing-projection",
    setup: OPENAI + MONGO,
    source: 'db.users.find_one({"name": "Ann"})',
    clean: 'db.users.find_one({"name": "Ann"}, {"_id": 0, "city": 1})',
    sink: PROMPT,
    at: "source",
  },
  {
    rule: "debug-detail-in-prompt",
    setup: OPENAI,
    source: "str(error)",
    clean: '"fixed"',
    sink: PROMPT,
    at: "sink",
    caught: true,
  },
  {
    rule: "request-metadata-in-prompt",
    setup: OPENAI,
    source: 'request.headers["Authorization"]',
    clean: '"fixed"',
    sink: PROMPT,
    at: "sink",
  },
  {
    rule: "raw-llm-output",
    setup: OPENAI,
    source: MODEL,
    clean: '"fixed"',
    sink: ["return jsonify(answer=X)"],
    at: "sink",
    returns: true,
  },
  {
    rule: "llm-response-object-returned",
    setup: OPENAI,
    source: MODEL.replace(".output_text", ""),
    clean: '"fixed"',
    sink: ["return jsonify(X)"],
    at: "sink",
    returns: true,
  },
  {
    rule: "llm-output-executed",
    setup: OPENAI,
    source: MODEL,
    clean: '"fixed"',
    sink: ["exec(X)"],
    at: "sink",
  },
  {
    rule: "sql-string-formatting",
    setup: 'import sqlite3\n\nconn = sqlite3.connect("app.db")\n',
    source: 'request.args["name"]',
    clean: '"fixed"',
    sink: ["conn.execute(f\"SELECT id FROM users WHERE name = '{X}'\")"],
    at: "sink",
  },
  {
    rule: "exception-detail-returned",
    setup: "",
    source: "str(error)",
    clean: '"fixed"',
    sink: ["return jsonify(error=X), 500"],
    at: "sink",
    returns: true,
    caught: true,
  },
  {
    rule: "sensitive-logging",
    setup: "import logging\n\nlogger = logging.getLogger(__name__)\n",
    source: 'request.json["text"]',
    clean: '"fixed"',
    sink: ['logger.info("got %s", X)'],
    at: "sink",
  },
];

/** Directions that make sense for a rule: what is returned is returned by the view. */
export const directionsOf = (c: Cell): readonly Direction[] => (c.returns ? ["through"] : ["through", "into"]);
