/** Puts the rooms together for the language server. */
import { rules } from "../../rules/index.js";
import { docsUrl, rulePageUrl } from "../analysis/rule-meta.js";
import { toolVersion } from "../analysis/version.js";
import { KEY_VARIABLE } from "../lsp/sealing.js";
import type { ReportService, Services } from "../lsp/services.js";
import { Configs } from "../project/configs.js";
import { UsageError } from "../project/errors.js";
import { knownBefore } from "../report/known.js";
import { allGuides, reportData } from "../report/scan-guides.js";
import { historyPoint } from "../report/scan-report-data.js";
import type { ScanResult } from "../scan/index.js";
import { openHistory, retentionOf } from "./commands/history-folder.js";
import { openEngine } from "./engine.js";
import { renderScan } from "./scanReports.js";
import { describeTarget, fileTargets } from "./scanTargets.js";
import { openWorkspace } from "./workspace.js";

/** Loaded when a scan is asked for: it is the larger half of the house, and the editor waits for the start. */
const loadScan = () => import("../scan/index.js");

/**
 * What the reports of a scan show of earlier ones: what the scans' history knows, whoever made them; for a scan that is not
 * kept there (of the practice endpoint) what the client has.
 */
function pastOf(result: ScanResult, own: { previous?: ScanResult; history?: readonly ScanResult[] }) {
  const before = openHistory(process.env)
    .history.before(result)
    .map((entry) => entry.result);
  if (before.length === 0) return { previous: own.previous, history: (own.history ?? []).map(historyPoint) };
  return { previous: knownBefore(before), history: [...before, result].map(historyPoint) };
}

const report: ReportService = {
  data: ({ key, result, ...own }) => reportData(result, { key, ...pastOf(result, own) }),
  render: (format, { result, ...own }) => {
    const { previous, history } = pastOf(result, own);
    return renderScan(format, result, previous, history);
  },
};

/** The page of a static rule, or one made from the guide of a live finding's id. */
function page(id: string): string | undefined {
  const rule = rules.find((one) => one.id === id);
  if (rule) return rule.helpMarkdown;
  const guide = allGuides()[id.replace(/^scan\//, "")];
  if (!guide) return undefined;
  const code = (title: string, language: string, text: string | undefined) =>
    text ? [`## ${title}`, "", `\`\`\`${language}`, text.trimEnd(), "```", ""] : [];
  return [
    `# ${id.replace(/^scan\//, "")}`,
    "",
    guide.why,
    "",
    "## How to mend it",
    "",
    guide.fix,
    "",
    ...code("Flask", "python", guide.flask),
    ...code("Django", "python", guide.django),
    ...code("nginx", "nginx", guide.nginx),
  ].join("\n");
}

/** Address of the page about a rule, a live finding, or the settings file. */
function pageAddress(id: string): string {
  if (id === "settings") return docsUrl("settings-file");
  return id.startsWith("scan/") || rules.some((rule) => rule.id === id) ? rulePageUrl(id) : docsUrl("own-rules");
}

/** Keeps a scan where `spillcheck history` finds it, for as long as the folder's settings file says. */
function keep(result: ScanResult, ruleIds: readonly string[], folder: string | undefined): string | undefined {
  const config = folder === undefined ? undefined : new Configs({ ruleIds }).near(folder);
  try {
    openHistory(process.env).history.save(result, retentionOf(config));
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

export function languageServices(): Services {
  const key = process.env[KEY_VARIABLE];
  // Nothing that this process starts has a use for it.
  delete process.env[KEY_VARIABLE];
  const ruleIds = rules.map((rule) => rule.id);
  return {
    version: toolVersion,
    channelKey: key,
    openProject: (input) => openWorkspace(input, { ruleIds, openEngine }),
    rules: () => rules,
    page,
    rulePage: pageAddress,
    scan: {
      targets: (files) => fileTargets(files, ruleIds),
      describe: (target, folder) => describeTarget(target, folder, ruleIds),
      plan: async (options) => (await loadScan()).planScan(options),
      ping: async (options, hooks) => (await loadScan()).pingTarget(options, hooks),
      run: async (options, hooks) => (await loadScan()).runScan(options, hooks),
      keep: (result, folder) => keep(result, ruleIds, folder),
      lab: async (kind) => (await loadScan()).startLab({ kind }),
    },
    report,
  };
}
