import assert from 'node:assert/strict';
import { brokerFamilies, brokerFamilyOf } from './brokerScenario';
import { simulateBroker } from './simulateBroker';

/** All families together; `npm run simulate -- --broker --seeds N` runs more. */
const seeds = 1_000;

describe('Many clients and a broker in a simulation', function () {
  this.timeout(120_000);

  for (const [first, family] of brokerFamilies.entries()) {
    it(`get every message that is theirs, as often as its QoS says, over ${seeds / brokerFamilies.length} seeds of ${family} [MQTT-4.3.2-1] [MQTT-4.3.3-10] [MQTT-4.6.0-6]`, async () => {
      for (let seed = first; seed < seeds; seed += brokerFamilies.length) {
        const { findings } = await simulateBroker(seed);
        if (findings.length > 0) await explain(seed);
        // Lets the runner, and errors nobody has caught, have their turn.
        await new Promise(setImmediate);
      }
    });
  }

  it('are the same for the same seed', async () => {
    const { transcript } = await simulateBroker(4, { isVerbose: true });
    assert.ok(transcript.length > 30);
    assert.deepEqual((await simulateBroker(4, { isVerbose: true })).transcript, transcript);
    assert.notDeepEqual((await simulateBroker(9, { isVerbose: true })).transcript, transcript);
  });
});

/** Runs a seed that has failed again, for its transcript. */
async function explain(seed: number): Promise<never> {
  const { findings, transcript } = await simulateBroker(seed, { isVerbose: true });
  const found = findings.map(({ line, text }) => `after line ${line}: ${text}`);
  return assert.fail(
    [
      `seed ${seed} (${brokerFamilyOf(seed)}): ${found.join('; ')}`,
      ...transcript,
      `npm run simulate -- --broker --seed ${seed} --verbose`,
    ].join('\n'),
  );
}
