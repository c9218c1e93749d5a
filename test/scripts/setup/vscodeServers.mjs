import * as fs from 'node:fs';
import * as path from 'node:path';
import { npm, reason, run } from './run.mjs';

const versions = JSON.parse(fs.readFileSync(new URL('vscodeVersions.json', import.meta.url), 'utf8'));
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save'];

/**
 * Puts VS Code's servers into `.cache/vscode/<version>`: the npm package code-server carries them, so that neither VS
 * Code's download host nor a desktop is needed. Returns one line for each that cannot be had.
 */
export async function installVscodeServers(root, say, names = Object.keys(versions)) {
  const missing = [];
  // One after the other: two npm at work wait for the same connection and the same cache.
  for (const name of names) {
    const folder = path.join(root, '.cache', 'vscode', versions[name].version);
    if (fs.existsSync(path.join(folder, 'complete'))) continue;
    say(`Installing VS Code ${versions[name].version} from the npm package code-server`);
    try {
      await install(folder, versions[name]);
    } catch (error) {
      missing.push(
        `VS Code ${versions[name].version} cannot be had: ${error.message}. ` +
          'The tests in a real VS Code need it: check the connection to the npm registry and run "npm test" again.',
      );
    }
  }
  return missing;
}

async function install(folder, { codeServer, node }) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = [`code-server@${codeServer}`, ...(node === undefined ? [] : [`node@${node}`])];
  await succeed(npm(['install', ...quiet, ...wanted], { cwd: folder }));
  if (node !== undefined) await installNode(folder);
  await succeed(
    npm(['install', '--omit=dev', ...quiet], {
      cwd: path.join(folder, 'node_modules/code-server/lib/vscode'),
    }),
  );
  fs.writeFileSync(path.join(folder, 'complete'), '');
}

/**
 * The package `node` fetches its binary with an install script, which npm may be told not to run without a word; then
 * it is run by hand.
 */
async function installNode(folder) {
  const packageFolder = path.join(folder, 'node_modules', 'node');
  const works = async () => (await run(path.join(packageFolder, 'bin', 'node'), ['--version'])).code === 0;
  await npm(['rebuild', 'node'], { cwd: folder });
  if (await works()) return;
  await succeed(run(process.execPath, ['installArchSpecificPackage.js'], { cwd: packageFolder }));
  if (!(await works())) throw new Error('the binary of the npm package node does not run on this machine');
}

async function succeed(running) {
  const { code, output } = await running;
  if (code !== 0) throw new Error(reason(output));
}
