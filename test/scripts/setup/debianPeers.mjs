import * as fs from 'node:fs';
import * as path from 'node:path';
import { reason, run } from './run.mjs';

const peers = JSON.parse(fs.readFileSync(new URL('peers.json', import.meta.url), 'utf8'));

/**
 * Installs the programs of others that tests are held against, where that asks nobody: as root on a machine with
 * apt-get. Returns one line for each that is missing afterwards.
 */
export async function installPeers(say, names = Object.keys(peers)) {
  const absent = () => names.filter((name) => !isInstalled(peers[name]));
  const packages = [...new Set(absent().map((name) => peers[name].package))];
  let why = 'this user may not install packages';
  if (packages.length > 0 && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    say(`Installing ${packages.join(', ')} with apt-get`);
    why = await aptInstall(packages);
  }
  return absent().map((name) => {
    const { package: debianPackage, environment, purpose } = peers[name];
    return `${name} is missing, which ${purpose}: ${why}. Install ${debianPackage} (Debian's name) or set ${environment}.`;
  });
}

async function aptInstall(packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // A list that cannot be renewed may still serve.
  const update = await run('apt-get', ['update', '-q'], { env });
  const install = await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
    env,
  });
  if (install.code === 0) return 'apt-get installed it elsewhere';
  return `apt-get failed with "${reason(update.code === 0 ? install.output : update.output)}"`;
}

function isInstalled({ binaries, environment }) {
  if (process.env[environment]) return true;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return binaries.some((name) =>
    path.isAbsolute(name)
      ? fs.existsSync(name)
      : folders.some((folder) => fs.existsSync(path.join(folder, name))),
  );
}
