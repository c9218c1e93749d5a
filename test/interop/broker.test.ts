import assert from 'node:assert/strict';
import { connect, connectAsync } from 'mqtt';
import type { IClientOptions, MqttClient } from 'mqtt';
import type { BrokerServer } from '../../src/broker/brokerServer';
import { decodeUtf8 } from '../../src/base/utf8';
import { mosquittoPublish, mosquittoSubscribe } from '../support/mosquitto';
import { startOwnBroker } from '../support/ownBroker';
import { requirePeer } from '../support/peers';

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly retain: boolean;
}

/** The first `count` messages of an MQTT.js client, from now on. */
function messagesOf(client: MqttClient, count: number): Promise<Received[]> {
  return new Promise((resolve) => {
    const received: Received[] = [];
    client.on('message', (topic, payload, { qos, retain }) => {
      received.push({ topic, payload, qos, retain });
      if (received.length === count) resolve(received);
    });
  });
}

describe('The broker with others', function () {
  this.timeout(30_000);
  let server: BrokerServer;
  beforeEach(async () => {
    server = await startOwnBroker({
      accessControl: {
        authenticate: ({ userName, password }) =>
          userName === undefined ||
          (userName === 'me' && password !== undefined && decodeUtf8(password) === 'secret'),
      },
    });
  });
  afterEach(() => server.close());

  const mqttJs = (options: IClientOptions) =>
    connectAsync({ host: '127.0.0.1', port: server.port, protocol: 'mqtt', reconnectPeriod: 0, ...options });

  for (const protocolVersion of [3, 4, 5] as const) {
    const options = {
      protocolVersion,
      ...(protocolVersion === 3 && { protocolId: 'MQIsdp' as const, clientId: 'old' }),
    };

    it(`MQTT.js in version ${protocolVersion}: every QoS, retained messages, unsubscribing`, async () => {
      const publisher = await mqttJs({ ...options, clientId: 'publisher' });
      const subscriber = await mqttJs({ ...options, clientId: 'subscriber' });
      await publisher.publishAsync('demo/kept', everyByte, { qos: 1, retain: true });
      const [granted] = await subscriber.subscribeAsync('demo/#', { qos: 2 });
      assert.equal(granted?.qos, 2);
      const receiving = messagesOf(subscriber, 3);
      for (const qos of [0, 1, 2] as const) await publisher.publishAsync(`demo/${qos}`, everyByte, { qos });
      const received = (await receiving).filter(({ retain }) => !retain);
      for (const { topic, payload, qos } of received) {
        assert.equal(topic, `demo/${qos}`);
        assert.deepEqual(payload, everyByte);
      }
      await subscriber.unsubscribeAsync('demo/#');
      await Promise.all([publisher.endAsync(), subscriber.endAsync()]);
    });
  }

  it('MQTT.js in 5.0: Properties, Subscription Identifiers, No Local, Topic Aliases', async () => {
    const client = await mqttJs({ protocolVersion: 5, autoAssignTopicAlias: true });
    await client.subscribeAsync('mine', { qos: 1, nl: true });
    await client.subscribeAsync('demo/+', { qos: 1, properties: { subscriptionIdentifier: 77 } });
    const receiving = new Promise<unknown[]>((resolve) => {
      const properties: unknown[] = [];
      client.on('message', (topic, _payload, packet) => {
        assert.notEqual(topic, 'mine');
        if (properties.push({ topic, ...packet.properties }) === 2) resolve(properties);
      });
    });
    await client.publishAsync('mine', 'nobody hears it', { qos: 1 });
    for (let round = 0; round < 2; round++) {
      await client.publishAsync('demo/a', 'x', {
        qos: 1,
        properties: { contentType: 'text/plain', userProperties: { a: '1' } },
      });
    }
    const expected = { topic: 'demo/a', contentType: 'text/plain', subscriptionIdentifier: 77 };
    for (const properties of await receiving) {
      const { userProperties, ...rest } = properties as { userProperties: object };
      assert.deepEqual(rest, expected);
      assert.deepEqual({ ...userProperties }, { a: '1' });
    }
    await client.endAsync();
  });

  it('MQTT.js with a will, a wrong password and a Session that is resumed', async () => {
    await assert.rejects(mqttJs({ protocolVersion: 4, username: 'me', password: 'wrong' }), { code: 4 });
    await assert.rejects(mqttJs({ protocolVersion: 5, username: 'me', password: 'wrong' }), { code: 0x86 });
    const listener = await mqttJs({ protocolVersion: 4 });
    await listener.subscribeAsync('will', { qos: 1 });
    const receiving = messagesOf(listener, 1);
    const lasting = { clientId: 'lasting', clean: false, protocolVersion: 4 } as const;
    const leaving = await mqttJs({
      ...lasting,
      username: 'me',
      password: 'secret',
      will: { topic: 'will', payload: everyByte, qos: 1, retain: false },
    });
    await leaving.subscribeAsync('later', { qos: 1 });
    leaving.stream.destroy();
    assert.deepEqual((await receiving)[0]?.payload, everyByte);
    await listener.publishAsync('later', everyByte, { qos: 1 });
    // What waited for it follows CONNACK at once, so it has to listen before.
    const back = connect({
      host: '127.0.0.1',
      port: server.port,
      protocol: 'mqtt',
      reconnectPeriod: 0,
      ...lasting,
    });
    const [message] = await messagesOf(back, 1);
    assert.deepEqual(message?.payload, everyByte);
    await Promise.all([back.endAsync(), listener.endAsync(), leaving.endAsync(true)]);
  });

  for (const version of ['mqttv31', 'mqttv311', 'mqttv5'] as const) {
    for (const qos of [0, 1, 2] as const) {
      it(`mosquitto_pub and mosquitto_sub in ${version} at QoS ${qos}`, async function () {
        requirePeer(this, 'mosquitto_pub', 'mosquitto_sub');
        const subscription = await mosquittoSubscribe(server, 'demo/#', { version, qos: 2 });
        await mosquittoPublish(server, { topic: 'demo/a', payload: everyByte, qos, version });
        await mosquittoPublish(server, { topic: 'other', payload: 'x', qos, version });
        await mosquittoPublish(server, { topic: 'demo/b', payload: '', qos, version });
        assert.deepEqual(await subscription.received(2), [
          { topic: 'demo/a', payload: Uint8Array.from(everyByte), qos, retain: false },
          { topic: 'demo/b', payload: new Uint8Array(0), qos, retain: false },
        ]);
        await subscription.stop();
      });
    }
  }

  it('mosquitto_sub gets a retained message from mosquitto_pub across versions', async function () {
    requirePeer(this, 'mosquitto_pub', 'mosquitto_sub');
    await mosquittoPublish(server, {
      topic: 'kept',
      payload: everyByte,
      qos: 1,
      retain: true,
      version: 'mqttv5',
    });
    const subscription = await mosquittoSubscribe(server, 'kept', { version: 'mqttv31' });
    assert.deepEqual(await subscription.received(1), [
      { topic: 'kept', payload: Uint8Array.from(everyByte), qos: 1, retain: true },
    ]);
    await subscription.stop();
  });

  it('mosquitto_pub reaches the broker only with the right password', async function () {
    requirePeer(this, 'mosquitto_pub');
    const { port } = server;
    const as = (password: string) => ({ port, user: { name: 'me', password } });
    await mosquittoPublish(as('secret'), { topic: 't', payload: 'x', qos: 1 });
    await assert.rejects(mosquittoPublish(as('wrong'), { topic: 't', payload: 'x', qos: 1 }));
  });
});
