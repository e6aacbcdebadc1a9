/** The flags that describe a scan's target and how to scan it; `scan` and `monitor` take them. */
import { type Command, InvalidArgumentError, Option } from "commander";

/** Collects the values of a flag that may be repeated. */
export const many = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number above 0.");
  return value;
}

/** Reads a whole number above 0. @throws InvalidArgumentError */
export function count(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError("It must be a whole number above 0.");
  return value;
}

/** Adds the flags that `ScanFlags` reads, with those for consent and settings. */
export function addScanFlags(command: Command): Command {
  return command
    .option("--method <method>", "HTTP method")
    .option("--header <header>", 'further header, "Name: value" (repeatable)', many)
    .option("--body-template <text>", "body of a request, with {{prompt}}")
    .option("--reply-path <path>", "where the reply is: JSONPath, text, sse:PATH or ndjson:PATH")
    .option(
      "--auth <kind>",
      "bearer, basic:USER, api-key:HEADER or cookie:NAME; the secret stands in SPILLCHECK_SECRET",
    )
    .option("--cert <file>", "client certificate (PEM)")
    .option("--key <file>", "key of the client certificate (PEM)")
    .option("--ca <file>", "certificate authority to trust (PEM)")
    .option("--insecure", "go on when the server's certificate does not verify")
    .option("--session-start <request>", 'request that opens a conversation, as in "POST /sessions"')
    .option("--session-body <text>", "body of that request")
    .option("--session-id <path>", "JSONPath of the session id in its answer")
    .option("--csrf <rule>", "cookie:NAME=header:NAME")
    .option("--own-id <id>", "id of an object that belongs to the caller (repeatable)", many)
    .option("--other-id <id>", "id of an object that belongs to somebody else (repeatable)", many)
    .option("--curl <command>", "take the request from a curl command")
    .option("--system-prompt-file <file>", "the endpoint's system prompt, so that leaks can be proven")
    .option("--canary <text>", "text that stands in the prompt and must not come out (repeatable)", many)
    .option("--tool-name <name>", "name of a tool that the model can call (repeatable)", many)
    .option("--facts <file>", "what is known of the endpoint, as docs/scanning.md describes it (YAML or JSON)")
    .option("--openapi <file-or-url>", "OpenAPI document of the endpoint")
    .option("--probes <file>", "YAML file with probes of your own, run after the built-in ones (repeatable)", many)
    .option("--openapi-references", "also get the documents that it refers to, from whatever host they are on")
    .addOption(new Option("--depth <depth>", "how much is sent").choices(["quick", "standard", "deep"]))
    .option("--checks <list>", "categories to check, with commas between")
    .option("--max-requests <number>", "request budget", count)
    .option("--timeout <seconds>", "longest time for one answer", positive)
    .option("--limit <name=value>", "another of the limits in docs/scanning.md, as in concurrency=2 (repeatable)", many)
    .option("--threshold <score>", "lowest score that passes: N, or CATEGORY=N (repeatable)", many)
    .option("--yes", "consent to scanning a host that is not this machine; it is remembered")
    .option("--config <file>", "settings file to use instead of the nearest .spillcheck.yaml");
}
