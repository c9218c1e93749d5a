import * as assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { FakeClock, turn } from '../support/fakeClock';
import type { LiveConnection, OutgoingMessage } from '../../src/ui/connections/liveConnection';
import { Publisher } from '../../src/ui/connections/publisher';

const { status } = fakeVscode.window;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function message(qos: 0 | 1 | 2): OutgoingMessage {
  return { topicName: 'a', payload: new Uint8Array(1), qos, retain: false };
}

describe('A message that is being published', () => {
  for (const [qos, told] of [
    [1, '$(sync~spin) Waiting for PUBACK of a'],
    [2, '$(sync~spin) Waiting for PUBREC and PUBCOMP of a'],
  ] as const) {
    it(`of QoS ${qos} says what it waits for when that takes long, until it came`, async () => {
      status.clear();
      const clock = new FakeClock();
      const { connection, answer } = pending();
      const published = new Publisher(log, clock).publish(connection, message(qos));
      await clock.pass(999);
      assert.deepEqual([...status], []);
      await clock.pass(1);
      assert.deepEqual([...status], [told]);
      answer();
      assert.equal(await published, true);
      assert.match([...status].join(), /^\$\(check\) Published a[^$]*$/);
    });
  }

  it('says nothing of waiting where the answer is quick, or none is due', async () => {
    for (const qos of [0, 1] as const) {
      status.clear();
      const clock = new FakeClock();
      const { connection, answer } = pending();
      const published = new Publisher(log, clock).publish(connection, message(qos));
      if (qos === 0) await clock.pass(5000);
      assert.deepEqual([...status], []);
      answer();
      await published;
      await turn();
      assert.equal(clock.waiting, 0);
    }
  });
});

/** A connection on which the answer comes when a test says so. */
function pending(): { readonly connection: LiveConnection; readonly answer: () => void } {
  let answer = (): void => undefined;
  const outcome = new Promise(
    (resolve) => (answer = () => resolve({ reasonCode: 0, packetIdentifier: 0, properties: {} })),
  );
  const connection = { profile: { name: 'bench' }, version: 5, publish: () => outcome };
  return { connection: connection as unknown as LiveConnection, answer: () => answer() };
}
