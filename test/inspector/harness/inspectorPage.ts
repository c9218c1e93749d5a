import { createHash } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { inspectorHtml } from '../../../src/ui/inspector/inspectorHtml';
import { launchChromium } from '../../support/chromium';
import { repositoryRoot } from '../../support/paths';
import type { Harness } from './page';

/** The inspector's page in Chromium, as VS Code would show it, with the host played by page.ts. */
export interface InspectorPage {
  readonly page: Page;
  /** Errors of scripts and of the Content Security Policy. */
  readonly errors: readonly string[];
  /** Runs something on the host's side. */
  readonly host: <T, A>(action: (harness: Harness, argument: A) => T | Promise<T>, argument: A) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface InspectorPageOptions {
  readonly width?: number;
  readonly height?: number;
  /** CSS custom properties of the root element: VS Code's theme tokens. */
  readonly theme?: Readonly<Record<string, string>>;
  readonly bodyClass?: string;
  /** Lets in what a test itself brings into the page, such as axe-core. */
  readonly withoutPolicy?: boolean;
  /** Runs in the page after the host has been played into it and before the page's own script. */
  readonly before?: string;
}

/** An event of Chromium's trace; times are in microseconds, `tts` and `tdur` those for which its thread had a processor. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly tts?: number;
  readonly tdur?: number;
  readonly pid: number;
  readonly tid: number;
}

/** The theme tokens of the root element and the class of the body. */
type Look = readonly [tokens: Readonly<Record<string, string>>, bodyClass: string];

const plainTheme = { '--vscode-font-size': '13px', '--vscode-font-family': 'sans-serif' };
const fixedFont = { '--vscode-editor-font-family': 'monospace', '--vscode-editor-font-size': '14px' };

/** Serves what the bundler makes of media/inspector on a port of 127.0.0.1. */
export class InspectorSite {
  /** Pages that nobody uses, by whether they are without the Content Security Policy. */
  private readonly resting = new Map<boolean, Page>();

  private constructor(
    private readonly server: http.Server,
    private readonly browser: Browser,
    private readonly hostScript: string,
  ) {}

  /** @param asShipped whether the page's script is minified, as in the extension that people install; else errors name its lines */
  static async start(asShipped = false): Promise<InspectorSite> {
    const file = (...names: string[]): string => path.join(repositoryRoot, ...names);
    const common = { bundle: true, write: false, target: 'es2022', logLevel: 'error' } as const;
    const view = await build({
      ...common,
      entryPoints: { main: file('media/inspector/main.ts') },
      format: 'esm',
      minify: asShipped,
      outdir: 'out',
    });
    const host = await build({
      ...common,
      entryPoints: [file('test/inspector/harness/page.ts')],
      format: 'iife',
    });
    const served = new Map(
      view.outputFiles.map(({ path: name, contents }) => [
        `/inspector/${path.basename(name)}`,
        Buffer.from(contents),
      ]),
    );
    const server = http.createServer((request, response) => {
      const address = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
      const codicons = /^\/codicons\/(codicon\.(?:css|ttf))$/.exec(address)?.[1];
      const send = (type: string, body: Buffer | string): void => {
        response.writeHead(200, { 'content-type': type, 'cache-control': 'max-age=3600' });
        response.end(body);
      };
      const found = served.get(address);
      if (address === '/') send('text/html', page(`http://${request.headers.host ?? ''}`));
      else if (address === '/empty') send('text/html', '<!doctype html><title>Empty</title>');
      else if (found) send(address.endsWith('.css') ? 'text/css' : 'text/javascript', found);
      else if (codicons !== undefined) {
        void readCodicon(codicons).then((body) =>
          send(codicons.endsWith('css') ? 'text/css' : 'font/ttf', body),
        );
      } else {
        // Without the page's policy the browser asks for an icon of its own accord.
        response.writeHead(address === '/favicon.ico' ? 204 : 404);
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hostScript = host.outputFiles[0]?.text ?? '';
    return new InspectorSite(server, await launchChromium(), hostScript);
  }

  /**
   * Shows the inspector. Its page is used again once it is closed: to start a new one takes longer than most tests do. Of
   * one inspector nothing is left for the next.
   */
  async open(options: InspectorPageOptions = {}): Promise<InspectorPage> {
    const { width = 1200, height = 760, theme = plainTheme, bodyClass = 'vscode-dark' } = options;
    const bypassCSP = options.withoutPolicy ?? false;
    // What runs before the page's own script runs before every one that the page loads.
    const page =
      (options.before === undefined && this.resting.get(bypassCSP)) || (await this.start(bypassCSP));
    this.resting.delete(bypassCSP);
    await page.setViewportSize({ width, height });
    if (options.before !== undefined) await page.addInitScript({ content: options.before });
    const errors: string[] = [];
    const thrown = (error: Error): void => void errors.push(error.message);
    const printed = (message: ConsoleMessage): void => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    };
    page.on('pageerror', thrown).on('console', printed);
    const look: Look = [{ ...fixedFont, ...theme }, bodyClass];
    await page.evaluate((text) => sessionStorage.setItem('look', text), JSON.stringify(look));
    await page.goto(this.origin);
    return {
      page,
      errors,
      host: async (action, argument) => {
        const harness = await page.evaluateHandle(
          () => (globalThis as unknown as { harness: Harness }).harness,
        );
        return harness.evaluate(action as never, argument) as never;
      },
      close: async () => {
        page.off('pageerror', thrown).off('console', printed);
        if (options.before !== undefined || this.resting.has(bypassCSP)) return page.context().close();
        await this.rest(page);
        this.resting.set(bypassCSP, page);
      },
    };
  }

  private async start(bypassCSP: boolean): Promise<Page> {
    const context = await this.browser.newContext({ bypassCSP });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.addInitScript({ content: `if (location.pathname === '/') { ${this.hostScript} }` });
    await page.addInitScript(() => {
      if (location.pathname !== '/') return;
      document.addEventListener('DOMContentLoaded', () => {
        const [tokens, className] = JSON.parse(sessionStorage.getItem('look') ?? '[{}, ""]') as Look;
        for (const [name, value] of Object.entries(tokens))
          document.documentElement.style.setProperty(name, value);
        document.body.className = className;
      });
    });
    await this.rest(page);
    return page;
  }

  /** Leaves the inspector for an empty document of the same site, which clears what the inspector kept. */
  private async rest(page: Page): Promise<void> {
    await page.goto(`${this.origin}/empty`);
    await page.evaluate(() => (sessionStorage.clear(), localStorage.clear()));
    await page.mouse.move(-1, -1);
  }

  private get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Records what the browser's main thread does meanwhile. Resolves with the events of its trace. */
  async trace(page: Page, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
    await this.browser.startTracing(page, { categories: ['devtools.timeline', 'blink.user_timing'] });
    await work();
    const trace = await this.browser.stopTracing();
    return (JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }).traceEvents;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function readCodicon(name: string): Promise<Buffer> {
  const { readFile } = await import('node:fs/promises');
  return readFile(path.join(repositoryRoot, 'node_modules/@vscode/codicons/dist', name));
}

function page(origin: string): string {
  return inspectorHtml({
    script: `${origin}/inspector/main.js`,
    style: `${origin}/inspector/main.css`,
    codicons: `${origin}/codicons/codicon.css`,
    cspSource: origin,
    nonce: createHash('sha256').update(origin).digest('hex'),
  });
}
