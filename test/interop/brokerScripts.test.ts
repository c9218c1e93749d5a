import { requirePeer } from '../support/peers';
import { playAll, unplayable } from '../support/scripts/playAgainst';
import type { ScriptPeer } from '../support/scripts/playAgainst';
import { loadParts, loadScripts } from '../support/scripts/script';
import type { Script } from '../support/scripts/script';

const parts = loadParts();
const scripts = loadScripts();

/** Real time passes in many of them, so they are played side by side before the first is looked at. */
function played(peer: ScriptPeer): void {
  const playable = scripts.filter((script) => unplayable(script, peer) === undefined);
  let results: ReadonlyMap<Script, Error | undefined>;
  before(async function () {
    this.timeout(600_000);
    if (peer === 'mosquitto') requirePeer(this, 'mosquitto');
    results = await playAll(peer, playable, parts);
  });
  for (const script of playable) {
    it(`${script.file}: ${script.name}`, () => {
      const error = results.get(script);
      if (error) throw error;
    });
  }
}

describe('Scripts over TCP', () => played('tcp'));
describe('Scripts with mosquitto', () => played('mosquitto'));
