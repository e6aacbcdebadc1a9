/** Secrets of endpoints, in the editor's own store; never in a file, a setting or a log. */
import * as vscode from "vscode";
import { z } from "zod";

const NAMES = "spillcheck.secretNames";
const namesSchema = z.array(z.string()).catch([]);

/** The part of an address that a secret belongs to: the origin and the path. */
export function placeOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** Under which name the store has a secret. */
function nameOf(endpoint: string, whose: string | undefined): string {
  return `spillcheck.secret:${endpoint}${whose === undefined ? "" : ` (${whose})`}`;
}

export class Secrets {
  constructor(
    private readonly storage: vscode.SecretStorage,
    /** Holds which secrets there are, since the store cannot be listed. */
    private readonly memory: vscode.Memento,
  ) {}

  /**
   * The secret for an endpoint; asked for when there is none yet.
   *
   * @param endpoint the origin and path that it belongs to
   * @param what words for the input box ("Bearer token")
   * @param whose the identity or the header that it belongs to, where that is not the first identity
   * @returns undefined when the user gave none
   */
  async get(endpoint: string, what: string, whose?: string): Promise<string | undefined> {
    const name = nameOf(endpoint, whose);
    const known = await this.storage.get(name);
    if (known) return known;
    const given = await vscode.window.showInputBox({
      title: `SpillCheck: ${what}`,
      prompt: `${what}${whose === undefined ? "" : ` of ${whose}`} for ${endpoint}. It is kept in the editor's secret store.`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === "" ? "Type the secret, or press Escape." : undefined),
    });
    if (!given) return undefined;
    await this.keep(given, endpoint, whose);
    return given;
  }

  /** Keeps a secret in place of the one that is known. @param whose as in `get` */
  async keep(secret: string, endpoint: string, whose?: string): Promise<void> {
    const name = nameOf(endpoint, whose);
    await this.storage.store(name, secret);
    await this.memory.update(NAMES, [...new Set([...this.names(), name])]);
  }

  /** Forgets every secret. */
  async forget(): Promise<void> {
    for (const name of this.names()) await this.storage.delete(name);
    await this.memory.update(NAMES, undefined);
  }

  private names(): string[] {
    return namesSchema.parse(this.memory.get(NAMES) ?? []);
  }
}
