import assert from 'node:assert/strict';
import type { Connect, QoS } from '../../src/protocol/controlPacket';
import { encodeUtf8 } from '../../src/base/utf8';
import { BrokerBench } from '../support/brokerBench';
import { a } from '../support/packets';
import type { RawPeer } from '../support/rawPeer';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 100 } };

/** A client with the shared subscription. */
async function member(bench: BrokerBench, name: string, qos: QoS = 1, more: Partial<Connect> = {}) {
  const peer = await bench.client(name, more);
  await peer.send(a.subscribe(1, [a.subscription('$share/g/t', qos)]));
  return peer;
}

/** Numbered messages to the topic, one after another. */
async function publish(publisher: RawPeer, qos: QoS, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number++) {
    await publisher.send(a.publish('t', qos, qos === 0 ? 0 : number, { payload: encodeUtf8(`${number}`) }));
  }
}

const textsOf = (lines: readonly string[]) => lines.map((line) => line.replace(/^.*"(.*)"$/, '$1'));

describe('A shared subscription', () => {
  for (const version of [4, 5] as const) {
    it(`gives each message to one of its members, in turn, in version ${version} (4.8.2)`, async () => {
      const bench = new BrokerBench();
      const members = [];
      for (const name of ['a', 'b', 'c'])
        members.push(await member(bench, name, 0, { protocolVersion: version }));
      await publish(await bench.client('publisher'), 0, 1, 6);
      const got = [];
      for (const each of members) got.push(textsOf(await each.received()));
      assert.deepEqual(got, [
        ['1', '4'],
        ['2', '5'],
        ['3', '6'],
      ]);
    });
  }

  it('sends by the QoS granted to the member that is chosen [MQTT-4.8.2-3]', async () => {
    const bench = new BrokerBench();
    const one = await member(bench, 'one', 0);
    const other = await member(bench, 'other', 2);
    await publish(await bench.client('publisher'), 2, 1, 2);
    assert.deepEqual(await one.received(), ['PUBLISH q0 t "1"']);
    assert.deepEqual(await other.received(), ['PUBLISH q2 #1 t "2"']);
  });

  it('stands beside an ordinary one of the same client, and beside other groups', async () => {
    const bench = new BrokerBench();
    const client = await bench.client('c');
    await client.send(a.subscribe(1, [a.subscription('t')], { subscriptionIdentifiers: [1] }));
    await client.send(a.subscribe(2, [a.subscription('$share/g/t')], { subscriptionIdentifiers: [2] }));
    await client.send(a.subscribe(3, [a.subscription('$share/h/+')], { subscriptionIdentifiers: [3] }));
    await publish(await bench.client('publisher'), 0, 1, 1);
    assert.deepEqual(await client.received(), [
      'PUBLISH q0 s1 t "1"',
      'PUBLISH q0 s2 t "1"',
      'PUBLISH q0 s3 t "1"',
    ]);
    assert.deepEqual(await client.send(a.unsubscribe(4, ['$share/g/t', '$share/g/t', 't'])), [
      'UNSUBACK #4 0x00 0x11 0x00',
    ]);
    await publish(await bench.client('publisher'), 0, 2, 2);
    assert.deepEqual(await client.received(), ['PUBLISH q0 s3 t "2"']);
  });

  it('gets no retained messages', async () => {
    const bench = new BrokerBench();
    const publisher = await bench.client('publisher');
    await publisher.send(a.publish('t', 1, 1, { retain: true }));
    const client = await bench.client('c');
    assert.deepEqual(await client.send(a.subscribe(1, [a.subscription('$share/g/t')])), ['SUBACK #1 0x00']);
  });

  it('is refused before 5.0 where its filter is none [MQTT-4.8.2-1] [MQTT-4.8.2-2]', async () => {
    const client = await new BrokerBench().client('c', { protocolVersion: 4 });
    const filters = ['$share/g/', '$share//t', '$share/g/t'].map((filter) => a.subscription(filter));
    assert.deepEqual(await client.send(a.subscribe(1, filters)), ['SUBACK #1 0x80 0x80 0x00']);
  });

  it('passes over members that are away, and one that takes no more', async () => {
    const bench = new BrokerBench({ queuedMessages: 1 });
    const away = await member(bench, 'away', 1, lasting);
    await away.send(a.disconnect());
    const full = await member(bench, 'full');
    const other = await member(bench, 'other');
    const publisher = await bench.client('publisher');
    await publish(publisher, 1, 1, 2);
    await full.received();
    // Only the other one acknowledges.
    await other.send(a.acknowledgement('PUBACK', 1));
    await publish(publisher, 1, 3, 3);
    assert.deepEqual(await other.received(), ['PUBLISH q1 #2 t "3"']);
    const back = bench.open();
    assert.deepEqual(await back.send(a.connect({ clientIdentifier: 'away', ...lasting })), [
      'CONNACK 0x00 present',
    ]);
  });

  it('gives what is too large for one member to another, and to nobody where it is for all [MQTT-3.1.2-25]', async () => {
    const bench = new BrokerBench();
    const small = await bench.client('small', { properties: { maximumPacketSize: 30 } });
    await small.send(a.subscribe(1, [a.subscription('$share/g/t', 1)]));
    const other = await member(bench, 'other');
    const publisher = await bench.client('publisher');
    const large = { payload: new Uint8Array(24).fill(0x61) };
    for (const identifier of [1, 2]) {
      assert.deepEqual(await publisher.send(a.publish('t', 1, identifier, large)), [`PUBACK #${identifier}`]);
    }
    assert.equal((await other.received()).length, 2);
    assert.deepEqual(await small.received(), []);
    // What is small goes to each in turn.
    await publish(publisher, 1, 3, 4);
    assert.deepEqual([(await small.received()).length, (await other.received()).length], [1, 1]);
    await other.send(a.unsubscribe(9, ['$share/g/t']));
    await publisher.send(a.publish('t', 1, 5, large));
    assert.deepEqual(await small.received(), []);
    assert.equal(bench.broker.client('small')?.queued, 0);
  });

  it('keeps messages for a member that comes back where nobody is there', async () => {
    const bench = new BrokerBench();
    await (await member(bench, 'away', 1, lasting)).send(a.disconnect());
    await publish(await bench.client('publisher'), 1, 1, 2);
    const back = bench.open();
    const lines = await back.send(a.connect({ clientIdentifier: 'away', ...lasting }));
    assert.deepEqual(textsOf(lines.slice(1)), ['1', '2']);
  });

  it('keeps nothing for a member that is away and was granted QoS 0', async () => {
    const bench = new BrokerBench();
    await (await member(bench, 'qos 0', 0, lasting)).send(a.disconnect());
    const publisher = await bench.client('publisher');
    assert.deepEqual(await publisher.send(a.publish('t', 1, 1)), ['PUBACK #1 0x10']);
    await (await member(bench, 'qos 1', 1, lasting)).send(a.disconnect());
    await publish(publisher, 1, 2, 3);
    const queued = (name: string) => bench.broker.client(name)?.queued;
    assert.deepEqual([queued('qos 0'), queued('qos 1')], [0, 2]);
  });

  it('hands what a member never got to the others when it goes, and keeps for it what it may have [MQTT-4.8.2-4]', async () => {
    const bench = new BrokerBench();
    const slow = { cleanStart: false, properties: { sessionExpiryInterval: 100, receiveMaximum: 1 } };
    const goes = await member(bench, 'goes', 2, slow);
    const publisher = await bench.client('publisher');
    await publish(publisher, 2, 1, 3);
    assert.deepEqual(textsOf(await goes.received()), ['1']);
    const stays = await member(bench, 'stays', 2);
    goes.drop();
    assert.deepEqual(textsOf(await stays.received()), ['2', '3']);
    const back = bench.open();
    assert.deepEqual(await back.send(a.connect({ clientIdentifier: 'goes', ...slow })), [
      'CONNACK 0x00 present',
      'PUBLISH q2 #1 dup t "1"',
    ]);
  });

  for (const [qos, expected] of [
    [1, ['2', '1']],
    [2, ['2']],
  ] as const) {
    it(`gives what a Session had that ends to the others, but at QoS 2 not what was sent: QoS ${qos} [MQTT-4.8.2-5]`, async () => {
      const bench = new BrokerBench();
      const goes = await member(bench, 'goes', qos, { properties: { receiveMaximum: 1 } });
      await publish(await bench.client('publisher'), qos, 1, 2);
      await goes.received();
      const stays = await member(bench, 'stays', qos);
      goes.drop();
      assert.deepEqual(textsOf(await stays.received()), expected);
    });
  }

  it('drops what a member refuses and gives it to nobody else [MQTT-4.8.2-6]', async () => {
    const bench = new BrokerBench();
    const refuses = await member(bench, 'refuses');
    const other = await member(bench, 'other');
    await publish(await bench.client('publisher'), 1, 1, 1);
    await refuses.send(a.acknowledgement('PUBACK', 1, 0x97));
    assert.deepEqual(await other.received(), []);
  });

  it('is gone with its last member', async () => {
    const bench = new BrokerBench();
    const only = await member(bench, 'only');
    await only.send(a.disconnect());
    const publisher = await bench.client('publisher');
    assert.deepEqual(await publisher.send(a.publish('t', 1, 1)), ['PUBACK #1 0x10']);
  });
});
