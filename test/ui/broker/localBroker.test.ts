import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import { explainStartFailure } from '../../../src/ui/broker/startFailure';
import { brokerRow } from '../../../src/ui/broker/brokerRow';
import { a } from '../../support/packets';
import { BrokerWindow } from './brokerWindow';

const description = ({ local }: BrokerWindow): string => {
  const clients = local.broker?.clients() ?? [];
  return brokerRow(local.state, { connected: clients.length, sessions: clients.length }).description;
};

describe('The local broker', () => {
  it('runs once it is started, serves clients, and sends them away when it is stopped', async () => {
    const window = new BrokerWindow();
    assert.equal(description(window), 'not started');
    assert.equal(await window.local.start(), undefined);
    assert.equal(description(window), '0 clients · 127.0.0.1:1883');
    const device = window.device(5);
    await device.connect('esp32');
    assert.equal(description(window), '1 client · 127.0.0.1:1883');
    const stopped = window.local.stop();
    device.end();
    await stopped;
    assert.deepEqual([description(window), [...window.bound]], ['not started', []]);
    assert.deepEqual(window.rows().at(-1)?.split(' ').slice(2), ['out', 'DISCONNECT']);
  });

  it('tells how much waits for its clients, and when that is more than may', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.totalQueueBytes': 65_536 };
    await window.local.start();
    const { broker } = window.local;
    assert.ok(broker);
    const tooltip = () => brokerRow(window.local.state, { connected: 0, sessions: 0 }).tooltip;
    assert.doesNotMatch(tooltip(), /wait/);
    const away = window.device(5);
    const properties = { sessionExpiryInterval: 100 };
    await away.sendPacket(a.connect({ clientIdentifier: 'away', cleanStart: false, properties }));
    await away.sendPacket(a.subscribe(1, [a.subscription('#', 1)]));
    away.end();
    const other = window.device(5);
    await other.sendPacket(a.connect({ clientIdentifier: 'other' }));
    const publish = (identifier: number) =>
      other.sendPacket(a.publish('t', 1, identifier, { payload: new Uint8Array(40_000) }));
    await publish(1);
    assert.match(tooltip(), /^40,065 bytes of messages wait for clients, of 65,536 bytes that may\.$/m);
    await publish(2);
    assert.match(
      tooltip(),
      /^80,130 bytes of messages wait .* bound of 65,536 bytes, so that some is dropped\.$/m,
    );
    await publish(3);
    assert.equal(broker.client('away')?.droppedMessages, 1);
  });

  it('says under $SYS which version of the program it is of', async () => {
    const window = new BrokerWindow();
    await window.local.start();
    const device = window.device(5);
    await device.connect('esp32');
    await device.sendPacket(a.subscribe(1, [a.subscription('$SYS/broker/version')]));
    assert.match(Buffer.concat(device.received).toString('latin1'), /MQTT Workbench version 1\.2\.3$/);
  });

  it('does once what is asked for twice', async () => {
    const window = new BrokerWindow();
    await Promise.all([window.local.start(), window.local.start()]);
    await Promise.all([window.local.stop(), window.local.stop()]);
    assert.equal(window.local.state.kind, 'stopped');
    const [, last] = await Promise.all([window.local.stop(), window.local.start()]);
    assert.deepEqual([last, window.local.state.kind], [undefined, 'running']);
  });

  it('names the port that is in use, who has it and another one, and holds no other port then', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.listeners': ['tcp', 'ws'] };
    window.taken.add(8083);
    const failure = await window.local.start();
    assert.ok(failure);
    assert.equal(
      explainStartFailure(failure).text,
      'The local broker was not started: port 8083 (WebSocket) is in use by mosquitto (process 42). Stop mosquitto, or use port 8084, which is free.',
    );
    assert.deepEqual([description(window), [...window.bound]], ['port 8083 is in use by mosquitto', []]);
    window.taken.clear();
    assert.equal(await window.local.start(), undefined);
    assert.equal(description(window), '0 clients · 127.0.0.1:1883, :8083 ws');
  });

  it('does not start with settings that cannot be used, and says which', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.listeners': ['quic'] };
    const failure = await window.local.start();
    assert.ok(failure);
    assert.match(
      explainStartFailure(failure).text,
      /"mqttWorkbench\.broker\.listeners": "quic" is none of tcp/,
    );
  });

  it('does not start with rules that go by users while there are none, nor takes a name unchecked later', async () => {
    const window = new BrokerWindow();
    for (const rule of [{ user: 'ada', subscribe: ['#'] }, { publish: ['devices/%u/#'] }]) {
      window.written = { 'broker.rules': [rule] };
      const failure = await window.local.start();
      assert.ok(failure?.kind === 'rulesWithoutUsers');
      assert.match(explainStartFailure(failure).text, /everybody could take any name\. Add users/);
    }
    await window.users.add('ada', 'secret');
    assert.equal(await window.local.start(), undefined);
    await window.users.clear();
    const device = window.device(5);
    await device.sendPacket({
      ...{
        type: 'CONNECT',
        protocolName: 'MQTT',
        protocolVersion: 5,
        clientIdentifier: 'c',
        cleanStart: true,
      },
      ...{ keepAlive: 0, properties: {}, will: undefined, userName: 'ada', password: undefined },
    });
    for (let count = 0; count < 100 && device.received.length === 0; count++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(device.received[0]?.[3], 0x86);
    window.written = { 'broker.rules': [{ publish: ['devices/%c/#'] }] };
    await window.local.stop();
    assert.equal(await window.local.start(), undefined);
  });

  it('says what is wrong with TLS', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.listeners': ['tls'] };
    const failure = await window.local.start();
    assert.equal(failure?.kind, 'tls');
    assert.equal(window.bound.size, 0);
  });

  it('does not start where nobody could connect, as only users may and there are none', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.anonymous': 'never' };
    const failure = await window.local.start();
    assert.ok(failure?.kind === 'nobodyMayCome');
    assert.match(explainStartFailure(failure).text, /"mqttWorkbench\.broker\.anonymous" .* Add users/);
    await window.users.add('ada', 'secret');
    assert.equal(await window.local.start(), undefined);
  });

  it('is not reachable from the network in a workspace that is not trusted', async () => {
    const window = new BrokerWindow();
    window.isTrusted = false;
    window.written = { 'broker.host': '0.0.0.0' };
    assert.deepEqual(await window.local.start(), { kind: 'notTrusted', host: '0.0.0.0' });
    assert.deepEqual([window.questions, window.bound.size], [[], 0]);
    window.written = {};
    assert.equal(await window.local.start(), undefined);
  });

  it('asks before the network reaches it without a password, and only then', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.host': '0.0.0.0' };
    window.agrees = false;
    assert.equal(await window.local.start(), undefined);
    assert.deepEqual([window.questions, window.local.state.kind], [['0.0.0.0'], 'stopped']);
    window.agrees = true;
    await window.local.start();
    assert.equal(description(window), 'open to the network · 0 clients · 0.0.0.0:1883');
    await window.users.add('ada', 'secret');
    assert.equal(description(window), '0 clients · 0.0.0.0:1883', 'a user was added while it runs');
    await window.local.stop();
    window.questions.length = 0;
    await window.local.start();
    assert.deepEqual(window.questions, []);
  });

  it('lets nobody in where its users cannot be read', async () => {
    const window = new BrokerWindow();
    window.secrets.kept.set('mqttWorkbench.broker.users', 'ada:secret\n');
    assert.deepEqual(await window.local.start(), { kind: 'usersUnreadable' });
    await window.users.clear();
    assert.equal(await window.local.start(), undefined);
  });

  it('keeps hashes of passwords and nothing else', async () => {
    const window = new BrokerWindow();
    await window.users.add('ada', 'correct horse');
    const kept = [...window.secrets.kept.values()].join();
    assert.match(kept, /^ada:\$scrypt\$/);
    assert.ok(!kept.includes('correct'));
    await window.users.remove('ada');
    assert.equal(window.secrets.kept.size, 0);
  });
});
