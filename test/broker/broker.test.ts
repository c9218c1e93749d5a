import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import type { Connack } from '../../src/protocol/controlPacket';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';

describe('The broker lets in', () => {
  it('a client with an empty identifier under one it assigns, and tells it in 5.0 [MQTT-3.1.3-6] [MQTT-3.1.3-7] [MQTT-3.2.2-16]', async () => {
    const bench = new BrokerBench();
    for (const version of [5, 4] as const) {
      const peer = bench.open(version);
      assert.deepEqual(await peer.send(a.connect({ protocolVersion: version, clientIdentifier: '' })), [
        'CONNACK 0x00',
      ]);
      const connack = peer.packets[0] as Connack;
      assert.equal(connack.properties.assignedClientIdentifier, version === 5 ? 'assigned-1' : undefined);
    }
    assert.deepEqual(bench.events, ['+ assigned-1', '+ assigned-2']);
  });

  it('everybody with what it does not offer said in CONNACK', async () => {
    const peer = await new BrokerBench({ maximumPacketSize: 1000 }).client('a');
    assert.deepEqual((peer.packets[0] as Connack).properties, {
      maximumPacketSize: 1000,
      topicAliasMaximum: 100,
    });
  });

  const refused: readonly (readonly [what: string, version: 3 | 4 | 5, more: object, answer: string])[] = [
    [
      'an empty identifier without a clean session [MQTT-3.1.3-8] (3.1.1) [MQTT-3.1.3-9] (3.1.1)',
      4,
      { clientIdentifier: '', cleanStart: false },
      '0x02',
    ],
    ['an empty identifier in 3.1', 3, { clientIdentifier: '' }, '0x02'],
    ['an Authentication Method [MQTT-4.12.0-1]', 5, { properties: { authenticationMethod: 'm' } }, '0x8c'],
  ];
  for (const [what, version, more, answer] of refused) {
    it(`nobody with ${what}`, async () => {
      const peer = new BrokerBench().open(version);
      assert.deepEqual(await peer.send(a.connect({ protocolVersion: version, ...more })), [
        `CONNACK ${answer}`,
        'closed',
      ]);
    });
  }

  for (const [how, answer] of [
    ['at once', (isAllowed: boolean) => isAllowed],
    ['later', (isAllowed: boolean) => Promise.resolve(isAllowed)],
  ] as const) {
    it(`those access control allows ${how} [MQTT-3.1.4-2]`, async () => {
      const accessControl = {
        authenticate: ({
          userName,
          password,
        }: {
          userName: string | undefined;
          password: Uint8Array | undefined;
        }) => answer(userName === 'me' && password !== undefined && decodeUtf8(password) === 'secret'),
      };
      const bench = new BrokerBench({ accessControl });
      const password = encodeUtf8('secret');
      assert.deepEqual(await bench.open().send(a.connect({ userName: 'me', password })), ['CONNACK 0x00']);
      const wrong = a.connect({ protocolVersion: 4, userName: 'you', password });
      assert.deepEqual(await bench.open(4).send(wrong), ['CONNACK 0x04', 'closed']);
      assert.deepEqual(await bench.open(5).send(a.connect()), ['CONNACK 0x86', 'closed']);
      assert.deepEqual(bench.events, ['+ c', '- c refused', '- c refused']);
    });
  }

  it('nobody whose connection ends before access control has decided', async () => {
    let allow: (isAllowed: boolean) => void = () => undefined;
    const accessControl = { authenticate: () => new Promise<boolean>((resolve) => (allow = resolve)) };
    const bench = new BrokerBench({ accessControl });
    const peer = bench.open();
    await peer.send(a.connect());
    peer.drop();
    await peer.received();
    allow(true);
    await peer.received();
    assert.deepEqual(bench.events, ['- c dropped']);
  });

  for (const [how, authenticate, answer] of [
    ['throws', () => assert.fail('no database'), 0x83],
    ['rejects', () => Promise.reject(new Error('no database')), 0x80],
  ] as const) {
    it(`nobody while access control ${how}, which is reported`, async () => {
      const bench = new BrokerBench({ accessControl: { authenticate } });
      const failures: string[] = [];
      bench.broker.onDidFail(({ clientIdentifier, error }) =>
        failures.push(`${clientIdentifier}: ${(error as Error).message}`),
      );
      assert.deepEqual(await bench.open().send(a.connect()), [`CONNACK 0x${answer.toString(16)}`, 'closed']);
      assert.deepEqual(failures, ['c: no database']);
    });
  }

  it('nobody access control says nothing about for ten seconds', async () => {
    const authenticate = () => new Promise<boolean>(() => undefined);
    const bench = new BrokerBench({ accessControl: { authenticate } });
    const peer = bench.open();
    assert.deepEqual(await peer.send(a.connect()), []);
    await bench.clock.pass(10_000);
    assert.deepEqual(await peer.received(), ['CONNACK 0x88', 'closed']);
  });

  it('a second client with the same identifier, and sends the first away [MQTT-3.1.4-3]', async () => {
    const bench = new BrokerBench();
    const first = await bench.client('same');
    const older = await bench.client('old', { protocolVersion: 4 });
    await first.received();
    await older.received();
    await bench.client('same');
    await bench.client('old', { protocolVersion: 4 });
    assert.deepEqual(await first.received(), ['DISCONNECT 0x8e', 'closed']);
    assert.deepEqual(await older.received(), ['closed']);
  });
});

describe('The broker keeps a Session', () => {
  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };

  it('with subscriptions and what was published meanwhile, QoS 0 excepted [MQTT-3.1.2-5] [MQTT-3.1.2-5] (3.1.1) [MQTT-4.5.0-1] [MQTT-3.1.3-2]', async () => {
    for (const connect of [lasting, { protocolVersion: 4 as const, cleanStart: false }]) {
      const bench = new BrokerBench();
      const first = await bench.client('s', connect);
      await first.send(a.subscribe(1, [a.subscription('#', 2)]));
      first.drop();
      const publisher = await bench.client('p');
      await publisher.send(a.publish('a', 0), a.publish('b', 1, 1), a.publish('c', 2, 2));
      const second = await bench.client('s', connect);
      assert.deepEqual(await second.received(), []);
      assert.deepEqual(
        second.packets.map((packet) => packet.type),
        ['CONNACK', 'PUBLISH', 'PUBLISH'],
      );
      assert.deepEqual(bench.events.slice(1), ['- s dropped', '+ p', '+ s resumed']);
    }
  });

  it('until its time is over, and begins a new one then [MQTT-3.1.2-23] [MQTT-4.1.0-2] [MQTT-3.1.2-6] [MQTT-3.2.2-3]', async () => {
    const bench = new BrokerBench();
    for (const [wait, expected] of [
      [99_000, 'CONNACK 0x00 present'],
      [101_000, 'CONNACK 0x00'],
    ] as const) {
      const first = await bench.client('s', lasting);
      first.drop();
      await first.received();
      await bench.clock.pass(wait);
      assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 's', ...lasting })), [expected]);
    }
  });

  it('for as long as DISCONNECT says, where it says something (3.14.2.2.2)', async () => {
    const bench = new BrokerBench();
    const first = await bench.client('s', lasting);
    await first.send(a.disconnect(0, { sessionExpiryInterval: 0 }));
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 's', ...lasting })), [
      'CONNACK 0x00',
    ]);
  });

  it('no longer than the connection by default, and not over a clean start [MQTT-3.1.2-4] [MQTT-3.1.4-4] [MQTT-3.2.2-2]', async () => {
    const bench = new BrokerBench();
    const first = await bench.client('s', { cleanStart: false });
    await first.send(a.disconnect());
    assert.deepEqual(await bench.open().send(a.connect({ clientIdentifier: 's', cleanStart: false })), [
      'CONNACK 0x00',
    ]);
    const kept = await bench.client('k', lasting);
    await kept.send(a.subscribe(1, [a.subscription('#')]));
    await kept.send(a.disconnect());
    const clean = await bench.client('k', { cleanStart: true });
    await clean.send(a.publish('a'));
    assert.deepEqual(
      clean.packets.map(({ type }) => type),
      ['CONNACK'],
    );
  });

  it('taking it over from a connection that is still there', async () => {
    const bench = new BrokerBench();
    const first = await bench.client('s', lasting);
    await first.send(a.subscribe(1, [a.subscription('t', 1)]), a.publish('t', 1, 1));
    const second = bench.open();
    assert.deepEqual(await second.send(a.connect({ clientIdentifier: 's', ...lasting })), [
      'CONNACK 0x00 present',
      'PUBLISH q1 #1 dup t "x"',
    ]);
    assert.equal((await first.received()).at(-1), 'closed');
  });
});

describe('The broker publishes a will', () => {
  const will = { topicName: 'w', payload: encodeUtf8('gone'), qos: 1 as const, retain: true, properties: {} };

  /** Somebody who hears wills, and the client that leaves one. */
  async function setUp(connect: object = {}) {
    const bench = new BrokerBench();
    const listener = await bench.client('listener');
    await listener.send(a.subscribe(1, [a.subscription('w', 1)]));
    const leaver = await bench.client('leaver', { will, ...connect });
    return { bench, listener, leaver };
  }

  const heard = ['PUBLISH q1 #1 w "gone"'];

  it('when the connection ends without DISCONNECT [MQTT-3.1.2-7] [MQTT-3.1.2-8]', async () => {
    const { listener, leaver, bench } = await setUp();
    leaver.drop();
    assert.deepEqual(await listener.received(), heard);
    // Retained, as it asked [MQTT-3.1.2-15].
    const late = await bench.client('late');
    assert.deepEqual((await late.send(a.subscribe(1, [a.subscription('w')]))).slice(1), [
      'PUBLISH q0 retain w "gone"',
    ]);
  });

  it('once, and without RETAIN where it asked for none [MQTT-3.1.2-10] [MQTT-3.1.2-14]', async () => {
    const lasting = { properties: { sessionExpiryInterval: 100 } };
    const { bench, listener, leaver } = await setUp({ will: { ...will, retain: false }, ...lasting });
    leaver.drop();
    assert.deepEqual(await listener.received(), heard);
    const back = await bench.client('leaver', { cleanStart: false, ...lasting });
    back.drop();
    assert.deepEqual(await listener.received(), []);
    const late = await bench.client('late');
    assert.deepEqual(await late.send(a.subscribe(1, [a.subscription('w')])), ['SUBACK #1 0x00']);
  });

  it('when the Keep Alive runs out [MQTT-3.1.2-22]', async () => {
    const { bench, listener } = await setUp({ keepAlive: 10 });
    await bench.clock.pass(15_000);
    assert.deepEqual(await listener.received(), heard);
  });

  it('when the client breaks a rule [MQTT-4.13.1-1]', async () => {
    const { listener, leaver } = await setUp();
    await leaver.sendBytes(Uint8Array.of(0xf0, 0xff));
    await leaver.sendBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
    assert.deepEqual(await listener.received(), heard);
  });

  it('with DISCONNECT 0x04, and not with 0x00 [MQTT-3.14.4-3]', async () => {
    for (const [reasonCode, expected] of [
      [4, heard],
      [0, []],
    ] as const) {
      const { listener, leaver } = await setUp();
      await leaver.send(a.disconnect(reasonCode));
      assert.deepEqual(await listener.received(), expected);
    }
  });

  it('after its delay, unless the client is back by then [MQTT-3.1.3-9]', async () => {
    const properties = { sessionExpiryInterval: 100 };
    const delayed = { will: { ...will, properties: { willDelayInterval: 10 } }, properties };
    const { bench, listener, leaver } = await setUp(delayed);
    leaver.drop();
    await bench.clock.pass(9_999);
    assert.deepEqual(await listener.received(), []);
    const back = await bench.client('leaver', { cleanStart: false, ...delayed });
    await bench.clock.pass(20_000);
    assert.deepEqual(await listener.received(), []);
    back.drop();
    await back.received();
    await bench.clock.pass(10_000);
    assert.deepEqual(await listener.received(), heard);
    // It was published and is gone: the end of the Session finds none [MQTT-3.1.2-10].
    await bench.clock.pass(100_000);
    assert.deepEqual(await listener.received(), []);
  });

  it('when the Session ends before the delay does [MQTT-3.1.2-8]', async () => {
    const delayed = { will: { ...will, properties: { willDelayInterval: 10 } } };
    const { listener, leaver } = await setUp(delayed);
    leaver.drop();
    assert.deepEqual(await listener.received(), heard);
  });
});

describe('The broker closes', () => {
  it('with 0x8B for everybody, and forgets its timers', async () => {
    const bench = new BrokerBench();
    const peer = await bench.client('a', { keepAlive: 10, properties: { sessionExpiryInterval: 100 } });
    const silent = bench.open();
    await peer.received();
    // Once, however often it is asked for.
    await Promise.all([bench.broker.close(), bench.broker.close()]);
    await bench.broker.close();
    assert.deepEqual(await peer.received(), ['DISCONNECT 0x8b', 'closed']);
    assert.deepEqual(await silent.received(), ['closed']);
    assert.equal(bench.clock.waiting, 0);
  });
});
