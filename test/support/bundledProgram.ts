import * as fs from 'node:fs';
import * as path from 'node:path';
import { buildSync } from 'esbuild';
import { cacheFolder, repositoryRoot } from './paths';

const bundles = new Map<string, string>();

/**
 * A program in TypeScript as a file that Node runs as it is: to start it through tsx takes a second of processor time,
 * each time anew. It is bundled once in this process, which takes it along at its end.
 * @param entry its path in the repository
 */
export function bundledProgram(entry: string): string {
  let file = bundles.get(entry);
  if (file === undefined) bundles.set(entry, (file = bundle(entry)));
  return file;
}

function bundle(entry: string): string {
  fs.mkdirSync(cacheFolder, { recursive: true });
  // Below the root, where it finds node_modules. Other processes of the same run may bundle the same program meanwhile.
  const folder = fs.mkdtempSync(path.join(cacheFolder, 'program-'));
  process.once('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.js`);
  buildSync({
    absWorkingDir: repositoryRoot,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
