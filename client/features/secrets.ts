/** Secrets of endpoints, in the editor's own store; never in a file, a setting or a log. */
import * as vscode from "vscode";
import { z } from "zod";

const NAMES = "spillcheck.secretNames";
const namesSchema = z.array(z.string()).catch([]);

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
   * @param whose the identity that it belongs to, where that is not the first
   * @returns undefined when the user gave none
   */
  async get(endpoint: string, what: string, whose?: string): Promise<string | undefined> {
    const name = `spillcheck.secret:${endpoint}${whose === undefined ? "" : ` (${whose})`}`;
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
    await this.storage.store(name, given);
    await this.memory.update(NAMES, [...new Set([...this.names(), name])]);
    return given;
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
