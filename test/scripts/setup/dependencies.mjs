import * as fs from 'node:fs';
import * as path from 'node:path';
import { npm, reason } from './run.mjs';

/** Installs node_modules where what lies there is not what package-lock.json asks for. Without them nothing works. */
export async function installDependencies(root, say) {
  if (isInstalled(root)) return;
  say('Installing the packages of package-lock.json');
  const { code, output } = await npm(['ci', '--no-audit', '--no-fund'], { cwd: root });
  if (code === 0) return;
  throw new Error(
    `npm ci failed: ${reason(output)}. Check the connection to the npm registry and run this again.`,
  );
}

/** Whether node_modules holds what package-lock.json asks for; npm notes what it installed in a lock file of its own there. */
export function isInstalled(root) {
  const wanted = packages(path.join(root, 'package-lock.json'));
  const present = packages(path.join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([folder, { version, optional }]) =>
      folder === '' || (present[folder] ? present[folder].version === version : optional),
  );
}

function packages(lockFile) {
  try {
    return JSON.parse(fs.readFileSync(lockFile, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
