import assert from 'node:assert/strict';
import { families, familyOf } from './scenario';
import { simulate } from './simulate';

/** All families together; `npm run simulate -- --seeds N` runs more. */
const seeds = 10_000;

describe('Clients and a server in a simulation', function () {
  this.timeout(120_000);

  for (const [first, family] of families.entries()) {
    it(`keep what the specification promises over ${Math.ceil((seeds - first) / families.length)} seeds of ${family} [MQTT-4.3.3-10] [MQTT-4.4.0-1] [MQTT-4.6.0-1]`, async () => {
      for (let seed = first; seed < seeds; seed += families.length) {
        const { findings } = await simulate(seed);
        if (findings.length > 0) await explain(seed);
        // Lets the runner, and errors nobody has caught, have their turn.
        await new Promise(setImmediate);
      }
    });
  }

  it('are the same for the same seed, and others for another', async () => {
    for (const seed of [1, 2, 3].map((nth) => nth * families.length - 1)) {
      const { transcript } = await simulate(seed, { isVerbose: true });
      assert.ok(transcript.length > 30);
      assert.deepEqual((await simulate(seed, { isVerbose: true })).transcript, transcript);
      assert.notDeepEqual(
        (await simulate(seed + families.length, { isVerbose: true })).transcript,
        transcript,
      );
    }
  });
});

/** Runs a seed that has failed again, for its transcript. */
async function explain(seed: number): Promise<never> {
  const { findings, transcript } = await simulate(seed, { isVerbose: true });
  const found = findings.map(({ line, text }) => `after line ${line}: ${text}`);
  return assert.fail(
    [
      `seed ${seed} (${familyOf(seed)}): ${found.join('; ')}`,
      ...transcript,
      `npm run simulate -- --seed ${seed} --verbose`,
    ].join('\n'),
  );
}
