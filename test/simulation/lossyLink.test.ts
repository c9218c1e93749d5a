import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { a } from '../support/packets';
import { exchangeOverLossyLink } from './lossyLink';

const messages = 60;
const all = (from: string) => Array.from({ length: messages }, (_, index) => `${from}${index + 1}`);

/** The order in which each message came for the last time. */
const lastOf = (received: readonly string[]) =>
  received.filter((text, index) => received.lastIndexOf(text) === index);

const run = (seed: number, version: ProtocolVersion, qos: 1 | 2, receiveMaximum?: number) => {
  const properties = version === 5 && receiveMaximum !== undefined ? { receiveMaximum } : {};
  const connect = a.connect({ protocolVersion: version, cleanStart: false, properties });
  return exchangeOverLossyLink({ seed, connect, qos, messages, loss: 0.05 });
};

describe('Over a link that breaks again and again', () => {
  for (const version of [4, 5] as const) {
    for (let seed = 1; seed <= 25; seed++) {
      it(`QoS 2 arrives exactly once and in order, in version ${version}, seed ${seed} (4.3.3) [MQTT-4.3.3-10] [MQTT-4.4.0-1]`, () => {
        const { atServer, atClient, breaks } = run(seed, version, 2);
        assert.ok(breaks > 0);
        assert.deepEqual(atServer, all('c'));
        assert.deepEqual(atClient, all('s'));
      });

      it(`QoS 1 arrives at least once, the last copies in order, in version ${version}, seed ${seed} (4.3.2) [MQTT-4.6.0-1]`, () => {
        const { atServer, atClient } = run(seed, version, 1);
        assert.deepEqual(lastOf(atServer), all('c'));
        assert.deepEqual(lastOf(atClient), all('s'));
      });
    }
  }

  for (let seed = 1; seed <= 10; seed++) {
    it(`the queue for a small Receive Maximum survives, seed ${seed} (4.9)`, () => {
      const { atClient } = run(seed, 5, 2, 2);
      assert.deepEqual(atClient, all('s'));
    });
  }

  it('the same seed gives the same run', () => {
    assert.deepEqual(run(7, 5, 1), run(7, 5, 1));
    assert.notDeepEqual(run(7, 5, 1), run(8, 5, 1));
  });
});
