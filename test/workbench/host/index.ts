import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

/**
 * What VS Code calls in its extension host once it is up, on the desktop and in the server alike: runs every suite of this
 * folder (bundled beside this file) and rejects when a test fails.
 */
export async function run(): Promise<void> {
  const repository = path.resolve(__dirname, '../../..');
  const mocha = new Mocha({
    timeout: 30_000,
    reporter: path.join(repository, 'test/scripts/test/mochaReporter.cjs'),
  });
  for (const file of fs.readdirSync(__dirname)) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
