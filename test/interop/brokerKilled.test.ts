import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { bundledProgram } from '../support/bundledProgram';
import { type RunningProgram, startProgram } from '../support/childProcess';
import { freePort } from '../support/freePort';
import { OwnClient } from '../support/ownClient';
import { repositoryRoot } from '../support/paths';

const messages = 400;
const kills = 4;

const wanted = (topicFilter: string, qos: 1 | 2) =>
  ({ topicFilter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 }) as const;

describe('A broker that keeps its state', function () {
  this.timeout(120_000);
  let folder: string;
  let program: RunningProgram | undefined;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-killed-'))));
  afterEach(async () => {
    await program?.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  async function start(port: number, ...more: string[]): Promise<void> {
    const args = ['broker', '--port', String(port), '--keep-state', folder, ...more];
    program = startProgram(process.execPath, [bundledProgram('src/cli/main.ts'), ...args], {
      cwd: repositoryRoot,
    });
    await program.printed(/^listening on /m);
  }

  for (const qos of [1, 2] as const) {
    it(`that is killed again and again loses nothing it has acknowledged at QoS ${qos} [MQTT-4.1.0-1]`, async () => {
      const port = await freePort();
      await start(port);
      const lasting = {
        clientIdentifier: 'subscriber',
        cleanStart: false,
        properties: { sessionExpiryInterval: 600 },
      };
      const subscriber = new OwnClient(port, lasting);
      await subscriber.connect();
      await subscriber.subscribe([wanted('numbers', 2)]);
      await subscriber.disconnect();
      const publisher = new OwnClient(port, {
        clientIdentifier: 'publisher',
        cleanStart: false,
        properties: { sessionExpiryInterval: 600, receiveMaximum: 100 },
        reconnect: { when: 'always', random: Math.random, firstDelay: 20, longestDelay: 100 },
      });
      await publisher.connect();
      let acknowledged = 0;
      const every = Math.floor(messages / (kills + 1));
      for (let from = 0; from < messages; from += every) {
        const published = Array.from({ length: Math.min(every, messages - from) }, (_, index) =>
          publisher
            .publish({ topicName: 'numbers', payload: encodeUtf8(String(from + index)), qos })
            .then(() => acknowledged++),
        );
        // In the middle of it, after some acknowledgements.
        await Promise.race(published);
        if (from + every < messages) {
          await program?.stop('SIGKILL');
          await start(port);
        }
        await Promise.all(published);
      }
      assert.equal(acknowledged, messages);
      await publisher.publish({ topicName: 'kept', payload: encodeUtf8('x'), qos: 1, retain: true });
      await program?.stop('SIGKILL');
      await start(port);
      await subscriber.connect();
      await subscriber.subscribe([wanted('kept', 1)]);
      await subscriber.until(messages + 1);
      const numbers = subscriber.received
        .filter(({ topicName }) => topicName === 'numbers')
        .map(({ payload }) => decodeUtf8(payload));
      assert.equal(new Set(numbers).size, messages);
      if (qos === 2) assert.equal(numbers.length, messages);
      assert.equal(subscriber.received.filter(({ topicName }) => topicName === 'kept').length, 1);
      await subscriber.disconnect();
      await publisher.disconnect();
    });
  }

  it('that is killed publishes the wills of who was connected once it is back [MQTT-3.1.2-8] [MQTT-3.1.2-10]', async () => {
    const port = await freePort();
    await start(port);
    const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 600 } };
    const subscriber = new OwnClient(port, { clientIdentifier: 'subscriber', ...lasting });
    await subscriber.connect();
    await subscriber.subscribe([wanted('wills/+', 2)]);
    await subscriber.disconnect();
    const will = (name: string, retain = false) =>
      ({ topicName: `wills/${name}`, payload: encodeUtf8('gone'), qos: 2, retain, properties: {} }) as const;
    // Who said goodbye has none; the answers to those who come later show that this is kept.
    const orderly = new OwnClient(port, { clientIdentifier: 'orderly', will: will('orderly') });
    await orderly.connect();
    await orderly.disconnect();
    await program?.printed(/^- "orderly" from \S+ disconnected$/m);
    const connected = [
      new OwnClient(port, { clientIdentifier: 'lasting', ...lasting, will: will('lasting') }),
      new OwnClient(port, { clientIdentifier: 'passing', will: will('passing', true) }),
      new OwnClient(port, { clientIdentifier: 'older', version: 4, will: will('older') }),
    ];
    for (const each of connected) await each.connect();
    await program?.stop('SIGKILL');
    await start(port);
    await subscriber.connect();
    await subscriber.until(3);
    await program?.stop('SIGKILL');
    await start(port);
    await subscriber.connect();
    const late = new OwnClient(port, { clientIdentifier: 'late' });
    await late.connect();
    await late.subscribe([wanted('wills/+', 1)]);
    await late.until(1);
    assert.deepEqual(
      late.received.map(({ topicName }) => topicName),
      ['wills/passing'],
    );
    // None comes twice, and none of who said goodbye. What follows shows that nothing else is on its way.
    await late.publish({ topicName: 'wills/end', payload: encodeUtf8('x'), qos: 1 });
    await subscriber.until(4);
    assert.deepEqual(
      subscriber.received.map(({ topicName }) => topicName).sort(),
      ['end', 'lasting', 'older', 'passing'].map((name) => `wills/${name}`),
    );
    await subscriber.disconnect();
    await late.disconnect();
  });

  it('that is killed among the retained messages of a new subscription sends the others afterwards [MQTT-3.3.1-9]', async () => {
    const port = await freePort();
    await start(port);
    const retained = 300;
    const publisher = new OwnClient(port, { clientIdentifier: 'publisher' });
    await publisher.connect();
    await Promise.all(
      Array.from({ length: retained }, (_, index) =>
        publisher.publish({ topicName: `r/${index}`, payload: encodeUtf8('x'), qos: 1, retain: true }),
      ),
    );
    await publisher.disconnect();
    await program?.stop();
    await start(port, '--queued-messages', '20');
    const subscriber = new OwnClient(port, {
      ...{ clientIdentifier: 'subscriber', cleanStart: false },
      properties: { sessionExpiryInterval: 600, receiveMaximum: 2 },
    });
    await subscriber.connect();
    await subscriber.subscribe([wanted('r/+', 1)]);
    await subscriber.until(10);
    await program?.stop('SIGKILL');
    const before = new Set(subscriber.received.map(({ topicName }) => topicName));
    assert.ok(before.size < retained);
    await start(port, '--queued-messages', '20');
    await subscriber.connect();
    const all = () => new Set(subscriber.received.map(({ topicName }) => topicName));
    while (all().size < retained) await subscriber.until(subscriber.received.length + 1);
    await subscriber.disconnect();
  });
});
