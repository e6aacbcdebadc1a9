/** VS Code's workbench as a user sees it: files, commands, squiggles, the lightbulb, webviews. Waits for what it needs. */
import path from "node:path";
import type { Frame, Locator, Page } from "playwright-core";
import { screenshots } from "./launch.js";

export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens a file of the workspace through the quick open list. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+P");
    await this.pick(name, name);
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /** Runs a command through the command palette. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    await this.pick(title, `>${title}`);
  }

  /** Titles that the command palette has for a text. */
  async commands(text: string): Promise<string[]> {
    await this.page.keyboard.press("F1");
    await this.quickInput().fill(`>${text}`);
    await this.rows().filter({ hasText: text }).first().waitFor();
    const titles = await this.rows().locator(".label-name").allInnerTexts();
    await this.page.keyboard.press("Escape");
    return titles;
  }

  /** The box of the quick input that is open. */
  quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-box input");
  }

  rows(): Locator {
    return this.page.locator(".quick-input-widget:visible .quick-input-list .monaco-list-row");
  }

  /** Picks an entry of the quick input, typing first. */
  async pick(label: string, typed?: string): Promise<void> {
    const input = this.quickInput();
    await input.waitFor();
    if (typed !== undefined) await input.fill(typed);
    await this.rows().filter({ hasText: label }).first().click();
  }

  /** Types into the input box that is open and confirms. */
  async type(prompt: string, text: string): Promise<void> {
    await this.page.locator(".quick-input-widget:visible", { hasText: prompt }).waitFor();
    await this.quickInput().fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Squiggles of a severity in the active editor. */
  squiggles(severity: "error" | "warning" | "info" = "error"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** The whole text of the active editor, as the model has it. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press("Control+G");
    await this.quickInput().fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Opens the quick fix menu at the cursor and gives its entries. */
  async quickFixes(): Promise<string[]> {
    await this.page.keyboard.press("Control+.");
    const menu = this.page.locator(".action-widget .monaco-list-row.action");
    await menu.first().waitFor();
    return menu.allInnerTexts();
  }

  /** Chooses an entry of the quick fix menu that is open. */
  async chooseFix(title: string): Promise<void> {
    await this.page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first().click();
  }

  /** The frame of the webview that holds an element. */
  async webview(selector: string): Promise<Frame> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      for (const frame of this.page.frames()) {
        // A frame may go away while it is looked at.
        const found = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (found > 0) return frame;
      }
      if (Date.now() > deadline) throw new Error(`No webview holds ${selector}.`);
      await this.page.waitForEvent("framenavigated", { timeout: 500 }).catch(() => undefined);
    }
  }

  /** Notifications that are shown. */
  notification(text: string): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item", { hasText: text });
  }

  /** Saves a picture of the window under out/screenshots. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
}
