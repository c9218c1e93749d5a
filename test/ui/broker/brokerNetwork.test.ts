import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { connectAsync, type IClientOptions } from 'mqtt';
import '../../support/vscodeFake';
import { encodeUtf8 } from '../../../src/base/utf8';
import { ClientError } from '../../../src/client/mqttClient';
import { ScramAuthenticator } from '../../../src/client/scram';
import { PacketLog } from '../../../src/capture/packetLog';
import { openBrokerStore } from '../../../src/storage/sqliteBrokerStore';
import { listenFor } from '../../../src/transport/listening/listener';
import { machineNames } from '../../../src/transport/machineAddresses';
import { nextFreePort, portOwner } from '../../../src/transport/portOwner';
import { systemClock } from '../../../src/transport/systemClock';
import { systemCrypto, systemPasswordHashing } from '../../../src/transport/systemCrypto';
import { BrokerCaptures } from '../../../src/ui/broker/brokerCaptures';
import { BrokerCertificates } from '../../../src/ui/broker/brokerCertificates';
import { readBrokerConfiguration } from '../../../src/ui/broker/brokerConfiguration';
import { BrokerProblems } from '../../../src/ui/broker/brokerProblems';
import { BrokerUsers } from '../../../src/ui/broker/brokerUsers';
import { hostPace } from '../../../src/ui/inspector/hostPace';
import { LocalBroker } from '../../../src/ui/broker/localBroker';
import { freePort } from '../../support/freePort';
import { OwnClient } from '../../support/ownClient';
import { FakeSecrets, settings } from './brokerWindow';

describe('The local broker on real ports', function () {
  this.timeout(20_000);
  const secrets = new FakeSecrets();
  const log = new PacketLog({ byteBudget: 1_000_000 });
  const captures = new BrokerCaptures(log);
  const problems = new BrokerProblems(captures, systemClock);
  const users = new BrokerUsers(secrets, systemPasswordHashing, systemCrypto);
  const certificates = new BrokerCertificates(secrets, systemClock, () => [
    ...machineNames(),
    ...furtherNames,
  ]);
  let furtherNames: readonly string[] = [];
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-broker-'));
  const fail = (): void => assert.fail('the disk fails');
  let written: Readonly<Record<string, unknown>> = {};
  let ports: Readonly<Record<'tcp' | 'tls' | 'ws' | 'wss', number>>;
  const configuration = () => readBrokerConfiguration(settings(written));
  const local = new LocalBroker({
    clock: systemClock,
    pace: hostPace,
    captures,
    hashing: systemPasswordHashing,
    cryptography: systemCrypto,
    read: configuration,
    isTrusted: () => true,
    agreesToOpen: () => Promise.resolve(true),
    users: () => users.all(),
    tls: (wanted) => certificates.tls(wanted),
    renewalFailed: fail,
    listenFor,
    openStore: () => openBrokerStore({ folder, broken: fail, failing: fail, recovered: fail }),
    portOwner,
    nextFreePort,
    version: '1.2.3',
    newIdentifier: () => 'auto-1',
    ready: () => Promise.resolve(),
  });
  local.onDidStart((broker) => problems.watch(broker));
  local.onDidRefuse(({ connection }) => problems.refused(connection));

  before(async () => {
    ports = { tcp: await freePort(), tls: await freePort(), ws: await freePort(), wss: await freePort() };
    written = {
      'broker.listeners': ['tcp', 'tls', 'ws', 'wss'],
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [`broker.${name}Port`, port])),
    };
    assert.equal(await local.start(), undefined);
  });
  after(async () => {
    await local.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const comes = async (clientId: string, options: IClientOptions): Promise<string | undefined> => {
    const client = await connectAsync({ host: '127.0.0.1', reconnectPeriod: 0, clientId, ...options });
    const listener = local.broker?.client(clientId)?.connection?.listener;
    await client.endAsync();
    return listener;
  };

  it('is reached by TCP, TLS, WebSocket and secure WebSocket, with the certificate that it made', async () => {
    const read = configuration();
    assert.ok('host' in read);
    const ca = await certificates.authority(read.tls);
    assert.ok(ca);
    assert.deepEqual(
      [
        await comes('one', { protocol: 'mqtt', port: ports.tcp }),
        await comes('two', { protocol: 'mqtts', port: ports.tls, ca }),
        await comes('three', { protocol: 'ws', port: ports.ws, path: '/mqtt' }),
        await comes('four', { protocol: 'wss', port: ports.wss, path: '/mqtt', ca }),
      ],
      ['tcp', 'tls', 'ws', 'wss'],
    );
  });

  it('names a device that does not trust it, and one that speaks no TLS, with what they sent', async () => {
    await assert.rejects(comes('five', { protocol: 'mqtts', port: ports.tls, ca: [] }));
    await sent(ports.tls, [0x10, 0x0c, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 0]);
    await until(() => problems.all().length >= 2);
    const shorts = problems.all().map(({ short }) => short);
    assert.deepEqual(shorts, ['plain MQTT on the TLS port', 'the device ended the TLS handshake']);
    const [plain] = problems.all();
    const sequence = plain?.packet();
    assert.ok(plain && sequence !== undefined);
    const name = log.connectionName(log.row(sequence)?.connection ?? 0);
    assert.match(name ?? '', /^127\.0\.0\.1:\d+ \(plain MQTT on the TLS port\)$/);
  });

  it('names what is spoken on a port that is for something else', async () => {
    problems.clear();
    const spoken = [
      [ports.tls, [...encodeUtf8('GET / HTTP/1.1\r\n\r\n')], 'HTTP on the TLS port'],
      [ports.ws, [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0], 'TLS on the WebSocket port'],
      [ports.ws, [0x10, 0x0c, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60], 'plain MQTT on the WebSocket port'],
      [ports.ws, [...encodeUtf8('GET / HTTP/1.1\r\nHost: a\r\n\r\n')], 'HTTP on the WebSocket port'],
    ] as const;
    for (const [port, bytes, short] of spoken) {
      await sent(port, [...bytes]);
      await until(() => problems.all()[0]?.short === short);
    }
  });

  it('is good for an address that the computer has got since it was started, once a device does not trust it', async () => {
    const read = configuration();
    assert.ok('host' in read);
    const ca = await certificates.authority(read.tls);
    assert.ok(ca);
    const from = async (servername: string) =>
      comes('moved', { protocol: 'mqtts', port: ports.tls, ca, servername });
    furtherNames = ['moved.example'];
    await assert.rejects(from('moved.example'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    // A device says by an alert that it does not trust the certificate.
    await assert.rejects(comes('stranger', { protocol: 'mqtts', port: ports.tls, ca: [] }));
    // A certificate is not made in no time.
    let listener: string | undefined;
    for (let tries = 0; tries < 200 && listener === undefined; tries++) {
      listener = await from('moved.example').catch(() => undefined);
    }
    assert.equal(listener, 'tls');
  });

  it('knows who has a port that is in use, and which is free', async () => {
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as net.AddressInfo;
    try {
      const owner = await portOwner(port);
      if (process.platform === 'linux') assert.equal(owner?.pid, process.pid);
      const free = await nextFreePort('127.0.0.1', port, new Set());
      assert.ok(free !== undefined && free > port);
      const next = await nextFreePort('127.0.0.1', port, new Set([free]));
      assert.ok(next !== undefined && next > free);
    } finally {
      await new Promise<void>((resolve) => other.close(() => resolve()));
    }
  });

  it('lets users in with their password alone, from the moment they are added', async () => {
    await users.add('ada', 'secret');
    const way = { protocol: 'mqtt', port: ports.tcp, username: 'ada' } as const;
    assert.equal(await comes('six', { ...way, password: 'secret' }), 'tcp');
    await assert.rejects(comes('seven', { ...way, password: 'wrong' }));
    assert.match(problems.of('seven')[0]?.short ?? '', /^refused: bad user name or password/);
    await users.clear();
  });

  it('lets users in by SCRAM too, whose password it never hears', async () => {
    assert.equal(await users.add('ada', 'secret'), true);
    const outcomeOf = async (password: string): Promise<string | undefined> => {
      const credentials = { method: 'SCRAM-SHA-256', userName: 'ada', password } as const;
      const authenticator = new ScramAuthenticator(credentials, systemCrypto);
      const client = new OwnClient(ports.tcp, { clientIdentifier: 'scram', authenticator });
      await client.connect();
      const user = local.broker?.client('scram')?.connection?.userName;
      await client.disconnect();
      return user;
    };
    assert.equal(await outcomeOf('secret'), 'ada');
    await assert.rejects(outcomeOf('wrong'), ClientError);
    // Characters that are prepared differently by different systems: the password itself still does.
    assert.equal(await users.add('bob', '\u0000'), false);
    await users.clear();
  });

  it('has its sessions and retained messages again after a restart, also where one failed in between', async () => {
    await local.stop();
    written = { ...written, 'broker.listeners': ['tcp'], 'broker.keepState': true };
    assert.equal(await local.start(), undefined);
    const way = { host: '127.0.0.1', port: ports.tcp, protocol: 'mqtt', reconnectPeriod: 0 } as const;
    const client = await connectAsync({ ...way, clientId: 'keeper', clean: false });
    await client.subscribeAsync('a/#', { qos: 1 });
    await client.publishAsync('a/b', 'kept', { qos: 1, retain: true });
    await client.endAsync();
    await local.stop();
    const other = net.createServer();
    await new Promise<void>((resolve) => other.listen(ports.tcp, '127.0.0.1', resolve));
    const failure = await local.start();
    await new Promise<void>((resolve) => other.close(() => resolve()));
    assert.equal(failure?.kind, 'port');
    assert.equal(await local.start(), undefined);
    assert.deepEqual(
      local.broker?.retainedMessages().map(({ topicName }) => topicName),
      ['a/b'],
    );
    assert.deepEqual([...(local.broker?.client('keeper')?.subscriptions.keys() ?? [])], ['a/#']);
  });
});

function sent(port: number, bytes: readonly number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Uint8Array.from(bytes)));
    socket.resume();
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
