// Plays the scripts of this folder: `npm run scripts -- memory|tcp|mosquitto [part of a name]`.
import { playAll, unplayable } from '../../support/scripts/playAgainst';
import type { ScriptPeer } from '../../support/scripts/playAgainst';
import { loadParts, loadScripts } from '../../support/scripts/script';

const peers: readonly string[] = ['memory', 'tcp', 'mosquitto'] satisfies readonly ScriptPeer[];

async function main(): Promise<void> {
  const [peer = 'memory', wanted = ''] = process.argv.slice(2);
  if (!isPeer(peer)) throw new Error(`Name one of ${peers.join(', ')}`);
  const chosen = loadScripts().filter(({ file, name }) => `${file}: ${name}`.includes(wanted));
  const playable = chosen.filter((script) => unplayable(script, peer) === undefined);
  const results = await playAll(peer, playable, loadParts());
  for (const [{ file, name }, error] of results) {
    if (error) console.log(`✖ ${file}: ${name}\n  ${error.message}`);
  }
  const failed = [...results.values()].filter((error) => error !== undefined).length;
  const left = chosen.length - playable.length;
  console.log(`${results.size - failed} passed, ${failed} failed, ${left} cannot be played against ${peer}`);
  process.exitCode = failed > 0 ? 1 : 0;
}

function isPeer(text: string): text is ScriptPeer {
  return peers.includes(text);
}

void main();
