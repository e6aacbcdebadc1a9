/** VS Code's workbench as a user sees it: files, commands, squiggles, the lightbulb, webviews. Waits for what it needs. */
import path from "node:path";
import type { Frame, Locator, Page } from "playwright-core";
import { screenshots, WAIT_LIMIT } from "./launch.js";

/** Longest time for a palette to be opened and used, over all tries, in milliseconds. */
const PALETTE_LIMIT = 90_000;
/** Longest wait for what a key brings before the key is pressed again, in milliseconds. */
const TRY_LIMIT = 8_000;

export class Workbench {
  constructor(readonly page: Page) {}

  /** Opens a file of the workspace through the quick open list. */
  async openFile(name: string): Promise<void> {
    await this.inPalette("ControlOrMeta+P", (timeout) => this.pick(name, name, timeout));
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /** Runs a command through the command palette. */
  async run(title: string): Promise<void> {
    await this.inPalette("F1", (timeout) => this.pick(title, `>${title}`, timeout));
  }

  /**
   * Opens the palette by its key and does something in it. Where that could not be done it is tried afresh, as a user would:
   * a window that still loads drops keys and closes a palette of its own accord. What the extension asks is never asked twice.
   *
   * @param work is given its longest time in milliseconds; it must leave nothing half done when it throws
   */
  private async inPalette<T>(key: string, work: (timeout: number) => Promise<T>): Promise<T> {
    const deadline = Date.now() + PALETTE_LIMIT;
    for (;;) {
      await this.closeQuickInput();
      await this.page.keyboard.press(key);
      try {
        await this.quickInput().waitFor({ timeout: TRY_LIMIT });
        return await work(TRY_LIMIT);
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
  }

  /** Closes the quick input that is open, if one is. */
  private async closeQuickInput(): Promise<void> {
    await this.leaveWebview();
    const widget = this.page.locator(".quick-input-widget");
    for (let round = 0; round < 5 && (await widget.isVisible()); round++) {
      await this.page.keyboard.press("Escape");
      await widget.waitFor({ state: "hidden", timeout: 2_000 }).catch(() => undefined);
    }
  }

  /** Keys pressed inside a webview are the webview's: gives the focus back to the window. */
  private async leaveWebview(): Promise<void> {
    await this.page.evaluate("document.activeElement?.tagName === 'IFRAME' && document.activeElement.blur()");
  }

  /** Titles that the command palette has for a text. */
  async commands(text: string): Promise<string[]> {
    const titles = await this.inPalette("F1", async (timeout) => {
      await this.quickInput().fill(`>${text}`, { timeout });
      await this.rows().filter({ hasText: text }).first().waitFor({ timeout });
      return this.rows().locator(".label-name").allInnerTexts();
    });
    await this.closeQuickInput();
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
  async pick(label: string, typed?: string, timeout: number = WAIT_LIMIT): Promise<void> {
    const input = this.quickInput();
    await input.waitFor({ timeout });
    if (typed !== undefined) await input.fill(typed, { timeout });
    await this.rows().filter({ hasText: label }).first().click({ timeout });
  }

  /** Types into the input box that asks for something, once it does: a list gives way to it a moment later. */
  async fill(prompt: string, text: string): Promise<void> {
    await this.page.locator(".quick-input-widget:visible", { hasText: prompt }).waitFor();
    await this.quickInput().fill(text);
  }

  /** Types into an input box and confirms. */
  async type(prompt: string, text: string): Promise<void> {
    await this.fill(prompt, text);
    await this.quickInput().press("Enter");
  }

  /** Squiggles of a severity in the active editor. */
  squiggles(severity: "error" | "warning" | "info" = "error"): Locator {
    return this.page.locator(`.editor-instance .squiggly-${severity}`);
  }

  /** Waits for the lightbulb beside the cursor, which it may move to the right: that is when the editor looks for fixes. */
  async lightbulb(): Promise<void> {
    const bulb = this.page.locator(".editor-instance [class*=light-bulb], .editor-instance [class*=lightbulb]").first();
    await this.untilShown(bulb, () => this.page.keyboard.press("ArrowRight"));
  }

  /** Opens the hover at the cursor and gives its text. */
  async hover(): Promise<string> {
    const box = this.page.locator(".monaco-hover:visible", { hasText: "What the rule says" }).first();
    await this.untilShown(box, async () => {
      await this.page.keyboard.press("ControlOrMeta+K");
      await this.page.keyboard.press("ControlOrMeta+I");
    });
    return (await box.textContent()) ?? "";
  }

  /**
   * Asks the editor for something until it is shown. It drops the question of its own accord when findings arrive at the same
   * moment, when it looks for fixes by itself (a moment after the cursor moved), or while the window has no focus.
   */
  private async untilShown(wanted: Locator, ask: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + WAIT_LIMIT;
    for (;;) {
      await ask();
      try {
        return await wanted.waitFor({ timeout: TRY_LIMIT });
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
    }
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
    await this.leaveWebview();
    for (let round = 0; round < 3; round++) await this.page.keyboard.press("Escape");
    await this.run("Notifications: Clear All Notifications");
  }

  /** Puts the cursor somewhere, and the focus into the editor; both from 1. */
  async goToLine(line: number, column = 1): Promise<void> {
    await this.inPalette("ControlOrMeta+P", async (timeout) => {
      await this.quickInput().fill(`:${line}:${column}`, { timeout });
      // Before the list has read the number there is nothing that Enter would take.
      await this.rows()
        .filter({ hasText: `line ${line}` })
        .first()
        .waitFor({ timeout });
      await this.quickInput().press("Enter", { timeout });
      await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout });
    });
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Opens the quick fix menu at the cursor and gives its entries. */
  async quickFixes(): Promise<string[]> {
    const menu = this.page.locator(".action-widget .monaco-list-row.action");
    await this.untilShown(menu.first(), () => this.page.keyboard.press("ControlOrMeta+."));
    return menu.allInnerTexts();
  }

  /** Chooses an entry of the quick fix menu that is open. */
  async chooseFix(title: string): Promise<void> {
    await this.page.locator(".action-widget .monaco-list-row.action", { hasText: title }).first().click();
  }

  /** The frame of the webview that holds an element. */
  async webview(selector: string): Promise<Frame> {
    const deadline = Date.now() + WAIT_LIMIT;
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
