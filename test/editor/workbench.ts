/** VS Code's workbench as a user sees it: files, commands, squiggles, the lightbulb, webviews. Waits for what it needs. */
import path from "node:path";
import type { Frame, Locator, Page } from "playwright-core";
import { screenshots } from "./launch.js";

export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens a file of the workspace through the quick open list. */
  async openFile(name: string): Promise<void> {
    await this.leaveWebview();
    await this.page.keyboard.press("ControlOrMeta+P");
    await this.pick(name, name);
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /** Runs a command through the command palette. */
  async run(title: string): Promise<void> {
    await this.leaveWebview();
    await this.page.keyboard.press("F1");
    await this.pick(title, `>${title}`);
  }

  /** Keys pressed inside a webview are the webview's: gives the focus back to the window. */
  private async leaveWebview(): Promise<void> {
    await this.page.evaluate("document.activeElement?.tagName === 'IFRAME' && document.activeElement.blur()");
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

  /** Types into the input box that asks for something, once it does: a list gives way to it a moment later. */
  async fill(prompt: string, text: string): Promise<void> {
    await this.page.locator(".quick-input-widget:visible", { hasText: prompt }).waitFor();
    await this.quickInput().fill(text);
  }

  /** Types into an input box and confirms. */
  async type(prompt: string, text: string): Promise<void> {
    await this.fill(prompt, text);
    await this.page.keyboard.press("Enter");
  }

  /** Squiggles of a severity in the active editor. */
  squiggles(severity: "error" | "warning" | "info" = "error"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** The lightbulb beside the cursor. */
  lightbulb(): Locator {
    return this.page.locator(".editor-instance [class*=light-bulb], .editor-instance [class*=lightbulb]").first();
  }

  /** Opens the hover at the cursor and gives its text. */
  async hover(): Promise<string> {
    await this.page.keyboard.press("ControlOrMeta+K");
    await this.page.keyboard.press("ControlOrMeta+I");
    const box = this.page.locator(".monaco-hover:visible", { hasText: "What the rule says" }).first();
    await box.waitFor();
    return (await box.textContent()) ?? "";
  }

  /** Entries of the Problems view, once one of them holds a text. */
  async problems(text: string): Promise<string[]> {
    const rows = this.page.locator(".markers-panel .monaco-list-row");
    await rows.filter({ hasText: text }).first().waitFor();
    return rows.allInnerTexts();
  }

  /** Saves the active editor, once an edit has reached it, and waits until it is clean. */
  async save(): Promise<void> {
    await this.page.locator(".tabs-container .tab.active.dirty").waitFor();
    await this.page.keyboard.press("ControlOrMeta+S");
    await this.page.locator(".tabs-container .tab.active:not(.dirty)").waitFor();
  }

  /** The language status, once it says a text. */
  status(text: string): Locator {
    return this.page.locator(`[id="status.languageStatus"][aria-label*="${text}"]`);
  }

  /** Closes menus, hovers, quick inputs and notifications that a test left. */
  async dismiss(): Promise<void> {
    for (let round = 0; round < 3; round++) await this.page.keyboard.press("Escape");
    await this.run("Notifications: Clear All Notifications");
  }

  /** Puts the cursor somewhere; both from 1. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+P");
    await this.quickInput().fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  }

  /** Opens the quick fix menu at the cursor and gives its entries. */
  async quickFixes(): Promise<string[]> {
    await this.page.keyboard.press("ControlOrMeta+.");
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

  /**
   * A notification with this text, in the notification centre: as toasts they go away by themselves, and a window without
   * focus shows none.
   */
  async notification(text: string): Promise<Locator> {
    const centre = this.page.locator(".notifications-center");
    const item = centre.locator(".notification-list-item", { hasText: text }).first();
    await this.page.locator('[id="status.notifications"][aria-label*="Notification"] .codicon-bell-dot').waitFor();
    if (!(await centre.isVisible())) await this.run("Notifications: Show Notifications");
    await item.waitFor();
    return item;
  }

  /** Saves a picture of the window under out/screenshots. */
  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: path.join(screenshots, `${name}.png`) });
  }
}
