import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { ClientError } from '../../src/client/mqttClient';
import { freePort } from '../support/freePort';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { FreezableClient, OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';

const reconnect = { when: 'always', random: Math.random, firstDelay: 100, longestDelay: 300 } as const;
const lasting = {
  cleanStart: false,
  reconnect,
  keepAlive: 5,
  properties: { sessionExpiryInterval: 600 },
} as const;
/*
 * Of a Session that it reads back, mosquitto 2.0.11 keeps no more than max_inflight_messages as in flight and puts the others
 * back into its queue: those whose PUBREL it had sent it then sends as PUBLISH again, when the receiver has forgotten their
 * Packet Identifiers. A Receive Maximum of the receiver's does not help: it exceeds that at QoS 2. So there is room for all.
 */
const mostInFlight = 20_000;

describe('With a mosquitto that does not stay up', function () {
  this.timeout(60_000);
  let folder: string;

  before(function () {
    requirePeer(this, 'mosquitto');
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-persistence-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const start = (port: number, more: readonly string[] = []): Promise<Mosquitto> =>
    startMosquitto({
      port,
      persistence: folder,
      configuration: ['max_queued_messages 0', `max_inflight_messages ${mostInFlight}`, ...more],
    });

  const everyNumber = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const numbers = ({ received }: OwnClient) =>
    received.map(({ payload }) => Number(Buffer.from(payload).toString()));

  /** Publishes the numbers from 1 on, of which so many are under way that there are some in every stage. */
  async function publishAll(sender: OwnClient, count: number, qos: 1 | 2): Promise<void> {
    let number = 0;
    const lane = async (): Promise<void> => {
      while (number < count) {
        const payload = encodeUtf8(String(++number));
        assert.ok((await sender.publish({ topicName: 'n', payload, qos })).reasonCode < 0x80);
      }
    };
    await Promise.all(Array.from({ length: 2_000 }, lane));
  }

  for (const qos of [1, 2] as const) {
    it(`that is stopped and started again in the middle, every message of QoS ${qos} arrives`, async () => {
      const port = await freePort();
      let mosquitto = await start(port);
      const receiver = new OwnClient(port, { ...lasting, clientIdentifier: 'receiver' });
      const sender = new OwnClient(port, { ...lasting, clientIdentifier: 'sender' });
      await Promise.all([receiver.connect(), sender.connect()]);
      await receiver.subscribe([a.subscription('n', qos)]);
      const count = 10_000;
      const all = publishAll(sender, count, qos);
      for (const reached of [1_000, 4_000]) {
        await receiver.until(reached);
        await mosquitto.stop();
        mosquitto = await start(port);
      }
      await all;
      await allArrived(receiver, count, qos);
      await Promise.all([receiver.disconnect(), sender.disconnect()]);
      await mosquitto.stop();
    });
  }

  /**
   * mosquitto acknowledges a message before it writes its Sessions to the disk, whatever it is told about autosaving: what
   * it acknowledged since the last time is lost with it, and no client can do anything about that. So its links are frozen
   * with messages under way in every stage and both directions, it writes what it has, and is killed then.
   */
  for (const qos of [1, 2] as const) {
    it(`that is killed (kill -9) in the middle, every message of QoS ${qos} that it had written arrives${qos === 2 ? ', exactly once' : ''}`, async () => {
      const port = await freePort();
      let mosquitto = await start(port);
      const receiver = new FreezableClient(port, { ...lasting, clientIdentifier: 'receiver' });
      const sender = new FreezableClient(port, { ...lasting, clientIdentifier: 'sender' });
      await Promise.all([receiver.connect(), sender.connect()]);
      await receiver.subscribe([a.subscription('n', qos)]);
      const count = 10_000;
      const all = publishAll(sender, count, qos);
      for (const reached of [1_500, 5_000]) {
        await receiver.until(reached);
        sender.freeze();
        receiver.freeze();
        await quiet(mosquitto);
        await mosquitto.save();
        await mosquitto.kill();
        assert.ok(sender.outstanding > 1_000);
        mosquitto = await start(port);
        sender.thaw();
        receiver.thaw();
      }
      await all;
      await allArrived(receiver, count, qos);
      await Promise.all([receiver.disconnect(), sender.disconnect()]);
      await mosquitto.stop();
    });
  }

  /** Their order is not looked at: a mosquitto that reads its Sessions anew may send what comes before what it had queued. */
  async function allArrived(receiver: OwnClient, count: number, qos: 1 | 2): Promise<void> {
    while (new Set(numbers(receiver)).size < count) await receiver.until(receiver.received.length + 1);
    const got = numbers(receiver).sort((one, other) => one - other);
    assert.deepEqual(qos === 2 ? got : [...new Set(got)], everyNumber(count));
  }
});

/** Resolves once the broker has dealt with everything it got: it logs every packet. */
async function quiet(mosquitto: Mosquitto): Promise<void> {
  for (let before = -1; before !== mosquitto.log().length;) {
    before = mosquitto.log().length;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

describe('Within the limits of a mosquitto', function () {
  this.timeout(30_000);
  before(function () {
    requirePeer(this, 'mosquitto');
  });

  it('that takes few messages at once, all of many arrive [MQTT-3.3.4-9]', async () => {
    const mosquitto = await startMosquitto({ configuration: ['max_inflight_messages 3'] });
    const client = new OwnClient(mosquitto.port);
    await client.connect();
    const { state } = client;
    assert.ok(state.state === 'connected');
    assert.equal(state.negotiated.receiveMaximum, 3);
    const payload = encodeUtf8('x');
    const outcomes = await Promise.all(
      Array.from({ length: 2_000 }, (_, index) =>
        client.publish({ topicName: 't', payload, qos: index % 2 === 0 ? 1 : 2 }),
      ),
    );
    assert.equal(outcomes.length, 2_000);
    await client.disconnect();
    await mosquitto.stop();
  });

  it('that keeps few messages for who is away, those are what comes, and none is made up', async () => {
    const mosquitto = await startMosquitto({
      configuration: ['max_queued_messages 5', 'max_inflight_messages 1'],
    });
    const receiver = new OwnClient(mosquitto.port, { ...lasting, clientIdentifier: 'away' });
    await receiver.connect();
    await receiver.subscribe([a.subscription('t', 1)]);
    await receiver.disconnect();
    const sender = new OwnClient(mosquitto.port, { clientIdentifier: 'sender' });
    await sender.connect();
    for (let number = 1; number <= 20; number++) {
      await sender.publish({ topicName: 't', payload: encodeUtf8(String(number)), qos: 1 });
    }
    await receiver.connect();
    // Comes after all that was kept.
    await receiver.until(5);
    await sender.publish({ topicName: 't', payload: encodeUtf8('21'), qos: 1 });
    await receiver.until(6);
    const got = receiver.received.map(({ payload }) => Number(Buffer.from(payload).toString()));
    assert.deepEqual(got.slice(0, 5), [1, 2, 3, 4, 5]);
    await Promise.all([receiver.disconnect(), sender.disconnect()]);
    await mosquitto.stop();
  });

  it('that does not let the client in any more, it stops trying', async () => {
    const port = await freePort();
    const before = await startMosquitto({ port });
    const client = new OwnClient(port, { ...lasting, clientIdentifier: 'c' });
    await client.connect();
    const ended = new Promise((resolve) =>
      client.onDidChangeState((state) => state.state === 'disconnected' && resolve(state.failure)),
    );
    await before.stop();
    const waiting = client.publish({ topicName: 't', payload: encodeUtf8('x'), qos: 1 });
    waiting.catch(() => undefined);
    const locked = await startMosquitto({ port, user: { name: 'me', password: 'secret' } });
    assert.deepEqual(await ended, { kind: 'refusedByServer', version: 5, reasonCode: 0x87 });
    await assert.rejects(waiting, (error) => error instanceof ClientError && error.kept);
    await locked.stop();
  });
});
