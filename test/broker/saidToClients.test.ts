import assert from 'node:assert/strict';
import type { Connack, ControlPacket, Disconnect } from '../../src/protocol/controlPacket';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

const last = <T extends ControlPacket>(peer: RawPeer) => peer.packets.at(-1) as T;

describe('The broker tells a client', () => {
  it('which rule it broke, with its clause, in DISCONNECT [MQTT-4.13.1-1]', async () => {
    const client = await new BrokerBench().client('c');
    await client.send(a.publish('t', 0, 0, { properties: { topicAlias: 101 } }));
    const { reasonCode, properties } = last<Disconnect>(client);
    assert.equal(reasonCode, 0x94);
    assert.match(properties.reasonString ?? '', /101.*\[MQTT-3\.3\.2-9\]$/);
  });

  it('the same in a CONNACK that refuses', async () => {
    const peer = new BrokerBench().open();
    await peer.sendBytes(Uint8Array.of(0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 3, 0, 0, 0, 0, 0));
    assert.match(last<Connack>(peer).properties.reasonString ?? '', /\[MQTT-3\.1\.2-3\]$/);
  });

  it('nothing more than the code where the words are more than it takes [MQTT-3.14.2-3] [MQTT-3.2.2-19]', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c', { properties: { maximumPacketSize: 40 } });
    await client.send(a.connect());
    assert.deepEqual(last<Disconnect>(client).properties, {});
    const refused = bench.open();
    const properties = { maximumPacketSize: 40, authenticationMethod: 'm' };
    assert.deepEqual(await refused.send(a.connect({ properties })), ['CONNACK 0x8c', 'closed']);
    assert.deepEqual(last<Connack>(refused).properties, {});
  });

  it('why it refuses a subscription or a message, unless it does not want to hear that [MQTT-3.1.2-29]', async () => {
    for (const requestProblemInformation of [0, 1]) {
      const bench = new BrokerBench({ subscriptionsPerSession: 0 });
      const client = await bench.client('c', { properties: { requestProblemInformation } });
      await client.send(a.subscribe(1, [a.subscription('t')]), a.publish('$SYS/x', 1, 2));
      const reasons = client.packets
        .slice(1)
        .map((packet) => 'properties' in packet && packet.properties.reasonString !== undefined);
      assert.deepEqual(reasons, [requestProblemInformation === 1, requestProblemInformation === 1]);
    }
  });

  it("whether a topic has too many levels or is the broker's own", async () => {
    const bench = new BrokerBench({ topicLevels: 2 });
    const client = await bench.client('c');
    const topics = ['$SYS/x', 'a/b/c'] as const;
    await client.send(
      ...topics.flatMap((topic, index) => [
        a.publish(topic, 1, 2 * index + 1),
        a.publish(topic, 2, 2 * index + 2),
      ]),
    );
    const said = (packet: ControlPacket | undefined) =>
      packet && 'properties' in packet && 'reasonCode' in packet
        ? `0x${packet.reasonCode.toString(16)} ${packet.properties.reasonString}`
        : 'none';
    const ofServer = '0x90 Topics below $SYS belong to the broker itself: choose another first level.';
    const tooDeep = '0x90 The Topic Name has more levels than the broker takes.';
    assert.deepEqual(client.packets.slice(1).map(said), [ofServer, ofServer, tooDeep, tooDeep]);
    await client.send(a.publish('a/b/c'));
    assert.equal(said(client.packets.at(-1)), tooDeep);
    const refused = [];
    for (const topicName of topics) {
      const peer = bench.open();
      const will = { topicName, payload: encodeUtf8('x'), qos: 0, retain: false, properties: {} } as const;
      await peer.send(a.connect({ will }));
      refused.push(said(peer.packets.at(-1)));
    }
    assert.deepEqual(refused, [ofServer, tooDeep]);
  });

  it('which limit it is', async () => {
    const said: (string | undefined)[] = [];
    const reason = (peer: RawPeer) => {
      const packet = last(peer);
      said.push('properties' in packet ? packet.properties.reasonString : undefined);
    };
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };
    for (const limits of [{ maximumConnections: 1 }, { sessions: 1 }]) {
      const bench = new BrokerBench(limits);
      await bench.client('one', lasting);
      reason(await bench.client('two', lasting));
    }
    const will = { topicName: 'w', payload: encodeUtf8('x'), qos: 1, retain: true, properties: {} } as const;
    reason(await new BrokerBench({ maximumQoS: 0 }).client('c', { will }));
    reason(await new BrokerBench({ retainAvailable: false }).client('c', { will }));
    reason(await new BrokerBench({ maximumPacketSize: 20 }).client('c'.repeat(20)));
    for (const limits of [{ subscriptionsPerSession: 1 }, { subscriptionBytes: 1 }]) {
      const client = await new BrokerBench(limits).client('c');
      const filters = ['one', 'two', '$share/g/#'].map((filter) => a.subscription(filter));
      await client.send(a.subscribe(1, filters));
      reason(client);
    }
    for (const limits of [{ retainedMessages: 0 }, { retainedBytes: 0 }]) {
      const client = await new BrokerBench(limits).client('c');
      for (const qos of [1, 2] as const) {
        await client.send(a.publish('t', qos, qos, { retain: true }));
        reason(client);
      }
    }
    const many = 'The message was passed on and not retained: the broker retains as many as it may.';
    const bytes =
      'The message was passed on and not retained: those that are take as many bytes as they may.';
    assert.deepEqual(said, [
      'As many clients are connected as the broker lets in.',
      'The broker has as many sessions as it keeps.',
      'The Will QoS is higher than the Maximum QoS of the broker.',
      'The will is to be retained, and the broker retains nothing.',
      'The packet is larger than the broker takes.',
      'The session has as many subscriptions as it may have.',
      'The subscriptions take as many bytes as the broker keeps.',
      ...[many, many, bytes, bytes],
    ]);
  });

  it('Response Information if it asks, and there is some [MQTT-3.1.2-28]', async () => {
    const bench = new BrokerBench({ responseInformation: 'replies/%c/' });
    for (const [asked, expected] of [
      [1, 'replies/c/'],
      [0, undefined],
      [undefined, undefined],
    ] as const) {
      const properties = asked === undefined ? {} : { requestResponseInformation: asked };
      const client = await bench.client('c', { properties });
      assert.equal((client.packets[0] as Connack).properties.responseInformation, expected);
    }
  });

  it('an alias in place of a topic that comes often, up to its maximum [MQTT-3.1.2-26] [MQTT-3.1.2-27]', async () => {
    for (const [topicAliasMaximum, expected] of [
      [
        1,
        [
          'PUBLISH q0 sensors/1 "x"',
          'PUBLISH q0 sensors/1 "x"',
          'PUBLISH q0 alias 1 sensors/1 "x"',
          'PUBLISH q0 alias 1  "x"',
        ],
      ],
      [0, Array<string>(4).fill('PUBLISH q0 sensors/1 "x"')],
    ] as const) {
      const bench = new BrokerBench();
      const client = await bench.client('c', { properties: { topicAliasMaximum } });
      await client.send(a.subscribe(1, [a.subscription('#')]));
      const publisher = await bench.client('p');
      await publisher.send(...Array.from({ length: 4 }, () => a.publish('sensors/1')));
      assert.deepEqual(await client.received(), expected);
    }
  });

  it('why it has to go, in words if there are any', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    assert.equal(bench.broker.disconnect('c', 0x98, 'maintenance'), true);
    assert.deepEqual(await client.received(), ['DISCONNECT 0x98', 'closed']);
    assert.equal(last<Disconnect>(client).properties.reasonString, 'maintenance');
    assert.equal(bench.broker.disconnect('c'), false);
  });

  it('and stays where no DISCONNECT of a server can say it [MQTT-3.14.2-1]', async () => {
    for (const version of [4, 5] as const) {
      const bench = new BrokerBench();
      const client = await bench.client('c', { protocolVersion: version });
      for (const [reasonCode, reasonString, id] of [
        [0x04, undefined, 'reasonCodeOfOtherSide'],
        [0x01, undefined, 'reasonCode'],
        [0x1ff, undefined, 'numberOutOfRange'],
        [0x98, 'nul \0', 'nullCharacter'],
      ] as const) {
        const outcome = bench.broker.disconnect('c', reasonCode, reasonString);
        assert.equal(typeof outcome === 'object' && outcome.id, id);
      }
      assert.deepEqual(await client.send({ type: 'PINGREQ' }), ['PINGRESP']);
    }
  });
});

describe('A client that goes on sending after its DISCONNECT was sent', () => {
  it('is read from until it closes, so that the reason arrives', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    await client.send({ type: 'PINGRESP' }, ...Array.from({ length: 50 }, () => a.publish('t')));
    for (let count = 0; count < 20; count++) await client.send(a.publish('t'));
    assert.equal(client.packets.at(-1)?.type, 'DISCONNECT');
    assert.equal(bench.clock.waiting, 0);
  });
});

describe('The broker publishes a will', () => {
  const will = {
    topicName: 'w',
    payload: encodeUtf8('gone'),
    qos: 0 as const,
    retain: false,
    properties: {},
  };

  for (const [how, leave] of [
    ['a second CONNECT', (leaver: RawPeer) => leaver.send(a.connect())],
    ['a take-over', (_leaver: RawPeer, bench: BrokerBench) => bench.client('leaver')],
    ['a protocol error', (leaver: RawPeer) => leaver.send({ type: 'PINGRESP' })],
    ['DISCONNECT 0x04', (leaver: RawPeer) => leaver.send(a.disconnect(4))],
    ['being sent away', (_leaver: RawPeer, bench: BrokerBench) => bench.broker.disconnect('leaver')],
  ] as const) {
    it(`of a client that ends with ${how} [MQTT-3.1.2-8]`, async () => {
      const bench = new BrokerBench();
      const listener = await bench.client('listener');
      await listener.send(a.subscribe(1, [a.subscription('w')]));
      const leaver = await bench.client('leaver', { will });
      await leave(leaver, bench);
      assert.deepEqual(await listener.received(), ['PUBLISH q0 w "gone"']);
    });
  }

  it('with its Properties, its expiry running from then on', async () => {
    const bench = new BrokerBench();
    const listener = await bench.client('listener');
    await listener.send(a.subscribe(1, [a.subscription('w')]));
    const properties = { willDelayInterval: 5, messageExpiryInterval: 10, contentType: 'c' };
    const leaver = await bench.client('leaver', {
      will: { ...will, properties },
      properties: { sessionExpiryInterval: 100 },
    });
    leaver.drop();
    await leaver.received();
    await bench.clock.pass(5_000);
    assert.deepEqual(await listener.received(), ['PUBLISH q0 expires 10 w "gone"']);
    const packet = listener.packets.at(-1);
    assert.deepEqual(packet?.type === 'PUBLISH' && packet.properties, {
      messageExpiryInterval: 10,
      contentType: 'c',
    });
  });

  it('that waits for its delay, at once when its client starts anew [MQTT-3.1.2-8]', async () => {
    const bench = new BrokerBench();
    const listener = await bench.client('listener');
    await listener.send(a.subscribe(1, [a.subscription('w')]));
    const more = { properties: { sessionExpiryInterval: 100 } };
    const delayed = { ...will, properties: { willDelayInterval: 50 } };
    const leaver = await bench.client('leaver', { will: delayed, ...more });
    leaver.drop();
    await leaver.received();
    await bench.client('leaver', { cleanStart: true });
    assert.deepEqual(await listener.received(), ['PUBLISH q0 w "gone"']);
  });
});
