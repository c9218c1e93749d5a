import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { connectAsync } from 'mqtt';
import { type BrokerServer, startBrokerServer } from '../../src/broker/brokerServer';
import { listenFor, type ListenerProtocol } from '../../src/transport/listening/listener';
import { ownCertificates } from '../../src/transport/certificates/ownCertificates';
import { machineNames } from '../../src/transport/machineAddresses';
import { listenOnSocket } from '../../src/transport/socketServer';
import { systemClock } from '../../src/transport/systemClock';
import { CertificateFolder } from '../support/certificates';
import { startProgram } from '../support/childProcess';
import { requiredPeer, requirePeer } from '../support/peers';

const protocols: readonly ListenerProtocol[] = ['tcp', 'tls', 'ws', 'wss'];
const run = promisify(execFile);

/** Publishes and receives with python3-paho-mqtt: arguments are port, transport, authority or -, version, QoS. */
const pahoPython = `
import sys, ssl, paho.mqtt.client as mqtt
port, transport, ca, version, qos = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
client = mqtt.Client(client_id="paho-python", transport=transport, protocol=version)
if transport == "websockets": client.ws_set_options(path="/mqtt")
if ca != "-": client.tls_set(ca_certs=ca)
def connected(c, userdata, flags, rc, properties=None):
    assert rc == 0, rc
    c.subscribe("peer/#", qos)
def subscribed(c, userdata, mid, granted, properties=None):
    c.publish("peer/a", bytes(range(256)), qos)
def received(c, userdata, message):
    assert message.payload == bytes(range(256)) and message.qos == qos, message.qos
    print("received", message.topic, flush=True)
    c.disconnect()
client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, received
client.connect("127.0.0.1", port, 20)
client.loop_forever()
`;

describe('The broker with clients of others over every kind of listener', function () {
  this.timeout(60_000);
  const files = new CertificateFolder();
  let server: BrokerServer;
  let authority: string;

  before(async () => {
    const kept = new Map<string, string>();
    const own = await ownCertificates(
      {
        read: (name) => Promise.resolve(kept.get(name)),
        write: (name, text) => Promise.resolve(void kept.set(name, text)),
      },
      'ec',
      machineNames(),
      Date.now(),
    );
    authority = files.write('ca.pem', own.authority);
    const tls = {
      identity: own.server,
      clientCertificates: { mode: 'none' },
      minimumVersion: '1.2',
    } as const;
    const [first, ...furtherListeners] = protocols.map((protocol) => ({
      name: protocol,
      port: 0,
      listen: listenFor(protocol === 'tls' || protocol === 'wss' ? { protocol, tls } : { protocol }),
    }));
    server = await startBrokerServer(
      { ...(first ?? assert.fail()), furtherListeners },
      { listen: listenOnSocket, clock: systemClock, newIdentifier: () => `auto-${randomUUID()}` },
    );
  });
  after(async () => {
    await server.close();
    files.remove();
  });

  const portOf = (protocol: ListenerProtocol) =>
    server.listeners.find(({ name }) => name === protocol)?.port ?? assert.fail();
  const isSecure = (protocol: ListenerProtocol) => protocol === 'tls' || protocol === 'wss';

  for (const protocol of protocols) {
    for (const version of [4, 5] as const) {
      it(`MQTT.js over ${protocol} in version ${version}`, async () => {
        const scheme = { tcp: 'mqtt', tls: 'mqtts', ws: 'ws', wss: 'wss' }[protocol];
        const client = await connectAsync(`${scheme}://127.0.0.1:${portOf(protocol)}/mqtt`, {
          protocolVersion: version,
          reconnectPeriod: 0,
          ...(isSecure(protocol) && { ca: files.read('ca.pem') }),
        });
        const large = Buffer.alloc(300_000, 7);
        const received = new Promise<Buffer>((resolve) =>
          client.once('message', (_topic, payload) => resolve(payload)),
        );
        await client.subscribeAsync('peer/js', { qos: 2 });
        await client.publishAsync('peer/js', large, { qos: 2 });
        assert.deepEqual(await received, large);
        await client.endAsync();
      });

      it(`paho for Python over ${protocol} in version ${version}`, async function () {
        requirePeer(this, 'paho_python');
        const transport = protocol === 'ws' || protocol === 'wss' ? 'websockets' : 'tcp';
        const ca = isSecure(protocol) ? authority : '-';
        for (const qos of [0, 1, 2]) {
          const args = [
            '-c',
            pahoPython,
            String(portOf(protocol)),
            transport,
            ca,
            String(version),
            String(qos),
          ];
          const { stdout } = await run('/usr/bin/python3', args, { timeout: 20_000 });
          assert.match(stdout, /^received peer\/a$/m);
        }
      });

      it(`paho for C over ${protocol} in version ${version}`, async function () {
        requirePeer(this, 'paho_c_pub', 'paho_c_sub');
        const scheme = { tcp: 'tcp', tls: 'ssl', ws: 'ws', wss: 'wss' }[protocol];
        const path = protocol === 'ws' || protocol === 'wss' ? '/mqtt' : '';
        const to = [
          ...['-c', `${scheme}://127.0.0.1:${portOf(protocol)}${path}`, '-V', version === 5 ? '5' : '311'],
          ...(isSecure(protocol) ? ['--cafile', authority] : []),
        ];
        const subscribed = new Promise<void>((resolve) => {
          const watch = setInterval(() => {
            const here = server.broker
              .clients()
              .some(
                ({ clientIdentifier, subscriptions }) =>
                  clientIdentifier === 'c-sub' && subscriptions.size > 0,
              );
            if (!here) return;
            clearInterval(watch);
            resolve();
          }, 10);
        });
        const subscriber = startProgram('stdbuf', [
          '-oL',
          requiredPeer('paho_c_sub'),
          ...to,
          ...['-i', 'c-sub', '-t', 'peer/c', '-q', '2'],
        ]);
        try {
          await subscribed;
          for (const qos of ['0', '1', '2']) {
            const message = ['-i', 'c-pub', '-t', 'peer/c', '-q', qos, '-m', `at ${qos}`];
            await run(requiredPeer('paho_c_pub'), [...to, ...message], { timeout: 20_000 });
            await subscriber.printed(new RegExp(`at ${qos}`), 20);
          }
        } finally {
          await subscriber.stop('SIGINT');
        }
      });
    }
  }

  for (const version of ['mqttv311', 'mqttv5']) {
    it(`mosquitto's clients over TLS in ${version}`, async function () {
      requirePeer(this, 'mosquitto_pub', 'mosquitto_sub');
      const to = ['-h', '127.0.0.1', '-p', String(portOf('tls')), '--cafile', authority, '-V', version];
      const publish = [...to, '-t', 'peer/mosquitto', '-m', 'hello', '-q', '2', '-r'];
      await run(requiredPeer('mosquitto_pub'), publish, { timeout: 20_000 });
      const subscribe = [...to, '-t', 'peer/mosquitto', '-C', '1', '-q', '2'];
      const { stdout } = await run(requiredPeer('mosquitto_sub'), subscribe, { timeout: 20_000 });
      assert.equal(stdout.trim(), 'hello');
    });
  }
});
