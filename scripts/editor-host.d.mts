/** Types of `editor-host.mjs` for the tests in TypeScript. */
export interface Host {
  /** Node binary that runs VS Code's server. */
  node: string;
  /** Its `lib/vscode` folder. */
  vscode: string;
}

export interface Server {
  port: number;
  /** Lines that the server wrote. */
  output: string[];
  stop(): Promise<void>;
}

type Log = (line: string) => void;

export const repository: string;
export function cacheFolder(): string;
export function ensureHost(log?: Log): Promise<Host>;
export function systemChromium(): string | undefined;
export function ensureChromium(log?: Log): Promise<{ path: string; args: string[] }>;
export function startServer(
  host: Host,
  options?: { trust?: boolean; extensions?: string; environment?: Record<string, string> },
): Promise<Server>;
export function workbenchUrl(port: number, folder: string, extension?: string, tests?: string): string;
