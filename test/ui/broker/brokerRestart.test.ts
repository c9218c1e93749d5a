import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import { encodeUtf8 } from '../../../src/base/utf8';
import { packetsIn } from '../../support/packetsIn';
import { a } from '../../support/packets';
import { BrokerWindow, type Device } from './brokerWindow';

const lasting = { cleanStart: false, properties: { sessionExpiryInterval: 1000 } };

/** A device with a Session that is away, a message that waits for it, and a retained one. */
async function busy(window: BrokerWindow): Promise<void> {
  await window.local.start();
  const away = window.device(5);
  await away.sendPacket(a.connect({ clientIdentifier: 'away', ...lasting }));
  await away.sendPacket(a.subscribe(1, [a.subscription('t', 2)]));
  away.end();
  const other = window.device(5);
  await other.sendPacket(a.connect({ clientIdentifier: 'other' }));
  await other.sendPacket(a.publish('t', 1, 1, { payload: encodeUtf8('waits') }));
  await other.sendPacket(a.publish('state', 0, 0, { retain: true, payload: encodeUtf8('on') }));
  other.end();
}

const topics = ({ local }: BrokerWindow) =>
  local.broker?.retainedMessages().map(({ topicName }) => topicName);

async function comesBack(window: BrokerWindow): Promise<readonly string[]> {
  const device: Device = window.device(5);
  await device.sendPacket(a.connect({ clientIdentifier: 'away', ...lasting }));
  return packetsIn(device.received, 5);
}

describe('A restart of the local broker', () => {
  it('loses no session, no waiting and no retained message, though none is kept on the disk', async () => {
    const window = new BrokerWindow();
    await busy(window);
    window.written = { 'broker.host': '0.0.0.0' };
    assert.equal(await window.local.restart(), undefined);
    assert.deepEqual(topics(window), ['state']);
    assert.deepEqual(await comesBack(window), ['CONNACK present', 'PUBLISH t']);
  });

  it('that fails keeps them for the start that follows, whatever time passes within their expiry', async () => {
    const window = new BrokerWindow();
    await busy(window);
    window.taken.add(1884);
    window.written = { 'broker.tcpPort': 1884 };
    assert.equal((await window.local.restart())?.kind, 'port');
    window.taken.clear();
    await window.clock.pass(500_000);
    assert.equal(await window.local.start(), undefined);
    assert.deepEqual(topics(window), ['state']);
    assert.deepEqual(await comesBack(window), ['CONNACK present', 'PUBLISH t']);
  });

  for (const [what, first, then] of [
    ['that begins to keep state has them on the disk from then on', false, true],
    ['that keeps state has them from there', true, true],
    ['that keeps state no longer has them still', true, false],
  ] as const) {
    it(what, async () => {
      const window = new BrokerWindow();
      window.written = { 'broker.keepState': first };
      await busy(window);
      window.written = { 'broker.keepState': then };
      assert.equal(await window.local.restart(), undefined);
      assert.deepEqual(topics(window), ['state']);
      if (then) {
        await window.local.stop();
        assert.deepEqual(
          window.disk.kept.sessions.map(({ clientIdentifier, messages }) => [
            clientIdentifier,
            messages.length,
          ]),
          [['away', 1]],
        );
        assert.equal(await window.local.start(), undefined);
      }
      assert.deepEqual(topics(window), ['state']);
      assert.deepEqual(await comesBack(window), ['CONNACK present', 'PUBLISH t']);
    });
  }

  it('is not what stopping it is: that forgets them', async () => {
    const window = new BrokerWindow();
    await busy(window);
    await window.local.stop();
    assert.equal(await window.local.start(), undefined);
    assert.deepEqual(topics(window), []);
    assert.equal(window.local.broker?.clients().length, 0);
  });
});

describe('Settings of a local broker that runs', () => {
  const connected = ({ local }: BrokerWindow) =>
    local.broker?.clients().filter(({ connection }) => connection !== undefined).length;
  const used = (): { readonly window: BrokerWindow; readonly start: () => Promise<Device> } => {
    const window = new BrokerWindow();
    const start = async () => {
      await window.local.start();
      const device = window.device(5);
      await device.connect('stays');
      return device;
    };
    return { window, start };
  };

  it('count at once, and send nobody away, where they are rules and limits', async () => {
    const { window, start } = used();
    const device = await start();
    window.written = {
      'broker.rules': [{ publish: ['open/#'], subscribe: ['#'] }],
      'broker.retainedMessages': 1,
    };
    assert.equal(window.local.applySettings(), true);
    assert.equal(connected(window), 1);
    const denied: string[] = [];
    window.local.broker?.onDidDeny(({ topic, reason }) => denied.push(`${topic} ${reason}`));
    for (const topic of ['open/1', 'open/2', 'closed']) {
      await device.sendPacket(a.publish(topic, 1, 1, { retain: true }));
    }
    assert.deepEqual([topics(window), denied], [['open/1'], ['open/2 retainedQuota', 'closed rules']]);
    assert.equal(connected(window), 1);
  });

  it('wait for a restart where they are others, or rules that need users', async () => {
    for (const written of [
      { 'broker.keepState': true },
      { 'broker.maximumQoS': 1 },
      { 'broker.tcpPort': 1884 },
      { 'broker.rules': [{ user: 'ada', publish: ['#'] }] },
      { 'broker.rules': 'none' },
    ]) {
      const { window, start } = used();
      const device = await start();
      window.written = { ...written, 'broker.topicLevels': 3 };
      assert.equal(window.local.applySettings(), false, JSON.stringify(written));
      assert.equal(connected(window), 1);
      await device.sendPacket(a.publish('a/b/c', 2, 1));
      window.written = {};
      assert.equal(window.local.applySettings(), true);
    }
  });
});
