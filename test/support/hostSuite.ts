import * as fs from 'node:fs';
import * as path from 'node:path';
import { launchChromium } from './chromium';
import { playgroundFolder, repositoryRoot } from './paths';
import { missingForVscode, type VscodeVersion } from './peers';
import { startVscodeServer } from './vscodeServer';

/** The suite that runs inside the extension host, as esbuild.js bundles it. */
export const hostSuiteModule = path.join(repositoryRoot, 'dist/test/host/index.js');

/** Where mocha's reporter leaves its counts; the extension host inherits it. */
const reportVariable = 'MQTT_WORKBENCH_REPORT';

const limitMinutes = 4;

/**
 * Runs the suite inside the extension host of VS Code's server and prints what it prints. Resolves with its exit code.
 * @param report File that receives the counts.
 */
async function runHostSuite(report: string, version: VscodeVersion = 'newest'): Promise<number> {
  const server = await startVscodeServer({
    version,
    extension: 'none',
    inHostTests: true,
    environment: { [reportVariable]: report },
  });
  try {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.exposeFunction('codeAutomationLog', (_type: string, parts: readonly unknown[]) => {
        // VS Code's own messages come the same way; mocha's reporter indents its lines.
        const text = parts.map(String).join(' ');
        if (text.startsWith('  ')) console.log(text);
      });
      const exit = new Promise<number>((resolve, reject) => {
        page.on('crash', () => reject(new Error('The page crashed')));
        page.exposeFunction('codeAutomationExit', resolve).catch(reject);
        const silent = `The extension host did not answer within ${limitMinutes} minutes:\n${server.output()}`;
        setTimeout(() => reject(new Error(silent)), limitMinutes * 60_000).unref();
      });
      await page.goto(
        server.address({
          workspace: playgroundFolder,
          tests: { module: hostSuiteModule, extension: repositoryRoot },
        }),
      );
      return await exit;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

async function main(): Promise<void> {
  const report = process.env[reportVariable] ?? path.join(repositoryRoot, '.cache/reports/host.json');
  const missing = missingForVscode('newest');
  if (missing === undefined) {
    process.exitCode = await runHostSuite(report);
    return;
  }
  const skipped = process.env['CI'] ? 0 : 1;
  console.log(`  ${skipped ? 'skipped' : 'failed'}: the suite inside the extension host: ${missing}`);
  fs.writeFileSync(report, JSON.stringify({ passed: 0, failed: 1 - skipped, skipped }));
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
