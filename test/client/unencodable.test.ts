import assert from 'node:assert/strict';
import { PublishError } from '../../src/client/mqttClient';
import { ClientBench } from '../support/clientBench';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';

/** A message whose encoding throws what no rule of the protocol is. */
const unencodable = {
  properties: {
    userProperties: [],
    get payloadFormatIndicator(): number {
      throw new RangeError('Array buffer allocation failed');
    },
  },
};

describe('A message that cannot be encoded, and not for a rule', () => {
  for (const qos of [0, 1, 2] as const) {
    it(`is rejected with what was thrown at QoS ${qos}, and what was published around it goes out`, async () => {
      const bench = new ClientBench();
      await bench.connected();
      const before = bench.publish('before', 1);
      const broken = bench.publish('broken', qos, unencodable);
      const after = bench.publish('after', 1);
      await turn();
      assert.equal(await outcome(broken), 'unencodable');
      const error: unknown = await broken.catch((reason: unknown) => reason);
      assert.ok(error instanceof PublishError && error.cause instanceof RangeError);
      assert.deepEqual(error.failure, { kind: 'unencodable', detail: 'Array buffer allocation failed' });
      const last = qos === 0 ? 2 : 3;
      assert.deepEqual(await bench.server.received(), [
        'PUBLISH q1 #1 before "x"',
        `PUBLISH q1 #${last} after "x"`,
      ]);
      await bench.server.send(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', last));
      assert.deepEqual([(await before).reasonCode, (await after).reasonCode], [0, 0]);
      assert.equal(bench.client.outstanding, 0);
    });
  }

  it('is rejected when its turn comes, where it had to wait for the quota', async () => {
    const bench = new ClientBench();
    await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
    const first = bench.publish('first');
    let isBroken = false;
    const later = {
      get contentType(): string {
        if (isBroken) throw new RangeError('Array buffer allocation failed');
        return 'c';
      },
    };
    const broken = bench.publish('broken', 1, { properties: later });
    const last = bench.publish('last');
    await turn();
    isBroken = true;
    assert.deepEqual(await bench.server.send(a.acknowledgement('PUBACK', 1)), [
      'PUBLISH q1 #1 first "x"',
      'PUBLISH q1 #3 last "x"',
    ]);
    await bench.server.send(a.acknowledgement('PUBACK', 3));
    assert.equal(await outcome(broken), 'unencodable');
    assert.deepEqual([(await first).packetIdentifier, (await last).packetIdentifier], [1, 3]);
  });

  it('is rejected as a request too, which does not stand in the way of others', async () => {
    const bench = new ClientBench();
    await bench.connected();
    let reads = 0;
    const properties = {
      get userProperties(): [string, string][] {
        if (reads++ === 0) return [];
        throw new RangeError('Array buffer allocation failed');
      },
    };
    const broken = watched(bench.client.unsubscribe(['a'], properties));
    const last = bench.client.unsubscribe(['b']);
    await turn();
    assert.equal(await outcome(broken), 'unencodable');
    const [request] = bench.server.packets.filter(({ type }) => type === 'UNSUBSCRIBE');
    assert.ok(request?.type === 'UNSUBSCRIBE');
    await bench.server.send(a.unsuback(request.packetIdentifier, [0]));
    assert.deepEqual((await last).reasonCodes, [0]);
  });

  it('is rejected while nothing is connected, and of the wrong type too, instead of thrown', async () => {
    const bench = new ClientBench();
    assert.equal(await outcome(bench.publish('t', 1, unencodable)), 'unencodable');
    assert.equal(await outcome(bench.publish('t', 1, { payload: undefined })), 'unencodable');
    assert.equal(bench.client.outstanding, 0);
  });
});

describe('A message that breaks a rule where a journal is to keep it', () => {
  it('is rejected behind a used-up quota, and the connection goes on', async () => {
    const bench = new ClientBench({}, { store: new MemorySessionStore() });
    await bench.connected(a.connack({ properties: { receiveMaximum: 1 } }));
    const first = bench.publish('first');
    const broken = bench.publish('a/#');
    const last = bench.publish('last');
    await turn();
    assert.equal(await outcome(broken), 'topicNameWildcard');
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    await bench.server.send(a.acknowledgement('PUBACK', 2));
    assert.deepEqual([(await first).packetIdentifier, (await last).packetIdentifier], [1, 2]);
  });

  it('is rejected below 5.0 for its Properties too, which are kept although they are not sent', async () => {
    const bench = new ClientBench({ version: 4 }, { store: new MemorySessionStore() });
    await bench.connected();
    const broken = bench.publish('t', 1, { properties: { responseTopic: 'a/#' } });
    const last = bench.publish('last');
    await turn();
    assert.equal(await outcome(broken), 'responseTopicWildcard');
    await bench.server.send(a.acknowledgement('PUBACK', 1));
    assert.equal((await last).packetIdentifier, 1);
  });
});
