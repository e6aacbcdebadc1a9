/** The live scan for the editor: custom requests, so that the client stays thin. */
import { type CancellationToken, type Connection, ProgressType, ResponseError } from "vscode-languageserver";
import { ScanError } from "../scan/errors.js";
import type { Lab, ScanEvent } from "../scan/index.js";
import {
  RENDER_REPORT,
  REPORT_DATA,
  renderRequestSchema,
  reportDataRequestSchema,
  SCAN,
  SCAN_FAILED,
  SCAN_PING,
  SCAN_PLAN,
  SCAN_TARGETS,
  type ScanProgress,
  START_LAB,
  STOP_LAB,
  scanRequestSchema,
  startLabSchema,
} from "./protocol.js";
import { openSecrets } from "./sealing.js";
import type { Services } from "./services.js";

/** Words of progress for what a scan tells. */
function progressOf(event: ScanEvent): ScanProgress {
  const counts = { done: event.done, total: event.total };
  switch (event.kind) {
    case "phase":
      return { message: event.message, ...counts };
    case "request":
      return { message: `${event.category.replaceAll("_", " ")}: answered ${event.status || "nothing"}`, ...counts };
    case "probe":
      return { message: `${event.title}: ${event.outcome} (${event.hits})`, ...counts };
    case "check":
      return { message: `${event.category.replaceAll("_", " ")}: ${event.status}`, ...counts };
    case "shape":
      return { message: event.reply === "" ? event.note : `${event.note} It replied: ${event.reply}`, ...counts };
    case "finding":
      return { message: event.finding.title, ...counts, finding: event.finding };
  }
}

/** What of the workspace may describe a scan; nothing of one that the user does not trust. */
export interface Trusted {
  /** The first folder. */
  folder(): string | undefined;
  settingsFiles(): readonly string[];
}

/**
 * Registers the requests; returns what ends the practice endpoints.
 * @param trusted what of the workspace the user trusts
 */
export function registerScanRequests(
  connection: Connection,
  services: Services,
  trusted: Trusted,
): () => Promise<void> {
  const labs = new Map<string, Promise<Lab>>();

  const optionsOf = async (params: unknown) => {
    const request = scanRequestSchema.parse(params);
    const { files, settingsFile } = request;
    // Only a file that the user trusts may say where a secret goes.
    if (settingsFile !== undefined && !trusted.settingsFiles().includes(settingsFile))
      throw new ScanError("bad-option", `${settingsFile} is no settings file of this workspace.`);
    const secrets = request.secrets ? openSecrets(services.channelKey, request.secrets) : {};
    const described = { options: request.options, secrets, files, settingsFile };
    return { request, options: await services.scan.describe(described, trusted.folder()) };
  };

  /** The practice endpoint's scans are no history. */
  const isLab = async (url: string): Promise<boolean> => {
    const running = await Promise.allSettled(labs.values());
    return running.some((lab) => lab.status === "fulfilled" && lab.value.url === url);
  };

  /** A scan's own errors go on as one sentence; anything else is a fault, named without its inside. */
  const answer = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ScanError) throw new ResponseError(SCAN_FAILED, error.message, { kind: error.kind });
      const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      connection.console.error(`A scan request failed: ${message}`);
      throw new ResponseError(SCAN_FAILED, "The scan could not be done; the output channel says why.", {
        kind: "fault",
      });
    }
  };

  connection.onRequest(SCAN_TARGETS, () => answer(async () => services.scan.targets(trusted.settingsFiles())));

  connection.onRequest(SCAN_PLAN, (params: unknown) =>
    answer(async () => services.scan.plan((await optionsOf(params)).options)),
  );

  /** Runs work of a scan's that ends when the client cancels its request. */
  const cancellable = async <T>(token: CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    if (token.isCancellationRequested) abort.abort();
    try {
      return await work(abort.signal);
    } finally {
      listener.dispose();
    }
  };

  connection.onRequest(SCAN_PING, (params: unknown, token: CancellationToken) =>
    answer(async () => {
      const { request, options } = await optionsOf(params);
      return cancellable(token, (signal) => services.scan.ping(options, { signal, consent: () => request.consented }));
    }),
  );

  connection.onRequest(SCAN, (params: unknown, token: CancellationToken) =>
    answer(async () => {
      const { request, options } = await optionsOf(params);
      const type = new ProgressType<ScanProgress>();
      const onProgress = (event: ScanEvent) => {
        if (request.progress) void connection.sendProgress(type, request.progress, progressOf(event));
      };
      const consent = () => request.consented;
      return cancellable(token, async (signal) => {
        const result = await services.scan.run(options, { signal, onProgress, consent });
        if (!(await isLab(options.url))) {
          const failure = services.scan.keep(result, trusted.folder());
          if (failure !== undefined) connection.console.warn(failure);
        }
        return result;
      });
    }),
  );

  connection.onRequest(START_LAB, (params: unknown) =>
    answer(async () => {
      const { kind } = startLabSchema.parse(params);
      const running = labs.get(kind) ?? services.scan.lab(kind);
      labs.set(kind, running);
      const lab = await running.catch((error: unknown) => {
        labs.delete(kind);
        throw error;
      });
      return { url: lab.url, systemPrompt: lab.systemPrompt };
    }),
  );

  const stopLabs = async () => {
    const running = [...labs.values()];
    labs.clear();
    for (const lab of running) await lab.then((one) => one.close()).catch(() => undefined);
  };
  connection.onRequest(STOP_LAB, () => answer(async () => stopLabs().then(() => null)));

  connection.onRequest(REPORT_DATA, (params: unknown) =>
    answer(async () => services.report.data(reportDataRequestSchema.parse(params))),
  );

  connection.onRequest(RENDER_REPORT, (params: unknown) =>
    answer(async () => {
      const { format, ...input } = renderRequestSchema.parse(params);
      return { text: services.report.render(format, input) };
    }),
  );
  return stopLabs;
}
