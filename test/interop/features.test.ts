import assert from 'node:assert/strict';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import type { ClientOptions } from '../../src/client/mqttClient';
import { ClientError, RequestError } from '../../src/client/mqttClient';
import { ProtocolViolation } from '../../src/protocol/violations';
import type { Mosquitto } from '../support/mosquitto';
import { mosquittoPublish, startMosquitto } from '../support/mosquitto';
import { startOwnBroker } from '../support/ownBroker';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';

interface RunningBroker {
  readonly port: number;
  close(): Promise<unknown>;
}

const brokers: readonly (readonly [name: string, start: () => Promise<RunningBroker>])[] = [
  [
    'mosquitto',
    async () => {
      const mosquitto = await startMosquitto();
      return { port: mosquitto.port, close: () => mosquitto.stop() };
    },
  ],
  ['our own broker', startOwnBroker],
];

const payload = encodeUtf8('x');
const text = (bytes: Uint8Array) => decodeUtf8(bytes);

for (const [name, start] of brokers) {
  describe(`The features of 5.0 with ${name}`, function () {
    this.timeout(30_000);
    let broker: RunningBroker;
    let count = 0;
    before(async function () {
      if (name === 'mosquitto') requirePeer(this, 'mosquitto');
      broker = await start();
    });
    after(async () => {
      await broker?.close();
    });

    const connected = async (options: Partial<ClientOptions> = {}) => {
      const client = new OwnClient(broker.port, { clientIdentifier: `feature-${++count}`, ...options });
      await client.connect();
      return client;
    };

    it('topic aliases: every message of many topics arrives under its name', async () => {
      const receiver = await connected();
      await receiver.subscribe([a.subscription('aliased/#', 1)]);
      const sender = await connected();
      const topics = Array.from({ length: 30 }, (_, index) => `aliased/topic/number/${index}`);
      const sent = Array.from({ length: 600 }, (_, index) => topics[(index * index) % 30] ?? '');
      await Promise.all(
        sent.map((topicName, index) =>
          sender.publish({ topicName, payload: encodeUtf8(String(index)), qos: index % 2 === 0 ? 1 : 0 }),
        ),
      );
      const received = await receiver.until(600);
      const byNumber = new Map(received.map((message) => [Number(text(message.payload)), message.topicName]));
      assert.deepEqual(
        sent.map((_, index) => byNumber.get(index)),
        sent,
      );
      await Promise.all([sender.disconnect(), receiver.disconnect()]);
    });

    it('topic aliases of the caller', async () => {
      const client = await connected();
      const { state } = client;
      assert.ok(state.state === 'connected' && state.negotiated.topicAliasMaximum > 0);
      await client.subscribe([a.subscription('chosen/#')]);
      for (const topicName of ['chosen/by/caller', '', '']) {
        await client.publish({ topicName, payload, properties: { topicAlias: 1 } });
      }
      const received = await client.until(3);
      assert.deepEqual(
        received.map(({ topicName }) => topicName),
        ['chosen/by/caller', 'chosen/by/caller', 'chosen/by/caller'],
      );
      await client.disconnect();
    });

    it('subscription identifiers: each message names what it came for', async () => {
      const client = await connected();
      await client.subscribe([a.subscription('named/#')]);
      await client.subscribe([a.subscription('named/+/x'), a.subscription('other/#')]);
      await client.publish({ topicName: 'named/y', payload });
      await client.publish({ topicName: 'other/x', payload });
      const received = await client.until(2);
      assert.deepEqual(
        received.map(({ topicName, subscriptions }) => [topicName, subscriptions]),
        [
          ['named/y', ['named/#']],
          ['other/x', ['other/#']],
        ],
      );
      await client.publish({ topicName: 'named/a/x', payload });
      await client.publish({ topicName: 'other/end', payload });
      const all = await client.until(4);
      // One copy for both, or one for each: what they came for is both in any case.
      const both = all.filter(({ topicName }) => topicName === 'named/a/x');
      assert.deepEqual([...new Set(both.flatMap(({ subscriptions }) => subscriptions))].sort(), [
        'named/#',
        'named/+/x',
      ]);
      await client.disconnect();
    });

    it('shared subscriptions: each message goes to one of the group [MQTT-4.8.2-1] [MQTT-4.8.2-2]', async () => {
      const first = await connected();
      const second = await connected();
      for (const each of [first, second]) {
        const { reasonCodes } = await each.subscribe([a.subscription('$share/group/shared/#', 1)]);
        assert.deepEqual(reasonCodes, [1]);
        await each.subscribe([a.subscription('end', 1)]);
      }
      const sender = await connected();
      for (let index = 0; index < 20; index++) {
        await sender.publish({ topicName: `shared/${index}`, payload, qos: 1 });
      }
      await sender.publish({ topicName: 'end', payload, qos: 1 });
      const ended = (client: OwnClient) => client.received.some(({ topicName }) => topicName === 'end');
      for (const each of [first, second]) {
        for (let some = 1; !ended(each); some++) await each.until(some);
      }
      const all = [...first.received, ...second.received].filter(({ topicName }) => topicName !== 'end');
      assert.equal(new Set(all.map(({ topicName }) => topicName)).size, 20);
      assert.equal(all.length, 20);
      assert.ok(all.every(({ subscriptions }) => subscriptions[0] === '$share/group/shared/#'));
      await Promise.all([first, second, sender].map((client) => client.disconnect()));
    });

    it('subscription options: no message of its own, retained ones as they were published or not at all', async () => {
      const client = await connected();
      await client.publish({ topicName: 'kept/a', payload, qos: 1, retain: true });
      await client.subscribe([a.subscription('kept/#', 1, { retainHandling: 2 })]);
      await client.subscribe([a.subscription('own/#', 1, { noLocal: true })]);
      await client.publish({ topicName: 'own/a', payload, qos: 1 });
      await client.subscribe([a.subscription('end', 1, { retainAsPublished: true })]);
      await client.publish({ topicName: 'end', payload, qos: 1, retain: true });
      const received = await client.until(1);
      assert.deepEqual(
        received.map(({ topicName, retain }) => [topicName, retain]),
        [['end', true]],
      );
      for (const topicName of ['kept/a', 'end']) {
        await client.publish({ topicName, payload: encodeUtf8(''), qos: 1, retain: true });
      }
      await client.disconnect();
    });

    it('the will with its properties, published when the client says so (3.14.2.1, 0x04)', async () => {
      const watcher = await connected();
      await watcher.subscribe([a.subscription('wills/#', 1)]);
      const properties = {
        contentType: 'text/plain',
        correlationData: Uint8Array.of(1, 2),
        responseTopic: 'answers',
        userProperties: [['a', 'b'] as const],
        payloadFormatIndicator: 1,
      };
      const leaving = await connected({
        will: { topicName: 'wills/one', payload, qos: 1, retain: false, properties },
      });
      await leaving.disconnect({ reasonCode: 0x04 });
      const [message] = await watcher.until(1);
      const { subscriptionIdentifiers, ...rest } = message?.properties ?? {};
      assert.deepEqual(rest, properties);
      assert.equal(subscriptionIdentifiers?.length, 1);
      const staying = await connected({
        will: { topicName: 'wills/two', payload, qos: 1, retain: false, properties: {} },
      });
      await staying.disconnect();
      await watcher.publish({ topicName: 'wills/end', payload, qos: 1 });
      assert.equal((await watcher.until(2))[1]?.topicName, 'wills/end');
      await watcher.disconnect();
    });

    it('requests and responses', async () => {
      const responder = await connected();
      responder.onMessages((messages) => {
        for (const { properties, payload: question } of messages) {
          const { responseTopic, correlationData } = properties;
          if (responseTopic === undefined || !correlationData) continue;
          const answer = encodeUtf8(`${text(question)}!`);
          void responder.publish({
            topicName: responseTopic,
            payload: answer,
            properties: { correlationData },
          });
        }
      });
      await responder.subscribe([a.subscription('questions', 1)]);
      const asker = await connected();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          asker.request(
            { topicName: 'questions', payload: encodeUtf8(String(index)), qos: 1 },
            { responseTopicPrefix: 'answers' },
          ),
        ),
      );
      assert.deepEqual(
        answers.map((answer) => text(answer.payload)),
        Array.from({ length: 50 }, (_, index) => `${index}!`),
      );
      await Promise.all([asker.disconnect(), responder.disconnect()]);
    });

    it('a message that nobody gets says so, and a request too', async () => {
      const client = await connected();
      const { reasonCode } = await client.publish({ topicName: 'nobody/here', payload, qos: 1 });
      assert.equal(reasonCode, 0x10);
      const asked = client.request(
        { topicName: 'nobody/here', payload, qos: 1 },
        { responseTopicPrefix: 'r' },
      );
      await assert.rejects(
        asked,
        (error) => error instanceof RequestError && error.failure.kind === 'requestRefused',
      );
      await client.disconnect();
    });

    it('a session that is ended, or kept on, when leaving (3.14.2.2.2)', async () => {
      for (const [sessionExpiryInterval, present] of [
        [0, false],
        [60, true],
      ] as const) {
        const client = await connected({ cleanStart: false, properties: { sessionExpiryInterval: 30 } });
        await client.disconnect({ properties: { sessionExpiryInterval } });
        await client.connect();
        const { state } = client;
        assert.equal(state.state === 'connected' && state.sessionPresent, present);
        await client.disconnect();
      }
    });
  });
}

describe('What mosquitto announces', function () {
  this.timeout(30_000);
  let mosquitto: Mosquitto;
  before(async function () {
    requirePeer(this, 'mosquitto', 'mosquitto_pub');
    mosquitto = await startMosquitto({
      configuration: ['max_qos 1', 'retain_available false', 'max_packet_size 2000', 'max_keepalive 30'],
    });
  });
  after(async () => {
    await mosquitto?.stop();
  });

  it('is told, and kept to before anything is sent', async () => {
    const client = new OwnClient(mosquitto.port, { clientIdentifier: '', keepAlive: 600 });
    await client.connect();
    const { state } = client;
    assert.ok(state.state === 'connected');
    const { maximumQoS, retainAvailable, maximumPacketSize, keepAlive } = state.negotiated;
    assert.deepEqual(
      { maximumQoS, retainAvailable, maximumPacketSize, keepAlive },
      {
        maximumQoS: 1,
        retainAvailable: false,
        maximumPacketSize: 2000,
        keepAlive: 30,
      },
    );
    assert.match(state.negotiated.assignedClientIdentifier ?? '', /./);
    const publish = (more: object) => client.publish({ topicName: 't', payload, ...more });
    for (const [more, id] of [
      [{ qos: 2 }, 'qosNotSupported'],
      [{ retain: true }, 'retainNotSupported'],
      [{ payload: new Uint8Array(2000) }, 'packetTooLarge'],
    ] as const) {
      await assert.rejects(
        publish(more),
        (error) => error instanceof ProtocolViolation && error.violation.id === id,
      );
    }
    assert.equal((await publish({ qos: 1 })).reasonCode, 0x10);
    assert.equal(client.state.state, 'connected');
    await client.disconnect();
  });

  it('also where it knows no Authentication Method of this client [MQTT-4.12.0-1]', async () => {
    const authenticator = {
      method: 'X-NOBODY-HAS',
      begin: () => ({ initial: undefined, respond: () => undefined, finish: () => undefined }),
    };
    const client = new OwnClient(mosquitto.port, { authenticator });
    await assert.rejects(
      client.connect(),
      (error) =>
        error instanceof ClientError &&
        error.failure.kind === 'refusedByServer' &&
        error.failure.reasonCode === 0x8c,
    );
  });

  it('messages of its own clients name their subscription too', async () => {
    const client = new OwnClient(mosquitto.port);
    await client.connect();
    await client.subscribe([a.subscription('from/#', 1)]);
    await mosquittoPublish(mosquitto, {
      topic: 'from/pub',
      payload,
      version: 'mqttv5',
      extra: ['-D', 'publish', 'user-property', 'a', 'b'],
    });
    const [message] = await client.until(1);
    assert.deepEqual(message?.subscriptions, ['from/#']);
    assert.deepEqual(message?.properties.userProperties, [['a', 'b']]);
    await client.disconnect();
  });
});
