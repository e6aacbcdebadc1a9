import type { Hit, HitGroup } from "./hit.js";
import { matchesIn, type Places, windows } from "./needles.js";

interface Pattern {
  group: HitGroup;
  kind: string;
  title: string;
  /** Must occur before the expression is tried. Lower case. */
  needs: readonly string[];
  expression: RegExp;
}

/** Bounded repeats only, so that reading stays linear in the reply's length. */
const PATTERNS: readonly Pattern[] = [
  {
    group: "stack-trace",
    kind: "python-traceback",
    title: "Python traceback",
    needs: ["traceback (most recent call last)"],
    // The words alone are what a lesson on errors says.
    expression:
      /Traceback \(most recent call last\)(?=[\s\S]{0,200}?(?:File (?:["'\\]|&)|, line \d|\n[ \t]{0,8}\w{1,40}(?:Error|Exception)\b))[\s\S]{0,1500}/gi,
  },
  {
    group: "stack-trace",
    kind: "python-frame",
    title: "Python stack frame",
    needs: [", line "],
    expression: /File (?:"|&quot;|&#34;|\\")[^"&\n]{1,200}\.py(?:"|&quot;|&#34;|\\"), line \d{1,6}, in [\w<>&;]{1,80}/g,
  },
  {
    group: "stack-trace",
    kind: "node-frames",
    title: "Node.js stack trace",
    needs: ["    at ", "\n at ", "\\n    at ", "&nbsp;at "],
    expression:
      /(?:\n|\\n|<br ?\/?>)(?:\s|&nbsp;){1,8}at [^\n]{1,200}?\(?(?:node:|file:\/\/|\/|[A-Z]:\\)[^\s)<]{1,200}:\d{1,6}:\d{1,6}\)?/g,
  },
  {
    group: "stack-trace",
    kind: "java-frames",
    title: "Java stack trace",
    needs: [".java:", "exception in thread", "(unknown source)", "(native method)"],
    expression:
      /at [\w$]{1,60}(?:\.[\w$<>]{1,80}){1,12}\((?:[\w$]{1,80}\.(?:java|kt|scala):\d{1,6}|Native Method|Unknown Source)\)|Exception in thread "[^"\n]{1,80}"/g,
  },
  {
    group: "stack-trace",
    kind: "go-panic",
    title: "Go panic",
    needs: ["goroutine "],
    expression: /goroutine \d{1,9} \[[\w ,]{1,40}\]:|panic: [^\n]{1,200}\n+goroutine /g,
  },
  {
    group: "stack-trace",
    kind: "php-trace",
    title: "PHP stack trace",
    needs: ["stack trace:", "fatal error", "#0 ", '"trace"'],
    expression:
      /"trace"\s{0,3}:\s{0,3}\[\s{0,3}\{[^{}]{0,300}?"file"\s{0,3}:\s{0,3}"[^"\n]{1,200}\.php"\s{0,3},\s{0,3}"line"\s{0,3}:\s{0,3}\d{1,6}|(?:PHP )?(?:Fatal error|Warning|Uncaught [\w\\]{1,80}):? [^\n]{1,300}? in \/?[^\s\n]{1,200}\.php(?: on line |:)\d{1,6}|#0 [^\n]{1,200}\.php\(\d{1,6}\)/g,
  },
  {
    group: "stack-trace",
    kind: "dotnet-frames",
    title: ".NET stack trace",
    needs: [":line "],
    expression: /at [\w.<>`]{1,200}\([^)\n]{0,200}\) in [^\n]{1,200}:line \d{1,6}/g,
  },
  {
    group: "stack-trace",
    kind: "ruby-frames",
    title: "Ruby stack trace",
    needs: [".rb:"],
    expression: /[\w./-]{1,200}\.rb:\d{1,6}:in [`'][^'\n]{1,80}'/g,
  },
  {
    group: "error-detail",
    kind: "exception-name",
    title: "Exception text",
    needs: ["error", "exception"],
    expression:
      /\b(?:[a-z_][\w]{0,40}\.){0,6}(?:[A-Z][A-Za-z]{2,40}(?:Error|Exception|DoesNotExist|Warning)|KeyError|IntegrityError|JSONDecodeError)(?:\(|:\s)['"&\w([{<][^\n"]{1,200}/g,
  },
  {
    group: "error-detail",
    kind: "json-parser-message",
    title: "Parser message",
    needs: ["expecting value", "unexpected token", "expecting property name", "extra data:"],
    expression:
      /Expecting (?:value|property name enclosed in double quotes|',' delimiter): line \d{1,6} column \d{1,6}[^\n"]{0,40}|Unexpected token [^\n]{1,20} in JSON at position \d{1,9}|Extra data: line \d{1,6} column/gi,
  },
  {
    group: "error-detail",
    kind: "none-attribute",
    title: "Exception text",
    needs: [
      "object has no attribute",
      "object is not subscriptable",
      "unsupported operand",
      "must be str, not",
      "cannot read propert",
      "is not a function",
      "not iterable",
      "list indices must be",
    ],
    expression:
      /['"‘&#;\w]{0,24}(?:NoneType|str|int|list|dict|bool|float|undefined|null)['"’&#;\w]{0,12} object (?:has no attribute|is not (?:subscriptable|iterable|callable))[^\n]{0,80}|unsupported operand type\(s\)[^\n]{0,80}|must be str, not \w{1,20}|Cannot read propert(?:y|ies) [^\n]{1,100}|list indices must be integers[^\n]{0,60}/g,
  },
  {
    group: "error-detail",
    kind: "sql-error",
    title: "Database error",
    needs: [
      "sql",
      "relation",
      "column",
      "table",
      "ora-",
      "e11000",
      "mongo",
      "psycopg",
      "syntax error",
      "incorrect syntax",
      "input syntax",
      "unique constraint",
      "unclosed quotation mark",
      "unterminated quoted string",
      "django.db.utils.",
    ],
    expression:
      /(?:\b(?:psycopg[23]?\.[\w.]{1,60}|asyncpg\.exceptions\.\w{1,60}|(?:pymysql|MySQLdb)\.(?:err\.)?\w{1,40}|mysql\.connector\.errors\.\w{1,40}|sqlite3\.\w{1,40}Error|django\.db\.utils\.\w{1,40}|pymongo\.errors\.\w{1,40}|sqlalchemy\.exc\.\w{1,40}|SQLSTATE\[\w{1,10}\]|ORA-\d{5}|E11000 duplicate key|You have an error in your SQL syntax|no such (?:table|column): \w{1,60}|relation \\?"[\w.]{1,80}" does not exist|column \\?"[\w.]{1,80}" does not exist|syntax error at or near \\?"|near \\?"[^"\n]{1,40}": syntax error|incorrect syntax near '|invalid input syntax for (?:type )?\w{1,30}|duplicate key value violates unique constraint|UNIQUE constraint failed: \w|unclosed quotation mark after the character string|unterminated quoted string at or near)|\[SQL: (?:SELECT|INSERT|UPDATE|DELETE)\s)[^\n]{0,120}/gi,
  },
  {
    group: "error-detail",
    kind: "file-path",
    title: "Path on the server",
    needs: ["/usr/", "/home/", "/app/", "/srv/", "/opt/", "/var/", "site-packages", ":\\", "/root/", "/workspace/"],
    expression:
      /(?:\/(?:usr|home|app|srv|opt|var|root|workspace|code)\/[\w.@+-]{1,60}(?:\/[\w.@+-]{1,80}){0,12}\.(?:py|js|ts|java|go|php|rb|sqlite3?|db|env|ya?ml|json|pem|key|conf))|(?:[A-Z]:\\(?:[\w. -]{1,60}\\){1,12}[\w.-]{1,60}\.\w{1,6})/g,
  },
  {
    group: "database-id",
    kind: "object-id",
    title: "MongoDB ObjectId",
    needs: ["objectid", "_id", "$oid"],
    expression:
      /ObjectId\(['"][0-9a-f]{24}['"]\)|"(?:_id|\$oid)"\s{0,3}:\s{0,3}(?:\{\s{0,3}"\$oid"\s{0,3}:\s{0,3})?"[0-9a-f]{24}"|\b_id['"]?\s{0,3}[:=]\s{0,3}['"]?[0-9a-f]{24}\b/g,
  },
  {
    group: "code",
    kind: "sql",
    title: "SQL statement",
    needs: ["select ", "insert into", "drop table", "delete from", "update "],
    expression:
      /\b(?:SELECT\s[\w\s,.*()"`']{1,300}?\sFROM\s[\w."`]{1,80}|INSERT\s{1,4}INTO\s{1,4}[\w."`]{1,80}\s{0,4}[(V]|DROP\s{1,4}TABLE\s{1,4}[\w."`]{1,80}|DELETE\s{1,4}FROM\s{1,4}[\w."`]{1,80}\s{1,4}WHERE|UPDATE\s{1,4}[\w."`]{1,80}\s{1,4}SET\s{1,4}\w{1,60}\s{0,3}=)/g,
  },
  {
    group: "code",
    kind: "script",
    title: "Script mark-up",
    needs: ["<script", "javascript:", "onerror=", "onload="],
    expression:
      /<script\b[^>]{0,200}>[^<]{1,400}|\bjavascript:[^\s"'<>]{4,200}|<\w{1,12}\b[^>]{0,200}\bon(?:error|load|click)\s{0,3}=\s{0,3}["'][^"'>]{1,200}/gi,
  },
  {
    group: "code",
    kind: "shell",
    title: "Shell command",
    needs: ["rm -rf", "| sh", "| bash", "os.system", "subprocess.", "eval(", "exec("],
    expression:
      /\brm -rf [^\s]{1,100}|\b(?:curl|wget) [^\n|]{1,200}\| ?(?:ba)?sh\b|\b(?:os\.system|subprocess\.(?:run|Popen|call|check_output))\([^\n]{1,200}|\b(?:eval|exec)\([^\n)]{1,200}\)/g,
  },
  {
    group: "tool-call",
    kind: "tool-call-json",
    title: "Tool call",
    needs: ["tool_calls", "function_call", "tool_use", "arguments", "tool_call", "<invoke", ":invoke"],
    expression:
      /"(?:tool_calls|function_call)"\s{0,3}:\s{0,3}[[{]\s{0,3}[^\s\]}][^\n]{0,300}|"type"\s{0,3}:\s{0,3}"tool_use"[^\n]{0,300}|\{\s{0,8}"(?:name|tool|function)"\s{0,3}:\s{0,3}"[\w.-]{1,80}"\s{0,3},\s{0,8}"(?:arguments|parameters|args|input)"\s{0,3}:[^\n]{0,300}|<tool_call>[^<]{0,300}|<(?:\w{1,20}:)?function_calls>\s{0,8}<(?:\w{1,20}:)?invoke name="[\w.-]{1,80}">[^\n]{0,300}|<(?:\w{1,20}:)?invoke name="[\w.-]{1,80}">\s{0,8}<(?:\w{1,20}:)?parameter name="[^\n]{0,300}|\[TOOL_CALLS\][^\n]{0,300}/g,
  },
  {
    group: "tool-call",
    kind: "agent-trace",
    title: "Agent trace",
    needs: ["action:", "observation:", "tool:", "> entering new", "invoking:"],
    expression:
      /(?:^|\n)Action:\s{0,3}[\w .-]{1,80}\n+Action Input:[^\n]{0,300}|(?:^|\n)Thought:[^\n]{1,300}\n+Action:[^\n]{1,200}|> Entering new [\w ]{1,40} chain|(?:^|\n)Invoking: `[\w.-]{1,80}` with `[^\n]{1,300}/g,
  },
];

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/gi;
const MAX_PER_PATTERN = 20;

/** Longer than any match reaches before its needle and behind it. */
const BEFORE = 600;
const AFTER = 1_700;

/** The strings without which there is nothing to find, by pattern. */
export const technicalNeedles: readonly (readonly string[])[] = PATTERNS.map((pattern) => pattern.needs);

/** Finds stack traces, error details, database ids, code and tool calls. @param places of `technicalNeedles` */
export function findTechnical(text: string, places: Places): Hit[] {
  const hits: Hit[] = [];
  for (const [i, pattern] of PATTERNS.entries()) {
    let count = 0;
    for (const { match, index } of matchesIn(
      text,
      pattern.expression,
      windows(places[i], text.length, BEFORE, AFTER),
    )) {
      if (++count > MAX_PER_PATTERN) break;
      hits.push({
        group: pattern.group,
        kind: pattern.kind,
        title: pattern.title,
        value: match[0],
        start: index,
        end: index + match[0].length,
      });
    }
  }
  const uuids = new Set<string>();
  let first: RegExpExecArray | undefined;
  for (const match of text.matchAll(UUID)) {
    first ??= match;
    uuids.add(match[0].toLowerCase());
    if (uuids.size >= 3) break;
  }
  if (first && uuids.size >= 3)
    hits.push({
      group: "database-id",
      kind: "uuid-list",
      title: "List of UUIDs",
      value: first[0],
      start: first.index,
      end: first.index + first[0].length,
    });
  return hits;
}
