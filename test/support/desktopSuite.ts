// `npm run test:desktop`: the suite inside the extension host of a desktop VS Code, which is VSCODE_PATH or downloaded.
import { runTests } from '@vscode/test-electron';
import { hostSuiteModule } from './hostSuite';
import { playgroundFolder, repositoryRoot } from './paths';

async function main(): Promise<void> {
  const executable = process.env['VSCODE_PATH'];
  process.exitCode = await runTests({
    ...(executable !== undefined && { vscodeExecutablePath: executable }),
    cachePath: `${repositoryRoot}/.cache/vscode-desktop`,
    extensionDevelopmentPath: repositoryRoot,
    extensionTestsPath: hostSuiteModule,
    launchArgs: [playgroundFolder, '--disable-extensions', '--disable-workspace-trust'],
  });
}

main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  console.error(
    `No desktop VS Code to run the suite in: ${why}. Set VSCODE_PATH to an installed one; "npm test" needs none.`,
  );
  process.exitCode = 1;
});
