/** Puts the rooms together for the language server. */
import { rules } from "../../rules/index.js";
import { docsUrl, rulePageUrl } from "../analysis/rule-meta.js";
import { toolVersion } from "../analysis/version.js";
import { KEY_VARIABLE } from "../lsp/sealing.js";
import type { ReportService, Services } from "../lsp/services.js";
import { UsageError } from "../project/errors.js";
import { dataFolder, HistoryStore } from "../project/history-store.js";
import { allGuides, reportData } from "../report/scan-guides.js";
import { historyPoint } from "../report/scan-report-data.js";
import { retentionSchema, ScanHistory } from "../scan/history/index.js";
import type { ScanResult } from "../scan/index.js";
import { openEngine } from "./engine.js";
import { renderScan } from "./scanReports.js";
import { openWorkspace } from "./workspace.js";

/** Loaded when a scan is asked for: it is the larger half of the house, and the editor waits for the start. */
const loadScan = () => import("../scan/index.js");

const report: ReportService = {
  data: ({ key, result, previous, history }) =>
    reportData(result, { key, previous, history: history.map(historyPoint) }),
  render: (format, { result, previous }) => renderScan(format, result, previous),
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

/** Keeps a scan where `spillcheck history` finds it; what is there too long goes when the command line scans next. */
function keep(result: ScanResult): string | undefined {
  try {
    new ScanHistory(new HistoryStore(dataFolder(process.env))).save(result, retentionSchema.parse({}));
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
      plan: async (options) => (await loadScan()).planScan(options),
      ping: async (options, hooks) => (await loadScan()).pingTarget(options, hooks),
      run: async (options, hooks) => (await loadScan()).runScan(options, hooks),
      keep,
      lab: async (kind) => (await loadScan()).startLab({ kind }),
    },
    report,
  };
}
