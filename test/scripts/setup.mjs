// Installs what is missing and says in one line what cannot be had. It runs before there are any packages, so everything
// it needs comes with Node. Binaries of one's own: CHROMIUM_PATH, MOSQUITTO_PATH and so on (setup/peers.json).
import { fileURLToPath } from 'node:url';
import { installPeers } from './setup/debianPeers.mjs';
import { installDependencies } from './setup/dependencies.mjs';
import { installVscodeServers } from './setup/vscodeServers.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const say = (line) => console.log(line);

/**
 * Makes sure of node_modules, and of the named VS Code servers and peers (default: all of them). Rejects only where
 * nothing can go on without; what a test can do without is a line on the console, and the test says it again.
 */
export async function setup({ servers, peers } = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    throw new Error(
      `Node.js ${process.versions.node} is too old: version 20 or later is needed. Install it from nodejs.org.`,
    );
  }
  const missing = await Promise.all([
    installDependencies(root, say).then(() => []),
    installVscodeServers(root, say, servers),
    installPeers(say, peers),
  ]);
  for (const line of missing.flat()) say(line);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setup().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
