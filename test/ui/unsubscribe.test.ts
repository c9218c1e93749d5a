import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { memoryLink } from '../../src/transport/memoryLink';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { turn } from '../support/fakeClock';
import { RawPeer } from '../support/rawPeer';
import { benchProfile, windowConnection } from '../support/windowConnection';

/** A connection subscribed to `a`, to a server that says nothing by itself. */
async function subscribed(): Promise<{ readonly connection: LiveConnection; readonly server: RawPeer }> {
  const [ours, theirs] = memoryLink();
  const server = new RawPeer(theirs, 5);
  const connection = windowConnection(
    { ...benchProfile, keepAlive: 60 },
    {
      open: () => Promise.resolve(ours),
    },
  );
  const connecting = connection.connect();
  await server.received();
  await server.send({ type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties: {} });
  await connecting;
  const subscribing = connection.subscribe('a', 0);
  await server.received();
  await server.send({ type: 'SUBACK', packetIdentifier: 1, properties: {}, reasonCodes: [0] });
  await subscribing;
  return { connection, server };
}

/** Sends a message on the topic `a`. */
async function publish(server: RawPeer): Promise<void> {
  await server.send({
    type: 'PUBLISH',
    dup: false,
    qos: 0,
    retain: false,
    topicName: 'a',
    packetIdentifier: 0,
    properties: {},
    payload: encodeUtf8('late'),
  });
}

function filtersOf({ topics }: LiveConnection): readonly (string | undefined)[] {
  return topics.filters.map(({ topicFilter }) => topicFilter);
}

function identifierOf(server: RawPeer): number {
  const last = server.packets.at(-1);
  assert.equal(last?.type, 'UNSUBSCRIBE');
  return last.packetIdentifier;
}

describe('A subscription that ends', () => {
  it('stays until UNSUBACK, so that what is on its way comes under its filter', async () => {
    const { connection, server } = await subscribed();
    const ending = connection.unsubscribe('a');
    await publish(server);
    assert.deepEqual(filtersOf(connection), ['a']);
    assert.equal(connection.topics.filters[0]?.count, 1);
    const packetIdentifier = identifierOf(server);
    await server.send({ type: 'UNSUBACK', packetIdentifier, properties: {}, reasonCodes: [0] });
    assert.deepEqual(await ending, { reasonCode: 0 });
    assert.deepEqual(filtersOf(connection), []);
    assert.deepEqual(connection.subscriptions.all(), []);
  });

  it('stays where the server refuses to end it', async () => {
    const { connection, server } = await subscribed();
    const ending = connection.unsubscribe('a');
    await server.received();
    const packetIdentifier = identifierOf(server);
    await server.send({ type: 'UNSUBACK', packetIdentifier, properties: {}, reasonCodes: [0x87] });
    assert.deepEqual(await ending, { reasonCode: 0x87 });
    assert.deepEqual(filtersOf(connection), ['a']);
  });

  it('is gone, without an error, where the connection drops before the answer', async () => {
    const { connection, server } = await subscribed();
    const ending = connection.unsubscribe('a');
    await server.received();
    server.end();
    assert.deepEqual(await ending, { reasonCode: undefined });
    assert.equal(connection.isConnected, false);
    assert.deepEqual(filtersOf(connection), []);
  });

  it('may leave messages behind, which can be removed', async () => {
    const { connection, server } = await subscribed();
    const ending = connection.unsubscribe('a');
    await server.received();
    const packetIdentifier = identifierOf(server);
    await server.send({ type: 'UNSUBACK', packetIdentifier, properties: {}, reasonCodes: [0] });
    await ending;
    await publish(server);
    assert.deepEqual(filtersOf(connection), [undefined]);
    connection.removeOtherTopics();
    assert.deepEqual(filtersOf(connection), []);
    await turn();
  });
});
