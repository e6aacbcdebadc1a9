/** Flags and settings of a scan to the scan's own options: flag before settings file before default. */

import type { ScanSettings } from "../../project/config-schema.js";
import type { ConfigFile } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { readTextFile } from "../../project/output.js";
import { absolute } from "../../project/paths.js";
import { anyOf, similar } from "../../project/similar.js";
import { credentialHeaderOf } from "../../scan/credential-header.js";
import {
  type Probe,
  readFacts,
  readProbes,
  SCAN_CATEGORIES,
  type ScanCategory,
  ScanError,
  type ScanOptionsInput,
  scanCategorySchema,
} from "../../scan/index.js";
import type { Auth } from "../../scan/options.js";
import { copiedRequest } from "../../scan/target/copied.js";
import { parseCurl } from "../../scan/target/curl.js";
import { limitsOf } from "./scan-limits.js";

/** Flags as the command line has them. */
export interface ScanFlags {
  method?: string;
  header?: string[];
  bodyTemplate?: string;
  replyPath?: string;
  auth?: string;
  cert?: string;
  key?: string;
  ca?: string;
  insecure?: true;
  sessionStart?: string;
  sessionBody?: string;
  sessionId?: string;
  csrf?: string;
  ownId?: string[];
  otherId?: string[];
  curl?: string;
  systemPromptFile?: string;
  canary?: string[];
  toolName?: string[];
  facts?: string;
  openapi?: string;
  probes?: string[];
  openapiReferences?: true;
  depth?: "quick" | "standard" | "deep";
  checks?: string;
  maxRequests?: number;
  timeout?: number;
  limit?: string[];
  threshold?: string[];
}

export interface Thresholds {
  overall?: number;
  categories: Partial<Record<ScanCategory, number>>;
}

export interface ScanRequest {
  options: ScanOptionsInput;
  thresholds: Thresholds;
}

export interface ScanSources {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  /** The nearest settings file. */
  config?: ConfigFile;
}

/**
 * @param url the argument; may be left out where `--curl` or the settings give it
 * @throws UsageError when a value is not understood, or a file cannot be read
 */
export function scanRequest(url: string | undefined, flags: ScanFlags, sources: ScanSources): ScanRequest {
  const { cwd, env } = sources;
  const settings: ScanSettings = sources.config?.config.scan ?? {};
  const folder = sources.config?.folder ?? cwd;
  const command = flags.curl;
  const curl = command === undefined ? undefined : sayUsage(() => parseCurl(command));
  const copy =
    curl && flags.bodyTemplate === undefined
      ? sayUsage(() => copiedRequest(curl, ", or give --body-template"))
      : undefined;
  const address = url ?? copy?.url ?? curl?.url ?? settings.url;
  if (address === undefined)
    throw new UsageError("There is no endpoint to scan; give its URL, or --lab to practise on a built-in one.");

  const chosen = chooseAuth(flags.auth, curl?.user, settings.auth);
  const secret = env.SPILLCHECK_SECRET ?? chosen?.secret;
  if (chosen && secret === undefined) {
    throw new UsageError("The endpoint's secret is missing; put it into the environment variable SPILLCHECK_SECRET.");
  }
  const file = (flag: string | undefined, setting: string | undefined, what: string): string | undefined => {
    if (flag !== undefined) return readTextFile(absolute(flag, cwd), what);
    return setting === undefined ? undefined : readTextFile(absolute(setting, folder), what);
  };
  const systemPrompt = file(flags.systemPromptFile, settings.system_prompt_file, "system prompt");
  const factsFile =
    flags.facts !== undefined
      ? absolute(flags.facts, cwd)
      : settings.facts === undefined
        ? undefined
        : absolute(settings.facts, folder);
  for (const [name, texts] of [
    ["--own-id", flags.ownId],
    ["--other-id", flags.otherId],
    ["--canary", flags.canary],
    ["--tool-name", flags.toolName],
  ] as const)
    if (texts?.some((text) => text.trim() === "")) throw new UsageError(`${name} was given an empty text.`);
  const start = flags.sessionStart ?? settings.session_start;
  const alone =
    flags.sessionId !== undefined ? "--session-id" : flags.sessionBody !== undefined ? "--session-body" : null;
  if (start === undefined && alone !== null)
    throw new UsageError(`${alone} goes with --session-start, as in --session-start "POST /sessions".`);
  const openapi = flags.openapi ?? settings.openapi;
  const body = flags.bodyTemplate ?? copy?.body ?? settings.body_template;

  const options: ScanOptionsInput = {
    url: address,
    method: flags.method ?? curl?.method ?? (copy?.body !== undefined ? "POST" : undefined) ?? settings.method,
    headers: {
      ...harmless(settings.headers ?? {}),
      ...curl?.headers,
      ...(copy?.contentType === undefined ? {} : { "Content-Type": copy.contentType }),
      ...parseHeaders(flags.header ?? []),
    },
    bodyTemplate: body,
    replyPath: flags.replyPath ?? settings.reply_path,
    auth: chosen?.auth,
    secret,
    secret2: env.SPILLCHECK_SECRET_2,
    tls: {
      cert: file(flags.cert ?? curl?.cert, settings.cert, "client certificate"),
      key: file(flags.key ?? curl?.key, settings.key, "key of the client certificate"),
      ca: file(flags.ca ?? curl?.ca, settings.ca, "certificate authority"),
      insecure: flags.insecure ?? curl?.insecure ?? false,
    },
    session:
      start === undefined
        ? undefined
        : {
            ...parseSessionStart(start),
            body: flags.sessionBody ?? settings.session_body,
            idPath: flags.sessionId ?? settings.session_id,
          },
    csrf: parseCsrf(flags.csrf ?? settings.csrf),
    ownIds: flags.ownId ?? settings.own_ids ?? [],
    otherIds: flags.otherId ?? settings.other_ids ?? [],
    knowledge: knowledgeOf(factsFile, systemPrompt, flags),
    openapi: openapi === undefined ? undefined : parseOpenapi(openapi, flags.openapi === undefined ? folder : cwd),
    openapiReferences: flags.openapiReferences ?? false,
    depth: flags.depth ?? settings.depth ?? "quick",
    checks: flags.checks === undefined ? (settings.checks ?? []) : parseChecks(flags.checks),
    maxRequests: flags.maxRequests ?? settings.max_requests,
    userProbes: [
      ...(settings.probes ?? []).map((name) => absolute(name, folder)),
      ...(flags.probes ?? []).map((name) => absolute(name, cwd)),
    ].flatMap(ownProbes),
    userPatterns: settings.patterns ?? [],
    limits: limitsOf(flags.limit ?? [], settings.limits, flags.timeout ?? settings.timeout),
  };
  return { options, thresholds: thresholds(flags.threshold, settings) };
}

/** @throws UsageError for a header that holds a secret: files are no place for those */
function harmless(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const secret = credentialHeaderOf(headers);
  if (secret === null) return headers;
  throw new UsageError(
    `The settings file names the header ${secret}, and a file is no place for secrets; say auth there, and put the secret into SPILLCHECK_SECRET.`,
  );
}

function ownProbes(file: string): Probe[] {
  const text = readTextFile(file, "file of probes");
  return sayUsage(() => readProbes(text, file));
}

/** What is wrong with something that the user wrote is wrong with how the program was called. */
function sayUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ScanError) throw new UsageError(error.message);
    throw error;
  }
}

/** The facts of a file, with what flags say besides: they come first, and nothing of the file is lost. */
function knowledgeOf(
  facts: string | undefined,
  systemPrompt: string | undefined,
  { canary = [], toolName = [] }: Pick<ScanFlags, "canary" | "toolName">,
): ScanOptionsInput["knowledge"] {
  const known =
    facts === undefined ? undefined : sayUsage(() => readFacts(readTextFile(facts, "file of facts"), facts));
  return {
    ...known,
    systemPrompts: [...(systemPrompt === undefined ? [] : [systemPrompt]), ...(known?.systemPrompts ?? [])],
    secrets: [...canary, ...(known?.secrets ?? [])],
    toolNames: [...toolName, ...(known?.toolNames ?? [])],
  };
}

interface ChosenAuth {
  auth: Auth;
  /** Given literally, in a curl command. */
  secret?: string;
}

function chooseAuth(
  flag: string | undefined,
  user: string | undefined,
  setting: string | undefined,
): ChosenAuth | undefined {
  if (flag !== undefined) return parseAuth(flag);
  if (user !== undefined) return basic(user);
  return setting === undefined ? undefined : parseAuth(setting);
}

/** `bearer`, `basic:USER`, `api-key:HEADER`, `cookie:NAME`. */
export function parseAuth(text: string): ChosenAuth {
  const [kind, ...rest] = text.split(":");
  const name = rest.join(":");
  if (kind === "bearer" && name === "") return { auth: { kind: "bearer" } };
  if (kind === "basic" && name !== "") return { auth: { kind: "basic", user: name } };
  if (kind === "api-key" && name !== "") return { auth: { kind: "api-key", header: name } };
  if (kind === "cookie" && name !== "") return { auth: { kind: "cookie", name } };
  throw new UsageError(
    `--auth "${text}" is not understood; it must be bearer, basic:USER, api-key:HEADER or cookie:NAME, and the secret stands in SPILLCHECK_SECRET.`,
  );
}

function basic(pair: string): ChosenAuth {
  const at = pair.indexOf(":");
  const user = at < 0 ? pair : pair.slice(0, at);
  return { auth: { kind: "basic", user }, secret: at < 0 ? undefined : pair.slice(at + 1) };
}

function parseHeaders(headers: readonly string[]): Record<string, string> {
  const out: Record<string, string> = {};
  for (const header of headers) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([^\r\n]*)$/.exec(header);
    // The text may hold a secret, so it is not repeated.
    if (!match) throw new UsageError('A --header is not understood; it must read "Name: value".');
    const [, name = "", value = ""] = match;
    out[name] = value.trim();
  }
  return out;
}

function parseSessionStart(text: string): { method: string; path: string } {
  const match = /^([A-Za-z]+)\s+(\S+)$/.exec(text.trim());
  if (!match) throw new UsageError(`--session-start "${text}" is not understood; it must read like "POST /sessions".`);
  return { method: (match[1] ?? "").toUpperCase(), path: match[2] ?? "" };
}

function parseCsrf(text: string | undefined): { cookie: string; header: string } | undefined {
  if (text === undefined) return undefined;
  const match = /^cookie:([^=]+)=header:(.+)$/.exec(text);
  if (!match) throw new UsageError(`--csrf "${text}" is not understood; it must read cookie:NAME=header:NAME.`);
  return { cookie: match[1] ?? "", header: match[2] ?? "" };
}

function parseOpenapi(text: string, folder: string): { url: string } | { text: string } {
  if (/^https?:\/\//i.test(text)) return { url: text };
  return { text: readTextFile(absolute(text, folder), "OpenAPI document") };
}

function parseCategory(name: string): ScanCategory {
  const parsed = scanCategorySchema.safeParse(name.trim());
  if (parsed.success) return parsed.data;
  const near = similar(name, SCAN_CATEGORIES);
  throw new UsageError(
    `There is no check "${name.trim()}"; ${near === undefined ? `it may be ${anyOf(SCAN_CATEGORIES)}.` : `did you mean ${near}?`}`,
  );
}

function parseChecks(list: string): ScanCategory[] {
  const names = list.split(",").filter((name) => name.trim() !== "");
  if (names.length === 0) throw new UsageError(`--checks names no check; it may be ${anyOf(SCAN_CATEGORIES)}.`);
  return names.map(parseCategory);
}

function thresholds(flags: readonly string[] | undefined, settings: ScanSettings): Thresholds {
  if (flags === undefined) return { overall: settings.threshold, categories: { ...settings.thresholds } };
  const out: Thresholds = { categories: {} };
  for (const text of flags) {
    const match = /^(?:([a-z_]+)=)?(\d{1,3})$/.exec(text.trim());
    const score = Number(match?.[2]);
    if (!match || score > 100) {
      throw new UsageError(
        `--threshold "${text}" is not understood; it must be a score from 0 to 100, or CATEGORY=SCORE.`,
      );
    }
    if (match[1] === undefined) out.overall = score;
    else out.categories[parseCategory(match[1])] = score;
  }
  return out;
}
