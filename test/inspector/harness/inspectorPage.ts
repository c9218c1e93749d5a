import { createHash } from 'node:crypto';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
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

const plainTheme = { '--vscode-font-size': '13px', '--vscode-font-family': 'sans-serif' };
const fixedFont = { '--vscode-editor-font-family': 'monospace', '--vscode-editor-font-size': '14px' };

/** Serves what the bundler makes of media/inspector on a port of 127.0.0.1. */
export class InspectorSite {
  private constructor(
    private readonly server: http.Server,
    private readonly browser: Browser,
    private readonly hostScript: string,
  ) {}

  static async start(): Promise<InspectorSite> {
    const file = (...names: string[]): string => path.join(repositoryRoot, ...names);
    const common = { bundle: true, write: false, target: 'es2022', logLevel: 'error' } as const;
    const view = await build({
      ...common,
      entryPoints: { main: file('media/inspector/main.ts') },
      format: 'esm',
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
        response.writeHead(200, { 'content-type': type });
        response.end(body);
      };
      const found = served.get(address);
      if (address === '/') send('text/html', page(`http://${request.headers.host ?? ''}`));
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

  async open(options: InspectorPageOptions = {}): Promise<InspectorPage> {
    const { width = 1200, height = 760, theme = plainTheme, bodyClass = 'vscode-dark' } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      bypassCSP: options.withoutPolicy ?? false,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    await page.addInitScript({ content: this.hostScript });
    if (options.before !== undefined) await page.addInitScript({ content: options.before });
    await page.addInitScript(
      ([tokens, className]) => {
        document.addEventListener('DOMContentLoaded', () => {
          for (const [name, value] of Object.entries(tokens))
            document.documentElement.style.setProperty(name, value);
          document.body.className = className;
        });
      },
      [{ ...fixedFont, ...theme }, bodyClass] as const,
    );
    await page.goto(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
    return {
      page,
      errors,
      host: async (action, argument) => {
        const harness = await page.evaluateHandle(
          () => (globalThis as unknown as { harness: Harness }).harness,
        );
        return harness.evaluate(action as never, argument) as never;
      },
      close: () => context.close(),
    };
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
