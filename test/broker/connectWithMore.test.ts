import assert from 'node:assert/strict';
import { concatBytes } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import type { Connect } from '../../src/protocol/controlPacket';
import type { AccessControl } from '../../src/broker/accessControl';
import { BrokerBench } from '../support/brokerBench';
import { a, encodeAll } from '../support/packets';

/** PUBLISH with a Remaining Length of five bytes. */
const endless = Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01);

const withWill = (more: Partial<Connect>) =>
  a.connect({
    clientIdentifier: 'c',
    will: { topicName: 'will', payload: encodeUtf8('gone'), qos: 0, retain: false, properties: {} },
    ...more,
  });

async function watched(accessControl?: AccessControl) {
  const bench = new BrokerBench(accessControl && { accessControl });
  const watcher = await bench.client('watcher', { userName: 'me' });
  await watcher.send(a.subscribe(1, [a.subscription('will')]));
  bench.events.length = 0;
  return { bench, watcher };
}

describe('A CONNECT with something broken behind it', () => {
  for (const version of [4, 5] as const) {
    const said = version === 5 ? ['DISCONNECT 0x81'] : [];

    it(`of version ${version} is accepted first, and its will is published [MQTT-3.1.4-5] [MQTT-3.1.2-8]`, async () => {
      const { bench, watcher } = await watched();
      const bytes = concatBytes([encodeAll([withWill({ protocolVersion: version })], version), endless]);
      const answers = await bench.open(version).sendBytes(bytes);
      assert.deepEqual(
        answers.map((answer) => answer.split(' "')[0]),
        ['CONNACK 0x00', ...said, 'closed'],
      );
      assert.deepEqual(bench.events, ['+ c', '- c protocol']);
      assert.deepEqual(await watcher.received(), ['PUBLISH q0 will "gone"']);
    });

    it(`of version ${version} that is refused does nothing: no will, no take-over, no Session [MQTT-3.1.4-2]`, async () => {
      const { bench, watcher } = await watched({
        authenticate: ({ userName }) => Promise.resolve(userName === 'me'),
      });
      const here = await bench.client('c', { userName: 'me' });
      bench.events.length = 0;
      const connect = withWill({ protocolVersion: version, cleanStart: false, userName: 'you' });
      const peer = bench.open(version);
      const answers = await peer.sendBytes(concatBytes([encodeAll([connect], version), endless]));
      assert.deepEqual(answers, [version === 5 ? 'CONNACK 0x86' : 'CONNACK 0x04', 'closed']);
      assert.deepEqual(bench.events, ['- c refused']);
      assert.deepEqual([await watcher.received(), await here.received(), here.isClosed], [[], [], false]);
    });
  }

  it('waits for its answer, and nothing that comes meanwhile is read', async () => {
    let allow: (isAllowed: boolean) => void = () => undefined;
    const bench = new BrokerBench({
      accessControl: { authenticate: () => new Promise<boolean>((resolve) => (allow = resolve)) },
    });
    const peer = bench.open();
    await peer.sendBytes(concatBytes([encodeAll([a.connect(), a.publish('a', 1, 1)], 5), endless]));
    assert.deepEqual(await peer.send(a.publish('b', 1, 2)), []);
    assert.equal(bench.broker.unfinishedBytes, 0);
    allow(true);
    const answers = (await peer.received()).map((answer) => answer.split(' "')[0]);
    assert.deepEqual(answers, ['CONNACK 0x00', 'DISCONNECT 0x81', 'closed']);
  });

  it('is told as what it was where the client does not wait for the answer', async () => {
    const bench = new BrokerBench({
      accessControl: { authenticate: () => new Promise<boolean>(() => undefined) },
    });
    const peer = bench.open();
    await peer.sendBytes(concatBytes([encodeAll([a.connect()], 5), endless]));
    peer.drop();
    await peer.received();
    assert.deepEqual(bench.events, ['- c protocol']);
  });
});

describe('A CONNECT whose CONNACK is larger than its client takes', () => {
  it('is refused as far as that fits, and does nothing [MQTT-3.1.2-24] [MQTT-3.1.4-2]', async () => {
    const { bench, watcher } = await watched();
    const here = await bench.client('c');
    bench.events.length = 0;
    const answers = await bench.open().send(withWill({ properties: { maximumPacketSize: 6 } }));
    assert.deepEqual(answers, ['CONNACK 0x95', 'closed']);
    assert.deepEqual(bench.events, ['- c refused']);
    assert.deepEqual([await watcher.received(), here.isClosed], [[], false]);
  });
});
