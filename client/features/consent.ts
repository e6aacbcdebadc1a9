/** Consent to scan a target that is not on this machine: asked once a host, remembered if the user wants so. */
import * as vscode from "vscode";
import { z } from "zod";
import type { ScanPlanMessage } from "../../server/lsp/protocol.js";

const KEY = "spillcheck.consents";
const hostsSchema = z.array(z.string()).catch([]);

export class Consents {
  constructor(private readonly memory: vscode.Memento) {}

  /** Whether the target may be scanned; asks where that is not known. */
  async ask(plan: ScanPlanMessage): Promise<boolean> {
    if (!plan.needsConsent || this.hosts().includes(plan.host)) return true;
    const scan: vscode.MessageItem = { title: "Scan" };
    const always: vscode.MessageItem = { title: "Scan and Remember This Host" };
    const where = plan.network === "private" ? "in a private network" : "in the public internet";
    const detail = [
      `The target is ${where}: scan it only if it is yours or you have been asked to.`,
      `Depth ${plan.depth}: at most ${plan.requests} requests and about ${plan.tokens.toLocaleString("en")} tokens, ` +
        `${plan.checks.length} checks, ${plan.probes.length} probes.`,
      ...plan.notes,
    ].join("\n\n");
    const choice = await vscode.window.showWarningMessage(
      `Scan ${plan.target}?`,
      { modal: true, detail },
      scan,
      always,
    );
    if (choice === always) await this.memory.update(KEY, [...this.hosts(), plan.host]);
    return choice !== undefined;
  }

  /** Forgets every remembered host. */
  async forget(): Promise<void> {
    await this.memory.update(KEY, undefined);
  }

  private hosts(): string[] {
    return hostsSchema.parse(this.memory.get(KEY) ?? []);
  }
}
