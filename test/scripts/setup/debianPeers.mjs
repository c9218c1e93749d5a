import * as fs from 'node:fs';
import * as path from 'node:path';
import { reason, run } from './run.mjs';

const peers = JSON.parse(fs.readFileSync(new URL('peers.json', import.meta.url), 'utf8'));

/**
 * Installs the programs of others that tests are held against, where that asks nobody: as root on a machine with
 * apt-get. Returns one line for each that is missing afterwards.
 */
export async function installPeers(say, names = Object.keys(peers)) {
  const packages = [...new Set(absent(names, process.env).map((name) => peers[name].package))];
  if (packages.length === 0) return [];
  if (process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) {
    return missingPeers(names, 'setup installs packages only as root on Debian');
  }
  say(`Installing ${packages.join(', ')} with apt-get`);
  return missingPeers(names, await aptInstall(packages));
}

/** One line for each of these programs that is not there: what, why and what to do. */
export function missingPeers(names, why, environment = process.env) {
  return absent(names, environment).map((name) => {
    const { package: debianPackage, environment: variable, purpose } = peers[name];
    return `${name} is missing, which ${purpose}: ${why}. Install ${debianPackage} (Debian's name) or set ${variable}.`;
  });
}

async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // A list of packages that cannot be renewed may still serve.
  const update = await run('apt-get', ['update', '-q'], { env });
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env,
  });
  if (install.code === 0) return 'apt-get installed it elsewhere';
  return `apt-get failed with "${reason(update.code === 0 ? install.output : update.output)}"`;
}

function absent(names, environment) {
  const folders = (environment.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return names.filter((name) => {
    const { binaries, environment: variable } = peers[name];
    if (environment[variable]) return false;
    const places = binaries.flatMap((binary) =>
      path.isAbsolute(binary) ? [binary] : folders.map((folder) => path.join(folder, binary)),
    );
    return !places.some((file) => fs.existsSync(file));
  });
}
