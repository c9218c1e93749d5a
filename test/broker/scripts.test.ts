import { playAgainst, unplayable } from '../support/scripts/playAgainst';
import { loadParts, loadScripts } from '../support/scripts/script';

const parts = loadParts();
const scripts = loadScripts();

for (const file of new Set(scripts.map((script) => script.file))) {
  describe(`Scripts of ${file}`, () => {
    for (const script of scripts.filter((each) => each.file === file && !unplayable(each, 'memory'))) {
      it(script.name, () => playAgainst('memory', script, parts));
    }
  });
}
