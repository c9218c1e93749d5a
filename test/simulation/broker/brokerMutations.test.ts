import assert from 'node:assert/strict';
import { brokerMutations } from './brokerMutations';
import { simulateBroker } from './simulateBroker';

const mostSeeds = 200;

describe('The simulation notices a broker that', () => {
  for (const mutation of brokerMutations) {
    it(mutation.name, async function () {
      this.timeout(60_000);
      const others = new Set<string>();
      for (let seed = 0; seed < mostSeeds; seed++) {
        const { findings } = await simulateBroker(seed, { mutation });
        if (findings.some(({ text }) => mutation.finding.test(text))) return;
        for (const { text } of findings) others.add(text);
      }
      assert.fail(`not within ${mostSeeds} seeds; found were ${[...others].slice(0, 5).join('; ')}`);
    });
  }
});
