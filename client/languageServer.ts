/** The language server's process as the client sees it: started, restarted, asked. */
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  ProgressType,
  ResponseError,
  RevealOutputChannelOn,
  type ServerOptions,
  TransportKind,
} from "vscode-languageclient/node";
import type { z } from "zod";
import type { ScanSecrets } from "../server/lsp/protocol.js";
import { STATUS, type Status, statusSchema } from "../server/lsp/protocol.js";
import { KEY_VARIABLE, newChannelKey, sealSecrets } from "../server/lsp/sealing.js";

/** Where documents lie that the server can check. Not: the read-only sides of a comparison, output channels. */
const schemes = ["file", "untitled", "vscode-vfs", "vscode-remote"];

/** What is sent to the server: Python, the settings file, and files in which a debug mode can be switched on. */
export const documentSelector = schemes.flatMap((scheme) => [
  { scheme, language: "python" },
  { scheme, pattern: "**/.spillcheck.yaml" },
  { scheme, pattern: "**/{.env,.env.*,.flaskenv}" },
  { scheme, pattern: "**/{Dockerfile,Dockerfile.*,*.Dockerfile}" },
  { scheme, pattern: "**/*compose*.{yaml,yml}" },
]);

/** A crash more often than this within `CRASH_WINDOW` ms ends the restarts. */
const MAX_CRASHES = 4;
const CRASH_WINDOW = 180_000;

/** An answer of the server that says in one sentence what went wrong. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    readonly kind: string,
  ) {
    super(message);
  }
}

export class LanguageServer implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly key = newChannelKey();
  private readonly statusEmitter = new vscode.EventEmitter<Status>();
  /** Fires when the server says how it is, and when it stops. */
  readonly onStatus = this.statusEmitter.event;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Starts the server; one that runs is left alone. What goes wrong is shown by the status item. */
  async start(): Promise<void> {
    if (this.client) return;
    const client = new LanguageClient("spillcheck", "SpillCheck", this.serverOptions(), this.clientOptions());
    this.client = client;
    client.onNotification(STATUS, (params: unknown) => {
      const status = statusSchema.safeParse(params);
      if (status.success) this.statusEmitter.fire(status.data);
    });
    this.statusEmitter.fire({ state: "checking", message: "Starting ...", details: [] });
    try {
      await client.start();
    } catch (error) {
      this.log.error(`The language server could not be started: ${String(error)}`);
      this.statusEmitter.fire({ state: "error", message: "The language server could not be started.", details: [] });
      if (this.client === client) this.client = undefined;
    }
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose().catch((error: unknown) => this.log.warn(`The server did not end properly: ${error}`));
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /**
   * Sends a request and parses the answer.
   *
   * @throws RequestFailed with a sentence for the user; `vscode.CancellationError` when it was cancelled
   */
  async request<T>(
    method: string,
    params: unknown,
    answer: z.ZodType<T>,
    token?: vscode.CancellationToken,
  ): Promise<T> {
    await this.start();
    const client = this.client;
    if (!client) throw new RequestFailed("SpillCheck's language server is not running.", "stopped");
    try {
      const raw: unknown = await (token
        ? client.sendRequest<unknown>(method, params, token)
        : client.sendRequest<unknown>(method, params));
      return answer.parse(raw);
    } catch (error) {
      if (token?.isCancellationRequested) throw new vscode.CancellationError();
      if (error instanceof ResponseError) {
        const kind: unknown = error.data?.kind;
        throw new RequestFailed(error.message, typeof kind === "string" ? kind : "fault");
      }
      throw error;
    }
  }

  /** Listens to `$/progress` under a token of the client's own. */
  onProgress(token: string, listener: (value: unknown) => void): vscode.Disposable {
    return this.client?.onProgress(new ProgressType<unknown>(), token, listener) ?? new vscode.Disposable(() => {});
  }

  /** Seals secrets for a request. */
  seal(secrets: ScanSecrets): string {
    return sealSecrets(this.key, secrets);
  }

  dispose(): void {
    void this.stop();
    this.statusEmitter.dispose();
  }

  private serverOptions(): ServerOptions {
    const module = this.context.asAbsolutePath("dist/server.js");
    const options = { env: { ...process.env, [KEY_VARIABLE]: this.key } };
    return {
      run: { module, transport: TransportKind.ipc, options },
      debug: {
        module,
        transport: TransportKind.ipc,
        options: { ...options, execArgv: ["--nolazy", "--inspect=6019"] },
      },
    };
  }

  private clientOptions(): LanguageClientOptions {
    return {
      documentSelector,
      diagnosticCollectionName: "spillcheck",
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationOptions: { trusted: vscode.workspace.isTrusted },
      initializationFailedHandler: () => false,
      errorHandler: this.errorHandler(),
      markdown: { isTrusted: false, supportHtml: false },
    };
  }

  /** Restarts after a crash, without a message in the user's way; gives up when it keeps crashing. */
  private errorHandler(): ErrorHandler {
    const crashes: number[] = [];
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const now = Date.now();
        crashes.push(now);
        while ((crashes[0] ?? now) < now - CRASH_WINDOW) crashes.shift();
        if (crashes.length <= MAX_CRASHES) {
          this.log.warn("The language server ended unexpectedly and is started again.");
          return { action: CloseAction.Restart, handled: true };
        }
        this.log.error(`The language server ended ${crashes.length} times within three minutes and stays down.`);
        this.client = undefined;
        const message = "The language server keeps ending. Restart it, or see the output.";
        this.statusEmitter.fire({ state: "error", message, details: [] });
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }
}
