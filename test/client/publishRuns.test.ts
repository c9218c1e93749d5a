import assert from 'node:assert/strict';
import { encode } from '../../src/protocol/codec';
import { noProperties } from '../../src/protocol/properties';
import { outcome, watched } from '../support/outcome';
import { a } from '../support/packets';
import { ScriptedServer } from '../support/scriptedServer';

const payload = Uint8Array.of(1, 2, 3);

function subscription(topicFilter: string) {
  return { topicFilter, qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
}

/** What arrived after CONNECT, in short. */
function arrived(server: ScriptedServer): string[] {
  return server.peer.packets
    .slice(1)
    .map((packet) => (packet.type === 'PUBLISH' ? `${packet.topicName} QoS ${packet.qos}` : packet.type));
}

describe('QoS 0 messages of one turn', () => {
  it('leave in the order of the calls, with what else is asked for between them', async () => {
    const server = await new ScriptedServer().connected();
    const { client } = server;
    const publish = (topicName: string, qos: 0 | 1 = 0) => client.publish({ topicName, payload, qos });
    const first = [publish('a'), publish('b')];
    void watched(client.subscribe([subscription('c')]));
    const rest = [publish('c'), publish('d')];
    void watched(publish('e', 1));
    const last = publish('f');
    await server.settled();
    assert.deepEqual(arrived(server), [
      ...['a QoS 0', 'b QoS 0', 'SUBSCRIBE', 'c QoS 0', 'd QoS 0'],
      ...['e QoS 1', 'f QoS 0'],
    ]);
    const written = { reasonCode: 0, packetIdentifier: 0, properties: noProperties };
    for (const promise of [...first, ...rest, last]) assert.deepEqual(await outcome(promise), written);
    assert.equal(client.outstanding, 2, 'SUBSCRIBE and QoS 1 wait for their answers');
  });

  it('are the bytes of each message by itself, the payload of the call included', async () => {
    const server = await new ScriptedServer().connected();
    const scratch = Uint8Array.of(7);
    const sent = server.client.publish({ topicName: 'größe/é', payload: scratch, retain: true });
    scratch[0] = 8;
    await sent;
    await server.client.publish({ topicName: 'a/b', payload: new Uint8Array(0) });
    await server.settled();
    const packets = server.peer.packets
      .slice(1)
      .map((packet) => Buffer.from(encode(packet, 5)).toString('hex'));
    assert.deepEqual(packets, ['310e000a6772c3b6c39f652fc3a90007', '30060003612f6200']);
  });

  it('are each what was published, also where many in a row differ in their payloads alone', async () => {
    const server = await new ScriptedServer().connected();
    const scratch = new Uint8Array(2);
    const published: string[] = [];
    const publish = (topicName: string, retain: boolean, value: number) => {
      scratch.fill(value);
      published.push(`${topicName} ${retain} ${value}`);
      return server.client.publish({ topicName, payload: scratch, retain });
    };
    const sent: Promise<unknown>[] = [];
    for (let value = 0; value < 30; value++) sent.push(publish('a', false, value));
    assert.equal(
      await outcome(server.client.publish({ topicName: 'a/#', payload: scratch })),
      'topicNameWildcard',
    );
    for (let value = 30; value < 60; value++)
      sent.push(publish('a', false, value), publish('a', true, value));
    for (let value = 60; value < 90; value++) sent.push(publish('b', true, value));
    await Promise.all(sent);
    await server.settled();
    const arrivals = server.peer.packets.flatMap((packet) =>
      packet.type === 'PUBLISH' ? [`${packet.topicName} ${packet.retain} ${packet.payload[1]}`] : [],
    );
    assert.deepEqual(arrivals, published);
  });

  it('are rejected each by itself where one breaks a rule', async () => {
    const server = await new ScriptedServer().connected(
      a.connack({ properties: { retainAvailable: 0, maximumPacketSize: 40 } }),
    );
    const publish = (topicName: string, more = {}) => server.client.publish({ topicName, payload, ...more });
    const good = publish('a');
    assert.equal(await outcome(publish('a/#')), 'topicNameWildcard'); // [MQTT-3.3.2-2]
    assert.equal(await outcome(publish('a', { retain: true })), 'retainNotSupported'); // [MQTT-3.2.2-14]
    assert.equal(await outcome(publish('a', { payload: new Uint8Array(60) })), 'packetTooLarge'); // [MQTT-3.2.2-15]
    const after = publish('b');
    await Promise.all([good, after]);
    await server.settled();
    assert.deepEqual(arrived(server), ['a QoS 0', 'b QoS 0']);
    assert.equal(server.client.outstanding, 0);
  });

  it('count one by one against the bound of the queue until they are handed over', async () => {
    const server = await new ScriptedServer({ queue: { messages: 3, bytes: 10_000 } }).connected();
    const publish = () => server.client.publish({ topicName: 'a', payload });
    const taken = [publish(), publish(), publish()];
    assert.equal(server.client.outstanding, 3);
    assert.equal(await outcome(publish()), 'queueFull');
    await Promise.all(taken);
    assert.equal(server.client.outstanding, 0);
    await publish();
  });

  it('are rejected together when the connection ends before they were handed over', async () => {
    const server = await new ScriptedServer().connected();
    const publish = () => server.client.publish({ topicName: 'a', payload });
    const lost = [watched(publish()), watched(publish())];
    server.client.dispose();
    for (const promise of lost) assert.equal(await outcome(promise), 'notConnected');
    assert.deepEqual(arrived(server), []);
    assert.equal(server.client.outstanding, 0);
  });

  it('give back all the room that they took in the queue', async () => {
    const server = await new ScriptedServer({ queue: { messages: 100, bytes: 1_000 } }).connected();
    for (let count = 0; count < 3; count++) {
      await Promise.all(['a', 'b', 'c'].map((topicName) => server.client.publish({ topicName, payload })));
    }
  });

  it('get Topic Aliases where the server takes any, which is to be known when each is sent', async () => {
    const server = await new ScriptedServer().connected(a.connack({ properties: { topicAliasMaximum: 1 } }));
    const topicName = 'a/topic/of/some/length';
    await Promise.all(Array.from({ length: 20 }, () => server.client.publish({ topicName, payload })));
    await server.settled();
    const { properties } = server.last('PUBLISH');
    assert.equal(properties.topicAlias, 1);
  });

  it('go in pieces of 64 KiB', async () => {
    const server = await new ScriptedServer().connected();
    const large = new Uint8Array(30_000);
    const sent = [1, 2, 3, 4, 5].map(() => server.client.publish({ topicName: 'a', payload: large }));
    assert.deepEqual(
      sent.map((promise) => sent.indexOf(promise)),
      [0, 0, 2, 2, 4],
    );
    await Promise.all(sent);
    await server.settled();
    assert.equal(arrived(server).length, 5);
  });
});
