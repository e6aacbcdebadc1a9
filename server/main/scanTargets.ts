/** Targets of a scan that the editor names: what the settings say, what settings files say, and the files that both name. */

import { isAbsolute } from "node:path";
import type { ScanTarget } from "../lsp/protocol.js";
import type { DescribedTarget } from "../lsp/services.js";
import { Configs } from "../project/configs.js";
import { UsageError } from "../project/errors.js";
import { readTextFile } from "../project/output.js";
import { absolute, parent } from "../project/paths.js";
import { ScanError } from "../scan/errors.js";
import type { ScanOptionsInput } from "../scan/index.js";
import type { Knowledge } from "../scan/options.js";

/** Loaded when a scan is described: it brings the scan along. */
const loadOptions = () => import("./commands/scan-options.js");

/** The endpoints that settings files describe, one a file. A file that says nothing of an endpoint has none. */
export function fileTargets(files: readonly string[], ruleIds: readonly string[]): ScanTarget[] {
  const configs = new Configs({ ruleIds });
  return files.flatMap((file) => {
    const { url, auth } = configs.near(parent(file))?.config.scan ?? {};
    if (url === undefined) return [];
    return [{ settingsFile: file, url, ...(auth === undefined ? {} : { auth: authOf(auth) }) }];
  });
}

/** The schema has seen to it that it is one of these. */
function authOf(text: string): ScanTarget["auth"] {
  const at = text.indexOf(":");
  const name = text.slice(at + 1);
  switch (at < 0 ? text : text.slice(0, at)) {
    case "basic":
      return { kind: "basic", user: name };
    case "api-key":
      return { kind: "api-key", header: name };
    case "cookie":
      return { kind: "cookie", name };
    default:
      return { kind: "bearer" };
  }
}

/**
 * The options of a scan, with what files hold.
 * @param folder where paths that are not absolute begin; undefined where the user trusts no folder
 * @throws ScanError "bad-option" when a file cannot be read, or a setting is wrong
 */
export async function describeTarget(
  { options, secrets, files = {}, settingsFile }: DescribedTarget,
  folder: string | undefined,
  ruleIds: readonly string[],
): Promise<ScanOptionsInput> {
  try {
    if (settingsFile !== undefined) return await fromSettings(settingsFile, options, secrets, ruleIds);
    const read = (path: string | undefined, what: string): string | undefined => {
      if (path === undefined) return undefined;
      if (folder === undefined && !isAbsolute(path))
        throw new UsageError(`The ${what} ${path} must be an absolute path while no folder is open and trusted.`);
      return readTextFile(absolute(path, folder ?? "/"), what);
    };
    const { openapi } = files;
    const systemPrompt = read(files.systemPrompt, "system prompt");
    const facts = await factsIn(read(files.facts, "file of facts"), files.facts);
    return {
      ...options,
      ...secrets,
      headers: { ...options.headers, ...secrets.headers },
      tls: {
        ...options.tls,
        cert: read(files.cert, "client certificate"),
        key: read(files.key, "key of the client certificate"),
        ca: read(files.ca, "certificate authority"),
      },
      knowledge: {
        ...options.knowledge,
        ...facts,
        ...(systemPrompt === undefined ? {} : { systemPrompts: [systemPrompt, ...(facts?.systemPrompts ?? [])] }),
      },
      ...(openapi === undefined
        ? {}
        : {
            openapi: /^https?:\/\//i.test(openapi)
              ? { url: openapi }
              : { text: read(openapi, "OpenAPI document") ?? "" },
          }),
    };
  } catch (error) {
    if (error instanceof UsageError) throw new ScanError("bad-option", error.message);
    throw error;
  }
}

async function factsIn(text: string | undefined, name = ""): Promise<Knowledge | undefined> {
  return text === undefined ? undefined : (await import("../scan/facts.js")).readFacts(text, name);
}

async function fromSettings(
  file: string,
  editor: ScanOptionsInput,
  secrets: DescribedTarget["secrets"],
  ruleIds: readonly string[],
): Promise<ScanOptionsInput> {
  const config = new Configs({ ruleIds }).near(parent(file));
  const settings = config?.config.scan;
  const { scanRequest } = await loadOptions();
  const env = { SPILLCHECK_SECRET: secrets.secret, SPILLCHECK_SECRET_2: secrets.secret2 };
  const { options } = scanRequest(
    undefined,
    { depth: settings?.depth ?? editor.depth, maxRequests: settings?.max_requests ?? editor.maxRequests },
    { cwd: parent(file), env, config },
  );
  return options;
}
