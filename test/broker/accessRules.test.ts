import assert from 'node:assert/strict';
import type { AccessControl, Credentials } from '../../src/broker/accessControl';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { MemoryDisk, MemoryJournal } from '../support/memoryJournal';
import { a } from '../support/packets';

/** Everybody may do everything below their own name. */
const accessControl: AccessControl = {
  authenticate: () => true,
  mayPublish: ({ clientIdentifier }, topicName) => topicName.startsWith(`${clientIdentifier}/`),
  maySubscribe: ({ clientIdentifier }, topicFilter) => topicFilter.startsWith(`${clientIdentifier}/`),
};

describe('Rules about topics', () => {
  it('refuse messages with 0x87, say so to somebody, and let nothing of them through', async () => {
    const bench = new BrokerBench({ accessControl });
    const denied: string[] = [];
    bench.broker.onDidDeny(({ clientIdentifier, action, topic }) =>
      denied.push(`${clientIdentifier} ${action} ${topic}`),
    );
    const client = await bench.client('c');
    await client.send(a.subscribe(1, [a.subscription('c/#')]));
    const other = await bench.client('o');
    assert.deepEqual(
      await other.send(
        a.publish('c/x', 1, 1),
        a.publish('c/x', 2, 2),
        a.publish('c/x'),
        a.publish('o/x', 1, 3),
      ),
      ['PUBACK #1 0x87', 'PUBREC #2 0x87', 'PUBACK #3 0x10'],
    );
    assert.deepEqual((await client.received()).slice(1), []);
    assert.deepEqual(denied, Array<string>(3).fill('o publish c/x'));
  });

  it('are no word of 3.1.1, which acknowledges what goes nowhere [MQTT-3.3.5-2] (3.1.1)', async () => {
    const client = await new BrokerBench({ accessControl }).client('c', { protocolVersion: 4 });
    assert.deepEqual(await client.send(a.publish('other', 1, 1)), ['PUBACK #1']);
  });

  it('refuse subscriptions, shared ones by the filter behind the name', async () => {
    for (const [version, code] of [
      [5, '0x87'],
      [4, '0x80'],
    ] as const) {
      const client = await new BrokerBench({ accessControl }).client('c', { protocolVersion: version });
      const filters = ['c/x', '#', '$share/g/c/x', '$share/c/x'].map((filter) => a.subscription(filter));
      assert.deepEqual(await client.send(a.subscribe(1, filters)), [`SUBACK #1 0x00 ${code} 0x00 ${code}`]);
    }
  });

  const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100, receiveMaximum: 2 } };
  /** What a user is called says what it may read. */
  const reading: AccessControl = {
    authenticate: () => true,
    mayReceive: ({ userName }, topicName) => userName === 'all' || topicName.startsWith(`${userName}/`),
  };

  it('hold for what is delivered, whatever was subscribed to: live, retained, and in a group', async () => {
    const bench = new BrokerBench({ accessControl: reading });
    const publisher = await bench.client('p');
    await publisher.send(
      a.publish('ann/old', 0, 0, { retain: true }),
      a.publish('bob/old', 0, 0, { retain: true }),
    );
    const ann = await bench.client('one', { userName: 'ann' });
    const all = await bench.client('two', { userName: 'all' });
    assert.deepEqual(await ann.send(a.subscribe(1, [a.subscription('#')])), [
      'SUBACK #1 0x00',
      'PUBLISH q0 retain ann/old "x"',
    ]);
    for (const member of [ann, all]) await member.send(a.subscribe(2, [a.subscription('$share/g/+/shared')]));
    for (let count = 0; count < 4; count++) await publisher.send(a.publish('bob/shared'));
    await publisher.send(a.publish('ann/new'), a.publish('bob/new'));
    assert.deepEqual(await ann.received(), ['PUBLISH q0 ann/new "x"']);
    assert.deepEqual(await all.received(), Array<string>(4).fill('PUBLISH q0 bob/shared "x"'));
    assert.deepEqual(await publisher.send(a.publish('bob/new', 1, 1)), ['PUBACK #1 0x10']);
  });

  it('hold for what waits in a Session that another user goes on with, in flight or not', async () => {
    const bench = new BrokerBench({ accessControl: reading });
    const all = await bench.client('c', { ...lasting, userName: 'all' });
    await all.send(a.subscribe(1, [a.subscription('#', 2)]));
    const publisher = await bench.client('p');
    await publisher.send(a.publish('bob/a', 1, 1), a.publish('bob/b', 2, 2));
    await publisher.send(a.publish('bob/c', 1, 3), a.publish('ann/d', 1, 4));
    assert.deepEqual(await all.received(), ['PUBLISH q1 #1 bob/a "x"', 'PUBLISH q2 #2 bob/b "x"']);
    all.drop();
    await all.received();
    const ann = bench.open();
    assert.deepEqual(await ann.send(a.connect({ clientIdentifier: 'c', ...lasting, userName: 'ann' })), [
      'CONNACK 0x00 present',
      'PUBREL #2',
      'PUBLISH q1 #3 ann/d "x"',
    ]);
    assert.deepEqual(await publisher.send(a.publish('bob/e', 1, 5)), ['PUBACK #5 0x10']);
    await ann.send(a.acknowledgement('PUBCOMP', 2, 0x92), a.acknowledgement('PUBACK', 3));
    assert.equal(bench.broker.client('c')?.inFlight, 0);
  });

  it('are asked about a Session of before user names were kept once its client is back', async () => {
    const disk = new MemoryDisk();
    const before = new BrokerBench({ accessControl: reading, journal: new MemoryJournal(disk) });
    const one = await before.client('c', { ...lasting, userName: 'ann' });
    await one.send(a.subscribe(1, [a.subscription('#', 1)]));
    const sessions = disk.kept.sessions.map((each) => ({
      ...each,
      ...{ userName: undefined, isUserUnknown: true as const },
    }));
    const bench = new BrokerBench({ accessControl: reading, carried: { ...disk.kept, sessions } });
    const publisher = await bench.client('p');
    const answers = await publisher.send(a.publish('ann/a', 1, 1), a.publish('bob/b', 1, 2));
    assert.deepEqual(answers, ['PUBACK #1', 'PUBACK #2']);
    const carried = await bench.broker.carried({ now: () => 0, rest: () => Promise.resolve() });
    const unknown = carried.sessions.filter((each) => each.isUserUnknown);
    assert.deepEqual(
      unknown.map((each) => each.clientIdentifier),
      ['c'],
    );
    const back = a.connect({ clientIdentifier: 'c', ...lasting, userName: 'ann' });
    assert.deepEqual(await bench.open().send(back), ['CONNACK 0x00 present', 'PUBLISH q1 #1 ann/a "x"']);
  });

  it('refuse the client whose will they do not allow', async () => {
    const bench = new BrokerBench({ accessControl });
    const will = { topicName: 'x', payload: encodeUtf8('x'), qos: 0, retain: false, properties: {} } as const;
    assert.deepEqual(await bench.open().send(a.connect({ will })), ['CONNACK 0x87', 'closed']);
  });
});

describe('Access control', () => {
  it('is told where a client comes from, and may say who it is and why not', async () => {
    const asked: Credentials[] = [];
    const bench = new BrokerBench({
      accessControl: {
        authenticate: (credentials) => {
          asked.push(credentials);
          if (credentials.clientIdentifier === 'in') return { isAllowed: true, userName: 'CN=device' };
          return { isAllowed: false, reasonCode: 0x8a, reasonString: 'not today' };
        },
      },
    });
    await bench.client('in', { userName: 'somebody' });
    assert.equal(bench.broker.client('in')?.connection?.userName, 'CN=device');
    const out = bench.open();
    assert.deepEqual(await out.send(a.connect({ clientIdentifier: 'out' })), ['CONNACK 0x8a', 'closed']);
    const [packet] = out.packets;
    assert.equal(packet?.type === 'CONNACK' && packet.properties.reasonString, 'not today');
    const { peer, listener, security, version, userName } = asked[0] ?? assert.fail('not asked');
    assert.deepEqual(
      [peer, listener, security, version, userName],
      ['memory:b', 'mqtt', undefined, 5, 'somebody'],
    );
  });
});
