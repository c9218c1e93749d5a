import assert from 'node:assert/strict';
import type { Properties } from '../../src/protocol/properties';
import type { Subscription } from '../../src/protocol/controlPacket';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

/** A publisher and a subscriber with these subscriptions. */
async function setUp(subscriptions: Subscription[], properties: Properties = {}, version: 4 | 5 = 5) {
  const bench = new BrokerBench();
  const publisher = await bench.client('publisher');
  const subscriber = await bench.client('subscriber', { protocolVersion: version });
  await subscriber.send(a.subscribe(1, subscriptions, properties));
  return { bench, publisher, subscriber };
}

/** What the subscriber gets of one message. */
async function forwarded(
  { publisher, subscriber }: { publisher: RawPeer; subscriber: RawPeer },
  packet: ReturnType<typeof a.publish>,
): Promise<string[]> {
  await subscriber.received();
  await publisher.send(packet);
  return subscriber.received();
}

describe('A subscription', () => {
  it('is answered with the QoS granted, filter by filter [MQTT-3.8.4-1] [MQTT-3.8.4-2] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7]', async () => {
    const { subscriber } = await setUp([a.subscription('x')]);
    assert.deepEqual(
      await subscriber.send(
        a.subscribe(7, [a.subscription('a', 2), a.subscription('b', 0), a.subscription('c', 1)]),
      ),
      ['SUBACK #7 0x02 0x00 0x01'],
    );
  });

  for (const published of [0, 1, 2] as const) {
    for (const granted of [0, 1, 2] as const) {
      const qos = Math.min(published, granted);
      it(`granted QoS ${granted} gets a QoS ${published} message at QoS ${qos} [MQTT-3.8.4-8]`, async () => {
        const bench = await setUp([a.subscription('t', granted)]);
        assert.deepEqual(await forwarded(bench, a.publish('t', published, published === 0 ? 0 : 9)), [
          `PUBLISH q${qos}${qos === 0 ? '' : ' #1'} t "x"`,
        ]);
      });
    }
  }

  it('gets a message once with the highest QoS, and all identifiers, where several match [MQTT-3.3.4-2] [MQTT-3.3.4-3] [MQTT-3.3.4-4]', async () => {
    const bench = await setUp([a.subscription('a/#', 0)], { subscriptionIdentifiers: [1] });
    await bench.subscriber.send(a.subscribe(2, [a.subscription('a/+', 2)], { subscriptionIdentifiers: [2] }));
    await bench.subscriber.send(a.subscribe(3, [a.subscription('+/b', 1)]));
    assert.deepEqual(await forwarded(bench, a.publish('a/b', 2, 1)), ['PUBLISH q2 #1 s1 s2 a/b "x"']);
  });

  it('made again replaces the first with all its options [MQTT-3.8.4-3]', async () => {
    const bench = await setUp([a.subscription('t', 2)], { subscriptionIdentifiers: [1] });
    await bench.subscriber.send(a.subscribe(2, [a.subscription('t', 1)]));
    assert.deepEqual(await forwarded(bench, a.publish('t', 2, 1)), ['PUBLISH q1 #1 t "x"']);
  });

  it('ends with UNSUBSCRIBE, which is answered either way [MQTT-3.10.4-1] [MQTT-3.10.4-2] [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6]', async () => {
    const bench = await setUp([a.subscription('t'), a.subscription('u')]);
    assert.deepEqual(await bench.subscriber.send(a.unsubscribe(5, ['t', 'nothing', '#'])), [
      'UNSUBACK #5 0x00 0x11 0x11',
    ]);
    assert.deepEqual(await forwarded(bench, a.publish('t')), []);
    assert.deepEqual(await forwarded(bench, a.publish('u')), ['PUBLISH q0 u "x"']);
  });

  it('with No Local gets nothing of its own client [MQTT-3.8.3-3]', async () => {
    const { subscriber } = await setUp([a.subscription('t', 1, { noLocal: true })]);
    assert.deepEqual(await subscriber.send(a.publish('t', 1, 3)), ['PUBACK #3 0x10']);
    // Another subscription of the same client still does, with its own QoS.
    await subscriber.send(a.subscribe(2, [a.subscription('+', 0)]));
    assert.deepEqual(await subscriber.send(a.publish('t', 1, 3)), ['PUBLISH q0 t "x"', 'PUBACK #3']);
  });

  it('keeps RETAIN only with Retain As Published [MQTT-3.3.1-12] [MQTT-3.3.1-13]', async () => {
    const packet = a.publish('t', 0, 0, { retain: true });
    const plain = await setUp([a.subscription('t')]);
    assert.deepEqual(await forwarded(plain, packet), ['PUBLISH q0 t "x"']);
    const kept = await setUp([a.subscription('t', 0, { retainAsPublished: true })]);
    assert.deepEqual(await forwarded(kept, packet), ['PUBLISH q0 retain t "x"']);
    assert.deepEqual(await forwarded(kept, a.publish('t')), ['PUBLISH q0 t "x"']);
  });

  it('to a first level that is a wildcard gets nothing from $ topics [MQTT-4.7.2-1]', async () => {
    const bench = await setUp([a.subscription('#'), a.subscription('+/x')]);
    assert.deepEqual(await forwarded(bench, a.publish('$own/x')), []);
    await bench.subscriber.send(a.subscribe(2, [a.subscription('$own/#')]));
    assert.deepEqual(await forwarded(bench, a.publish('$own/x')), ['PUBLISH q0 $own/x "x"']);
  });
});

describe('A message', () => {
  it('keeps its order and its Properties, but not the Topic Alias, on the way to each subscriber [MQTT-4.6.0-5] [MQTT-3.3.2-4]', async () => {
    const { publisher, subscriber } = await setUp([a.subscription('#', 2)]);
    const properties: Properties = {
      payloadFormatIndicator: 1,
      contentType: 'text/plain',
      responseTopic: 'r',
      correlationData: Uint8Array.of(1, 2),
      userProperties: [
        ['a', '1'],
        ['a', '2'],
      ],
      topicAlias: 7,
    };
    await publisher.send(
      a.publish('t', 1, 1, { properties }),
      a.publish('', 1, 2, { properties: { topicAlias: 7 } }),
    );
    await subscriber.received();
    const rest = { ...properties };
    delete rest.topicAlias;
    const [, , first, second] = subscriber.packets;
    assert.deepEqual(first, a.publish('t', 1, 1, { properties: rest }));
    assert.deepEqual(second, a.publish('t', 1, 2));
  });

  it('reaches 3.1.1 without Properties', async () => {
    const bench = await setUp([a.subscription('t')], {}, 4);
    assert.deepEqual(await forwarded(bench, a.publish('t', 0, 0, { properties: { contentType: 'c' } })), [
      'PUBLISH q0 t "x"',
    ]);
  });

  it('that is a repetition for the server is none for its subscribers [MQTT-3.3.1-3]', async () => {
    const bench = await setUp([a.subscription('t', 1)]);
    assert.deepEqual(await forwarded(bench, a.publish('t', 1, 5, { dup: true })), ['PUBLISH q1 #1 t "x"']);
  });

  it('nobody gets is acknowledged with 0x10, one to $SYS is refused', async () => {
    const { publisher } = await setUp([a.subscription('t')]);
    assert.deepEqual(
      await publisher.send(
        a.publish('nobody', 1, 1),
        a.publish('nobody', 2, 2),
        a.publish('$SYS/x', 1, 3),
        a.publish('t', 1, 4),
      ),
      ['PUBACK #1 0x10', 'PUBREC #2 0x10', 'PUBACK #3 0x90', 'PUBACK #4'],
    );
  });

  it('expires while it waits, and says how long it still lives [MQTT-3.3.2-5] [MQTT-3.3.2-6]', async () => {
    const bench = new BrokerBench();
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 1000 } };
    const away = await bench.client('away', lasting);
    await away.send(a.subscribe(1, [a.subscription('#', 1)]), a.disconnect());
    const publisher = await bench.client('publisher');
    const expiring = (messageExpiryInterval: number) => ({ properties: { messageExpiryInterval } });
    await publisher.send(
      a.publish('short', 1, 1, expiring(10)),
      a.publish('long', 1, 2, expiring(100)),
      a.publish('kept', 1, 3, { ...expiring(10), retain: true }),
    );
    await bench.clock.pass(10_500);
    const back = bench.open();
    assert.deepEqual(await back.send(a.connect({ clientIdentifier: 'away', ...lasting })), [
      'CONNACK 0x00 present',
      'PUBLISH q1 #1 expires 90 long "x"',
    ]);
    assert.deepEqual(await publisher.send(a.subscribe(9, [a.subscription('kept')])), ['SUBACK #9 0x00']);
  });
});

describe('A retained message', () => {
  /** A broker that retains a/b "1" at QoS 1 and $own/c. */
  async function retaining() {
    const bench = new BrokerBench();
    const publisher = await bench.client('publisher');
    const one = { retain: true, payload: encodeUtf8('1') };
    await publisher.send(a.publish('a/b', 1, 1, one), a.publish('$own/c', 0, 0, one));
    return { bench, publisher, subscriber: await bench.client('subscriber') };
  }

  const found: readonly (readonly [filter: string, topics: string[]])[] = [
    ['a/b', ['a/b']],
    ['a/+', ['a/b']],
    ['+/b', ['a/b']],
    ['#', ['a/b']],
    ['a/b/#', ['a/b']],
    ['+', []],
    ['+/c', []],
    ['$own/#', ['$own/c']],
    ['$own/+', ['$own/c']],
  ];
  for (const [filter, topics] of found) {
    it(`is sent to a new subscription to ${filter}: ${topics.join(', ') || 'none'} [MQTT-3.3.1-9] [MQTT-4.7.2-1]`, async () => {
      const { subscriber } = await retaining();
      assert.deepEqual(await subscriber.send(a.subscribe(1, [a.subscription(filter)])), [
        'SUBACK #1 0x00',
        ...topics.map((topic) => `PUBLISH q0 retain ${topic} "1"`),
      ]);
    });
  }

  it('comes with the identifier of the subscription and its QoS at most', async () => {
    const { subscriber } = await retaining();
    assert.deepEqual(
      (
        await subscriber.send(a.subscribe(1, [a.subscription('a/b', 2)], { subscriptionIdentifiers: [5] }))
      ).slice(1),
      ['PUBLISH q1 #1 retain s5 a/b "1"'],
    );
  });

  it('follows Retain Handling when the subscription is made again [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11] [MQTT-3.8.4-4]', async () => {
    for (const [retainHandling, counts] of [
      [0, [1, 1]],
      [1, [1, 0]],
      [2, [0, 0]],
    ] as const) {
      const { subscriber } = await retaining();
      for (const count of counts) {
        const lines = await subscriber.send(a.subscribe(1, [a.subscription('a/b', 0, { retainHandling })]));
        assert.equal(lines.length, 1 + count);
      }
    }
  });

  it('is replaced by the next and removed by an empty one, which is sent as any other [MQTT-3.3.1-5] [MQTT-3.3.1-6] [MQTT-3.3.1-7]', async () => {
    const { bench, publisher, subscriber } = await retaining();
    const retain = (text: string) => a.publish('a/b', 0, 0, { retain: true, payload: encodeUtf8(text) });
    await publisher.send(retain('2'));
    assert.deepEqual((await subscriber.send(a.subscribe(1, [a.subscription('a/b')]))).slice(1), [
      'PUBLISH q0 retain a/b "2"',
    ]);
    await publisher.send(retain(''));
    assert.deepEqual(await subscriber.received(), ['PUBLISH q0 a/b ""']);
    assert.deepEqual(await (await bench.client('late')).send(a.subscribe(1, [a.subscription('a/b')])), [
      'SUBACK #1 0x00',
    ]);
  });

  it('is not touched by a message without RETAIN [MQTT-3.3.1-8]', async () => {
    const { publisher, subscriber } = await retaining();
    await publisher.send(a.publish('a/b', 0, 0, { payload: encodeUtf8('') }));
    assert.equal((await subscriber.send(a.subscribe(1, [a.subscription('a/b')]))).length, 2);
  });
});
