import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { ClientError } from '../../src/client/mqttClient';
import type { Properties } from '../../src/protocol/properties';
import { a, line } from '../support/packets';
import type { OfOneVersion } from '../support/scriptedServer';
import { ScriptedServer } from '../support/scriptedServer';
import { outcome, watched } from '../support/outcome';

const userProperties: (readonly [string, string])[] = [['region', 'eu']];
const saying = (reasonString: string): Properties => ({ reasonString, userProperties });

describe('What the server says in Properties', () => {
  it('comes with the outcome of a publish', async () => {
    const bench = await new ScriptedServer().connected();
    const publish = (qos: 1 | 2) => bench.client.publish({ topicName: 't', payload: encodeUtf8(''), qos });
    const outcomes = [publish(1), publish(2), publish(2), publish(2)];
    await bench.settled();
    await bench.send(
      { ...a.acknowledgement('PUBACK', 1, 0x97), properties: saying('full') },
      { ...a.acknowledgement('PUBREC', 2, 0x87), properties: saying('no') },
      { ...a.acknowledgement('PUBREC', 3, 0x10), properties: saying('nobody') },
      a.acknowledgement('PUBREC', 4),
      a.acknowledgement('PUBCOMP', 3),
      { ...a.acknowledgement('PUBCOMP', 4), properties: saying('done') },
    );
    assert.deepEqual(await Promise.all(outcomes), [
      { reasonCode: 0x97, packetIdentifier: 1, properties: saying('full') },
      { reasonCode: 0x87, packetIdentifier: 2, properties: saying('no') },
      // PUBREC says who gets it; PUBCOMP only that it is over.
      { reasonCode: 0x10, packetIdentifier: 3, properties: saying('nobody') },
      { reasonCode: 0, packetIdentifier: 4, properties: saying('done') },
    ]);
  });

  it('comes with the outcome of subscribing and unsubscribing', async () => {
    const bench = await new ScriptedServer().connected();
    const outcomes = [bench.client.subscribe([a.subscription('a')]), bench.client.unsubscribe(['a'])];
    await bench.settled();
    await bench.send(
      { ...a.suback(1, [0]), properties: saying('granted') },
      { ...a.unsuback(2, [0x11]), properties: saying('none') },
    );
    assert.deepEqual(await Promise.all(outcomes), [
      { reasonCodes: [0], properties: saying('granted') },
      { reasonCodes: [0x11], properties: saying('none') },
    ]);
  });

  it('comes with what was negotiated', async () => {
    const properties = { ...saying('welcome'), serverReference: 'other', responseInformation: 'r' };
    const bench = await new ScriptedServer().connected(a.connack({ properties }));
    const { state } = bench.client;
    assert.deepEqual(state.state === 'connected' && state.negotiated.properties, properties);
  });

  it('comes with its refusal and its DISCONNECT; where it sends to is not followed (4.11) [MQTT-4.13.2-1]', async () => {
    const properties = { ...saying('moved'), serverReference: 'other:1883' };
    const refused = new ScriptedServer();
    const connecting = watched(refused.client.connect());
    await refused.settled();
    await refused.send(a.connack({ reasonCode: 0x9d, properties }));
    await assert.rejects(connecting, (error) => {
      assert.ok(error instanceof ClientError);
      assert.deepEqual(error.failure, {
        kind: 'refusedByServer',
        version: 5,
        reasonCode: 0x9d,
        ...properties,
      });
      return true;
    });
    const ended = await new ScriptedServer().connected();
    await ended.send(a.disconnect(0x9c, properties));
    assert.ok(refused.peer.isClosed && ended.peer.isClosed);
    assert.deepEqual(ended.client.state, {
      state: 'disconnected',
      failure: { kind: 'disconnectedByServer', reasonCode: 0x9c, ...properties },
    });
  });
});

describe('A client that leaves', () => {
  const leaving = async (
    given: { reasonCode?: number; properties?: Properties },
    options: OfOneVersion = {},
    connack = a.connack(),
  ) => {
    const bench = await new ScriptedServer(options).connected(connack);
    const result = await outcome(watched(bench.client.disconnect(given)));
    return { bench, result };
  };

  it('says why, and what to tell about it, and closes [MQTT-3.14.2-1] [MQTT-3.14.4-2]', async () => {
    const { bench } = await leaving({ reasonCode: 0x04, properties: saying('battery is low') });
    const { reasonCode, properties } = bench.last('DISCONNECT');
    assert.deepEqual({ reasonCode, properties }, { reasonCode: 4, properties: saying('battery is low') });
    assert.equal(bench.client.state.state, 'disconnected');
    assert.ok(bench.peer.isClosed);
  });

  it('may change how long its Session is kept (3.14.2.2.2)', async () => {
    const properties = { sessionExpiryInterval: 0 };
    const { bench } = await leaving({ properties }, { properties: { sessionExpiryInterval: 60 } });
    assert.deepEqual(bench.last('DISCONNECT').properties, properties);
  });

  const wrong: readonly (readonly [what: string, given: object, id: string, connack?: object])[] = [
    [
      'a Session that was to end with the connection (3.14.2.2.2)',
      { properties: { sessionExpiryInterval: 60 } },
      'sessionExpiryAfterZero',
    ],
    ['a code that only servers send (3.14.2.1)', { reasonCode: 0x8e }, 'reasonCodeOfOtherSide'],
    ['a code that nobody sends [MQTT-3.14.2-1]', { reasonCode: 0x01 }, 'reasonCode'],
    ['a property of servers (3.14.2.2.5)', { properties: { serverReference: 'x' } }, 'propertyNotAllowed'],
    ['a property of another packet', { properties: { topicAlias: 1 } }, 'propertyNotAllowed'],
    [
      'more than the server takes [MQTT-3.14.2-3] [MQTT-3.14.2-4]',
      { properties: { reasonString: 'x'.repeat(100) } },
      'packetTooLarge',
      { maximumPacketSize: 50 },
    ],
  ];
  for (const [what, given, id, properties = {}] of wrong) {
    it(`stays when it would say ${what}`, async () => {
      const { bench, result } = await leaving(given, {}, a.connack({ properties }));
      assert.equal(result, id);
      assert.equal(bench.client.state.state, 'connected');
    });
  }
});

describe('The CONNECT of a client', () => {
  const connectOf = async (options: OfOneVersion) => {
    const bench = new ScriptedServer(options);
    void watched(bench.client.connect());
    await bench.settled();
    return bench.last('CONNECT');
  };

  it('has the will with all its properties (3.1.3.2)', async () => {
    const will = {
      topicName: 'gone',
      payload: encodeUtf8('x'),
      qos: 1,
      retain: true,
      properties: {
        willDelayInterval: 5,
        payloadFormatIndicator: 1,
        messageExpiryInterval: 60,
        contentType: 'text/plain',
        responseTopic: 'answers',
        correlationData: Uint8Array.of(1, 2),
        userProperties,
      },
    } as const;
    assert.deepEqual((await connectOf({ will: { ...will, properties: { ...will.properties } } })).will, will);
  });

  it('says what it takes, and offers a few Topic Aliases', async () => {
    assert.deepEqual((await connectOf({})).properties, { topicAliasMaximum: 16 });
    assert.deepEqual((await connectOf({ topicAliasMaximum: 0 })).properties, {});
    const limits = { receiveMaximum: 10, maximumPacketSize: 1000, topicAliasMaximum: 3 };
    assert.deepEqual((await connectOf(limits)).properties, limits);
    const own = { receiveMaximum: 5, topicAliasMaximum: 0 };
    assert.deepEqual((await connectOf({ ...limits, properties: own })).properties, { ...limits, ...own });
    assert.deepEqual((await connectOf({ ...limits, version: 4 })).properties, {});
  });

  for (const version of [3, 4, 5] as const) {
    it(`bounds the packets that come in version ${version} (3.1.2.11.4)`, async () => {
      const bench = await new ScriptedServer({ version, maximumPacketSize: 50 }).connected();
      await bench.send(a.publish('t', 0, 0, { payload: new Uint8Array(51) }));
      const { state } = bench.client;
      assert.ok(state.state === 'disconnected' && state.failure?.kind === 'protocol');
      assert.equal(state.failure.violation.id, 'packetTooLarge');
      const last = bench.peer.packets.at(-1);
      assert.equal(last && line(last), version === 5 ? 'DISCONNECT 0x95' : 'CONNECT "c" clean');
    });
  }

  it('lets no more unacknowledged messages come than it says [MQTT-3.3.4-9]', async () => {
    const bench = await new ScriptedServer({ receiveMaximum: 1 }).connected();
    await bench.send(a.publish('t', 2, 1), a.publish('t', 2, 2));
    assert.equal(line(bench.last('DISCONNECT')), 'DISCONNECT 0x93');
  });
});

describe('A publish', () => {
  it('has no more unacknowledged messages than the server takes, and delays nothing else [MQTT-3.3.4-7] [MQTT-3.3.4-8]', async () => {
    const bench = await new ScriptedServer().connected(a.connack({ properties: { receiveMaximum: 2 } }));
    const publish = () => bench.client.publish({ topicName: 't', payload: encodeUtf8(''), qos: 1 });
    const all = [publish(), publish(), publish()].map(watched);
    void watched(bench.client.subscribe([a.subscription('a')]));
    await bench.settled();
    assert.deepEqual(
      bench.peer.packets.slice(1).map(({ type }) => type),
      ['PUBLISH', 'PUBLISH', 'SUBSCRIBE'],
    );
    await bench.send(a.acknowledgement('PUBACK', 1));
    assert.equal(bench.peer.packets.at(-1)?.type, 'PUBLISH');
    assert.equal(await outcome(all[2] ?? assert.fail()), 'pending');
  });

  it('carries no Subscription Identifier [MQTT-3.3.4-6]', async () => {
    const bench = await new ScriptedServer().connected();
    const properties = { subscriptionIdentifiers: [1] };
    const published = bench.client.publish({ topicName: 't', payload: encodeUtf8(''), properties });
    assert.equal(await outcome(watched(published)), 'subscriptionIdentifierFromClient');
  });
});

describe('A client of MQTT 3.1', () => {
  const first = (more: OfOneVersion = {}) => new ScriptedServer({ version: 3, ...more });

  it('names the protocol MQIsdp, and goes on with its Session unsaid', async () => {
    const bench = await first({ cleanStart: false }).connected();
    assert.deepEqual(
      [bench.last('CONNECT').protocolName, bench.last('CONNECT').protocolVersion],
      ['MQIsdp', 3],
    );
    const done = bench.client.subscribe([a.subscription('a/#')]);
    await bench.settled();
    await bench.send(a.suback(1, [0]));
    await done;
    void watched(bench.client.publish({ topicName: 't', payload: encodeUtf8('x'), qos: 1 }));
    await bench.settled();
    bench.peer.drop();
    await bench.settled();
    await bench.connected();
    assert.equal(line(bench.last('PUBLISH')), 'PUBLISH q1 #2 dup t "x"');
    await bench.send(a.publish('a/b'));
    assert.deepEqual(bench.messages.at(-1)?.subscriptions, ['a/#']);
  });

  for (const byte of [0x01, 0xa1])
    it(`takes 0x${byte.toString(16)} in the byte that is reserved in CONNACK`, async () => {
      const bench = first();
      const connecting = bench.client.connect();
      await bench.settled();
      await bench.peer.sendBytes(Uint8Array.of(0x20, 2, byte, 0));
      await connecting;
    });

  it('that a server finds no identifier for is refused in its words', async () => {
    const bench = first({ clientIdentifier: 'longer than twenty-three characters' });
    const connecting = watched(bench.client.connect());
    await bench.settled();
    await bench.send(a.connack({ reasonCode: 2 }));
    await assert.rejects(connecting, { failure: { kind: 'refusedByServer', version: 3, reasonCode: 2 } });
  });
});
