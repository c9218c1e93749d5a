import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import type { Connect } from '../../src/protocol/controlPacket';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Numbered messages in one chunk. */
const messages = (count: number, bytes = 1, more = {}) =>
  numbers(count).map((number) =>
    a.publish('some/topic', 0, 0, { payload: encodeUtf8(`${number} `.padEnd(bytes, 'x')), ...more }),
  );

/** What each of the clients gets of the packets that another one sends in one chunk. */
async function fannedOut(
  clients: readonly Partial<Connect>[],
  packets: ReturnType<typeof messages>,
): Promise<string[][]> {
  const bench = new BrokerBench();
  const peers = [];
  for (const [index, more] of clients.entries()) {
    const peer = await bench.client(`c${index}`, more);
    await peer.send(a.subscribe(1, [a.subscription('some/topic')]));
    peers.push(peer);
  }
  const publisher = await bench.client('p');
  await publisher.send(...packets);
  const got = [];
  for (const peer of peers) {
    const lines: string[] = [];
    for (let round = 0; round < 30; round++) lines.push(...(await peer.received()));
    got.push(lines.map((line) => line.replace(/x+"$/, '"')));
  }
  return got;
}

describe('A run of messages to several subscribers', () => {
  const plain = (count: number) => numbers(count).map((number) => `PUBLISH q0 some/topic "${number} "`);

  it('is the same for each, whatever versions they have', async () => {
    const got = await fannedOut(
      ([5, 5, 4, 3, 4, 5] as const).map((protocolVersion) => ({ protocolVersion })),
      messages(10),
    );
    for (const lines of got) assert.deepEqual(lines, plain(10));
  });

  it('is whole where it is longer than what is written at once', async () => {
    for (const lines of await fannedOut([{}, {}, {}], messages(100, 3_000))) {
      assert.deepEqual(lines, plain(100));
    }
  });

  it('leaves aliases, small packets and expiry to those whose affair they are', async () => {
    const wide = { properties: { topicAliasMaximum: 1 } };
    const narrow = { properties: { maximumPacketSize: 50 } };
    const large = messages(6).map((each, index) =>
      index === 2 ? a.publish('some/topic', 0, 0, { payload: encodeUtf8('x'.repeat(60)) }) : each,
    );
    const [one, aliased, small, last] = await fannedOut([{}, wide, narrow, {}], large);
    assert.equal(one?.length, 6);
    assert.deepEqual(last, one);
    assert.equal(aliased?.filter((line) => line.includes('alias 1')).length, 4);
    assert.equal(small?.length, 5);
    const expiring = messages(5, 1, { properties: { messageExpiryInterval: 9 } });
    for (const lines of await fannedOut([{}, {}], expiring)) {
      assert.equal(lines.filter((line) => line.includes('expires 9')).length, 5);
    }
  });
});
