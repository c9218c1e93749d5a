import assert from 'node:assert/strict';
import { ClientError } from '../../src/client/clientFailure';
import { filtersOf, SubscriptionTable } from '../../src/client/subscriptionTable';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { describeViolation } from '../../src/protocol/violations';
import { ClientBench } from '../support/clientBench';
import { a } from '../support/packets';
import { ScriptedServer } from '../support/scriptedServer';
import { outcome, watched } from '../support/outcome';

const subscriptions = (...filters: string[]) => filters.map((filter) => a.subscription(filter));

/** Subscribes, and the server answers. */
async function subscribed(bench: ScriptedServer, filters: readonly string[], codes: readonly number[] = []) {
  const done = bench.client.subscribe(subscriptions(...filters));
  await bench.settled();
  const { packetIdentifier, properties } = bench.last('SUBSCRIBE');
  await bench.send(a.suback(packetIdentifier, codes.length > 0 ? [...codes] : filters.map(() => 0)));
  await done;
  return properties.subscriptionIdentifiers;
}

/** What a message came for. */
async function cameFor(bench: ScriptedServer, topicName: string, ...subscriptionIdentifiers: number[]) {
  const properties = subscriptionIdentifiers.length > 0 ? { subscriptionIdentifiers } : {};
  await bench.send(a.publish(topicName, 0, 0, { properties }));
  return bench.messages.at(-1)?.subscriptions;
}

describe('A message comes with the subscriptions it came for', () => {
  it('by the identifiers of the SUBSCRIBEs, whatever else would match (3.3.2.3.8)', async () => {
    const bench = await new ScriptedServer().connected();
    assert.deepEqual(await subscribed(bench, ['a/#']), [1]);
    assert.deepEqual(await subscribed(bench, ['a/+', 'b/#']), [2]);
    assert.deepEqual(await subscribed(bench, ['$share/group/a/b']), [3]);
    assert.deepEqual(await cameFor(bench, 'a/b', 1), ['a/#']);
    assert.deepEqual(await cameFor(bench, 'a/b', 2), ['a/+']);
    assert.deepEqual(await cameFor(bench, 'b/x', 2), ['b/#']);
    assert.deepEqual(await cameFor(bench, 'a/b', 3), ['$share/group/a/b']);
    assert.deepEqual(await cameFor(bench, 'a/b', 1, 3), ['a/#', '$share/group/a/b']);
    assert.deepEqual(bench.messages.at(-1)?.properties.subscriptionIdentifiers, [1, 3]);
  });

  for (const [what, version, connack, options] of [
    ['before 5.0', 4, {}, {}],
    ['where the server takes none (3.2.2.3.12)', 5, { subscriptionIdentifierAvailable: 0 }, {}],
    ['where the client does not want any', 5, {}, { chooseSubscriptionIdentifiers: false }],
  ] as const) {
    it(`by what matches, ${what}`, async () => {
      const bench = await new ScriptedServer({ version: version as ProtocolVersion, ...options }).connected(
        a.connack({ properties: connack }),
      );
      assert.equal(await subscribed(bench, ['a/#']), undefined);
      await subscribed(bench, ['+/b', '$share/group/a/b', 'other']);
      assert.deepEqual(await cameFor(bench, 'a/b'), ['a/#', '+/b', '$share/group/a/b']);
      assert.deepEqual(await cameFor(bench, '$SYS/b'), []);
    });
  }

  it('by an identifier of the caller, which is left as it is', async () => {
    const bench = await new ScriptedServer().connected();
    const done = bench.client.subscribe(subscriptions('mine/#'), { subscriptionIdentifiers: [1] });
    await bench.settled();
    assert.deepEqual(bench.last('SUBSCRIBE').properties.subscriptionIdentifiers, [1]);
    await bench.send(a.suback(bench.last('SUBSCRIBE').packetIdentifier, [0]));
    await done;
    assert.deepEqual(await subscribed(bench, ['a/#']), [2]);
    assert.deepEqual(await cameFor(bench, 'mine/x', 1), ['mine/#']);
  });

  it('also before SUBACK, and not any more after a refusal or UNSUBACK', async () => {
    const bench = await new ScriptedServer().connected();
    const done = bench.client.subscribe(subscriptions('a', 'b'));
    await bench.settled();
    assert.deepEqual(await cameFor(bench, 'a', 1), ['a']);
    assert.deepEqual(await cameFor(bench, 'b', 1), ['b']);
    await bench.send(a.suback(bench.last('SUBSCRIBE').packetIdentifier, [0, 0x87]));
    assert.deepEqual((await done).reasonCodes, [0, 0x87]);
    assert.deepEqual(await cameFor(bench, 'b', 1), []);
    const first = bench.messages[0];
    const ending = bench.client.unsubscribe(['a']);
    await bench.settled();
    assert.deepEqual(await cameFor(bench, 'a', 1), ['a']);
    await bench.send(a.unsuback(bench.last('UNSUBSCRIBE').packetIdentifier, [0]));
    await ending;
    assert.deepEqual(await cameFor(bench, 'a', 1), []);
    // A message knows what there was when it came.
    assert.deepEqual(first?.subscriptions, ['a']);
  });

  it('by the newest SUBSCRIBE of a filter, as the server has it [MQTT-3.8.4-3]', async () => {
    const bench = await new ScriptedServer().connected();
    await subscribed(bench, ['a', 'b']);
    await subscribed(bench, ['a']);
    assert.deepEqual(await cameFor(bench, 'a', 2), ['a']);
    assert.deepEqual(await cameFor(bench, 'b', 1), ['b']);
    assert.deepEqual(bench.client['subscriber'].table['byIdentifier'].get(1)?.topicFilters, ['b']);
    // A refusal leaves what was there.
    await subscribed(bench, ['a'], [0x87]);
    assert.deepEqual(await cameFor(bench, 'a', 2), ['a']);
  });

  it('over a reconnect as long as the server kept the Session', async () => {
    const bench = await new ScriptedServer({ cleanStart: false, resubscribe: false }).connected();
    await subscribed(bench, ['a/#']);
    await bench.client.disconnect();
    await bench.connected(a.connack({ sessionPresent: true }));
    assert.deepEqual(await cameFor(bench, 'a/b', 1), ['a/#']);
    await bench.client.disconnect();
    await bench.connected();
    assert.deepEqual(await cameFor(bench, 'a/b'), []);
  });
});

describe('The table of subscriptions', () => {
  it('is as large as the subscriptions are many, however often they are made', () => {
    const table = new SubscriptionTable();
    for (let round = 0; round < 1000; round++) {
      const made = table.begin(['a', 'b'], table.nextIdentifier());
      if (round % 2 === 0) table.answered(made, ['a', 'b'], [0, round % 4 === 0 ? 0 : 0x80]);
    }
    assert.equal(table['byFilter'].size, 2);
    assert.ok(table['byIdentifier'].size <= 4);
    for (const filter of ['a', 'b']) table.ended(filter);
    assert.deepEqual([table['byFilter'].size, table['byIdentifier'].size], [0, 0]);
  });

  it('starts with what a Session had that goes on', () => {
    const table = new SubscriptionTable();
    table.restore('a', 1);
    table.restore('b', 1);
    table.restore('c', undefined);
    assert.deepEqual(table.candidates({ subscriptionIdentifiers: [1] }), ['a', 'b']);
    assert.deepEqual(table.candidates({}), ['a', 'b', 'c']);
    assert.equal(table.nextIdentifier(), 2);
    assert.deepEqual(filtersOf('c', table.candidates({ subscriptionIdentifiers: [99] })), ['c']);
  });
});

describe('A subscription', () => {
  const refused: readonly (readonly [
    what: string,
    filter: string,
    more: object,
    connack: object,
    id: string,
  ])[] = [
    [
      'with a wildcard (3.2.2.3.11)',
      'a/#',
      {},
      { wildcardSubscriptionAvailable: 0 },
      'wildcardSubscriptionNotSupported',
    ],
    [
      'that is shared (3.2.2.3.13)',
      '$share/g/a',
      {},
      { sharedSubscriptionAvailable: 0 },
      'sharedSubscriptionNotSupported',
    ],
    ['that is shared, with No Local [MQTT-3.8.3-4]', '$share/g/a', { noLocal: true }, {}, 'noLocalOnShared'],
    ['shared by nobody [MQTT-4.8.2-1]', '$share//a', {}, {}, 'shareNameMissing'],
    ['shared without a filter [MQTT-4.8.2-2]', '$share/g', {}, {}, 'sharedFilterMissing'],
  ];
  for (const [what, filter, more, properties, id] of refused) {
    it(`${what} is not sent where the server takes none, or nobody does`, async () => {
      const bench = await new ScriptedServer().connected(a.connack({ properties }));
      const asked = bench.client.subscribe([a.subscription(filter, 1, more)]);
      assert.equal(await outcome(watched(asked)), id);
      assert.deepEqual(
        bench.peer.packets.map(({ type }) => type),
        ['CONNECT'],
      );
      assert.deepEqual(await cameFor(bench, 'a/b'), []);
    });
  }

  it('with an identifier of the caller is not sent to a server without them (3.2.2.3.12)', async () => {
    const properties = { subscriptionIdentifierAvailable: 0 };
    const bench = await new ScriptedServer().connected(a.connack({ properties }));
    const asked = bench.client.subscribe(subscriptions('a'), { subscriptionIdentifiers: [7] });
    assert.equal(await outcome(watched(asked)), 'subscriptionIdentifierNotSupported');
  });

  it('goes out with its options (3.8.3.1)', async () => {
    const bench = await new ScriptedServer().connected();
    const options = { noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
    void watched(bench.client.subscribe([a.subscription('a', 1, options)]));
    await bench.settled();
    assert.deepEqual(bench.last('SUBSCRIBE').subscriptions, [{ topicFilter: 'a', qos: 1, ...options }]);
  });
});

describe('Subscriptions', () => {
  it('are ended with one code for each filter, or the server broke the rule of UNSUBACK (3.11.3)', async () => {
    const bench = new ClientBench();
    await bench.connected();
    const asked = watched(bench.client.unsubscribe(['a', 'b']));
    await bench.server.received();
    await bench.server.send(a.unsuback(1, [0]));
    await assert.rejects(
      asked,
      (error) =>
        error instanceof ClientError &&
        error.failure.kind === 'protocol' &&
        describeViolation(error.failure.violation, 5).clause === '3.11.3',
    );
    bench.client.dispose();
  });
});
