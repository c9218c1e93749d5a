import * as fs from 'node:fs';
import * as path from 'node:path';
import {
  type Browser,
  type BrowserContext,
  errors,
  type FrameLocator,
  type Locator,
  type Page,
} from 'playwright-core';
import { launchChromium } from './chromium';
import { gesture, OverlayGone, persist } from './gesture';
import { cacheFolder } from './paths';
import { press } from './press';
import { QuickInput } from './quickInput';
import { keepSecrets } from './secretKey';
import { TextEditor } from './textEditor';
import { type Theme, themeClasses, themeNames } from './themes';
import {
  startVscodeServer,
  userSettings,
  type VscodeServer,
  type VscodeServerOptions,
  type WorkbenchAddress,
} from './vscodeServer';
import { ViewPane } from './viewPane';

/** How long a notification may take to appear as a toast before it is looked for among those that went, in milliseconds. */
const toastTime = 15_000;

const defaultViewport = { width: 1280, height: 800 };

export interface PageOptions {
  /** Folder of `.cache/screenshots` this suite's pictures go to. */
  readonly suite: string;
  /** CSS pixels; default 1280 by 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface WorkbenchOptions extends PageOptions, VscodeServerOptions, WorkbenchAddress {}

/** VS Code in Chromium, used as a person would: by what is visible, with mouse and keyboard. */
export class Workbench {
  private readonly pageErrors: string[] = [];
  private startedServer: VscodeServer | undefined;
  private workspace: string | undefined;

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private suite: string,
  ) {
    page.on('pageerror', (error) => this.pageErrors.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (/Activating extension '.*' failed/.test(message.text())) this.pageErrors.push(message.text());
    });
  }

  /** Starts server and browser and waits until the workbench takes input. Every `open` needs its `close`. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const server = await startVscodeServer(options);
    try {
      const workbench = await Workbench.visit(server.address(options), options, keepSecrets);
      workbench.startedServer = server;
      workbench.workspace = options.workspace;
      return workbench;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Starts a browser on a workbench that somebody else serves. */
  static async visit(
    address: string,
    options: PageOptions,
    prepare?: (context: BrowserContext) => Promise<void>,
  ): Promise<Workbench> {
    const browser = await launchChromium();
    try {
      const context = await browser.newContext({
        viewport: options.viewport ?? defaultViewport,
        permissions: ['clipboard-read', 'clipboard-write'],
        reducedMotion: 'reduce',
      });
      await prepare?.(context);
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const workbench = new Workbench(page, browser, options.suite);
      await page.goto(address);
      await workbench.ready();
      return workbench;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** The server that `open` started. */
  get server(): VscodeServer {
    if (this.startedServer === undefined) throw new Error('Somebody else serves this workbench');
    return this.startedServer;
  }

  /** Resolves once the workbench is drawn and its extension host answers. */
  async ready(): Promise<void> {
    await this.page
      .locator('.monaco-workbench .activitybar .action-item')
      .first()
      .waitFor({ timeout: 60_000 });
    await this.page.locator('.statusbar-item').first().waitFor();
  }

  /** Makes it another suite's: without the tabs that the last one left, and with exactly these user settings. */
  async handOver({ suite, viewport }: PageOptions, settings: VscodeServerOptions['settings']): Promise<void> {
    await this.runCommand('View: Close All Editors');
    this.suite = suite;
    await this.page.setViewportSize(viewport ?? defaultViewport);
    fs.writeFileSync(this.server.settingsFile, userSettings(settings));
    await this.reload();
  }

  /** Reloads the window through its command, so that VS Code stores its state first. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
    await this.runCommand('Developer: Reload Window');
    await loaded;
    await this.ready();
  }

  /** Uncaught errors of the page so far, workbench and webviews together, and extensions that failed to activate. */
  errors(): readonly string[] {
    return this.pageErrors;
  }

  /** Opens a container of the activity bar by its title; opening an open one leaves it open. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-item a.action-label[aria-label^="${title}"]`).first();
    await tab.waitFor({ timeout: 30_000 });
    const shown = this.page.locator('.sidebar .composite.title:visible', {
      hasText: new RegExp(escaped(title), 'i'),
    });
    const open = this.page
      .locator(`.activitybar .action-item.checked a.action-label[aria-label^="${title}"]`)
      .or(shown)
      .first();
    // A press hides a container that a reload brings back in the same moment, so it may take a second one; but one that is
    // only slow to be drawn must not be pressed again.
    await persist(async (timeout) => {
      if (!(await open.isVisible())) await tab.click({ timeout });
      await shown.waitFor({ timeout });
      return true;
    });
  }

  /** A view of the open container, by its title. */
  view(title: string): ViewPane {
    return new ViewPane(this.page, title);
  }

  /** The quick input: palette, picks and input boxes. */
  get quickInput(): QuickInput {
    return new QuickInput(this.page);
  }

  /** The text editor that shows a file, by the name on its tab; it has to be open. */
  editor(fileName: string): TextEditor {
    return new TextEditor(this.page, fileName);
  }

  /** Runs a command by its full title in the palette, such as `MQTT: Publish`. */
  async runCommand(title: string): Promise<void> {
    await gesture(async () => {
      const palette = await this.openPalette();
      await palette.type(`>${title}`);
      // It has the commands that there were when it opened; after a reload those of an extension come a little later.
      if (!(await palette.offers(title))) {
        await palette.cancel();
        throw new OverlayGone(`The palette has no "${title}"`);
      }
      await palette.choose(title);
    });
  }

  /** Opens a file, by its absolute path or its path in the workspace, through the open dialog; returns its editor. */
  async openFile(file: string): Promise<TextEditor> {
    await this.runCommand('File: Open File...');
    const input = this.quickInput;
    // The dialog puts its own folder into the box before it lists it.
    await input.waitForLabel('..');
    await input.type(path.resolve(this.workspace ?? '/', file));
    await input.accept();
    await input.waitClosed();
    const editor = this.editor(path.basename(file));
    await editor.waitOpen();
    return editor;
  }

  /** Titles of the open editors' tabs, in order. */
  tabs(): Promise<string[]> {
    const tabs = this.page.locator('.tabs-container .tab');
    return tabs.evaluateAll((all) => all.map((tab) => tab.getAttribute('aria-label') ?? ''));
  }

  /** Brings a tab to the front. */
  async showTab(title: string): Promise<void> {
    await this.tab(title).click();
  }

  async closeTab(title: string): Promise<void> {
    const tab = this.tab(title);
    await tab.hover();
    await tab.locator('.tab-actions .codicon-close, .tab-actions .action-label').first().click();
    await tab.waitFor({ state: 'detached' });
  }

  /**
   * The document inside a visible webview of an extension (Playwright pierces both iframes, also after a reload).
   * With several visible, `index` counts them in the order of the document.
   */
  webview(extensionId = 'mqtt-workbench.mqtt-workbench', index = 0): FrameLocator {
    return this.page
      .locator(`iframe.webview.ready[src*="extensionId=${extensionId}"]:visible`)
      .nth(index)
      .contentFrame()
      .frameLocator('#active-frame');
  }

  /** Texts of the notifications that are visible as toasts, newest first. */
  notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
  }

  /**
   * A notification whose text contains or matches `text`; waits for it. One that came a while ago is no longer a toast but
   * in the list of notifications, which is opened then.
   */
  async notification(text: string | RegExp): Promise<Locator> {
    const told = this.page
      .locator('.notifications-toasts, .notifications-center')
      .locator('.notification-list-item', { hasText: text })
      .first();
    try {
      await told.waitFor({ timeout: toastTime });
    } catch (error) {
      if (!(error instanceof errors.TimeoutError)) throw error;
      await this.runCommand('Notifications: Show Notifications');
      await told.waitFor();
    }
    return told;
  }

  /** Presses a button of the notification that contains `text`. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    const hearing = { event: 'click', selector: '.notification-list-item .monaco-button' } as const;
    await persist(async (timeout) => {
      const told = await this.notification(text);
      // Its buttons move while it slides in.
      await told.hover({ timeout });
      return press(this.page, told.getByRole('button', { name: button, exact: true }), { hearing, timeout });
    });
  }

  /** Dismisses every notification. */
  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    const left = this.page.locator('.notifications-toasts, .notifications-center');
    await left.locator('.notification-list-item').first().waitFor({ state: 'detached' });
  }

  /** The text of the open modal dialog; waits for it. */
  async dialog(): Promise<string> {
    return (await this.page.locator('.monaco-dialog-box .dialog-message-container').textContent()) ?? '';
  }

  async answerDialog(button: string): Promise<void> {
    const box = this.page.locator('.monaco-dialog-box');
    await box.getByRole('button', { name: button, exact: true }).click();
    await box.waitFor({ state: 'detached' });
  }

  /** Texts of the status bar's visible items, left to right. */
  async statusBar(): Promise<string[]> {
    const texts = await this.page.locator('.statusbar-item:visible').allTextContents();
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Waits until an item of the status bar has a text that matches `text`. */
  async waitForStatus(text: string | RegExp): Promise<void> {
    await this.page.locator('.statusbar-item:visible', { hasText: text }).first().waitFor();
  }

  /** Presses the status bar item whose text contains `text`. */
  async pressStatusBar(text: string): Promise<void> {
    await this.page.locator('.statusbar-item:visible', { hasText: text }).first().click();
  }

  /** What the system clipboard holds as text. */
  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  async setTheme(theme: Theme): Promise<void> {
    const names = themeNames[theme];
    await gesture(async () => {
      await this.runCommand('Preferences: Color Theme');
      await this.quickInput.waitFor('Color Theme');
      await this.quickInput.type(names[0] ?? '');
      await this.quickInput.chooseOneOf(names);
    });
    await this.page.locator(`.monaco-workbench.${themeClasses[theme]}`).waitFor();
  }

  /** Leaves `.cache/screenshots/<suite>/<name>.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(cacheFolder, 'screenshots', this.suite, `${name}.png`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    // Menus and pickers fade in: a picture shows them as they are then.
    await this.page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.startedServer?.stop();
  }

  /** A key that is pressed while VS Code is still busy with something else may be lost. */
  private async openPalette(): Promise<QuickInput> {
    const palette = new QuickInput(this.page, 'input[placeholder*="command"]');
    await persist(async (timeout) => {
      await this.page.keyboard.press('F1');
      return palette.opens(2 * timeout);
    });
    return palette;
  }

  private tab(title: string): Locator {
    return this.page.locator(
      `.tabs-container .tab[aria-label="${title}"], .tabs-container .tab[aria-label^="${title}, "]`,
    );
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
