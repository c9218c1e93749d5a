import assert from 'node:assert/strict';
import * as path from 'node:path';
import { encodeUtf8 } from '../../src/base/utf8';
import { ClientError } from '../../src/client/mqttClient';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { type Endpoint, plainTls, type Proxy, type TlsOptions } from '../../src/transport/endpoint';
import { explainClientFailure } from '../../src/ui/reporting/clientFailure';
import { explanationText } from '../../src/ui/reporting/explanation';
import { parseProfiles } from '../../src/ui/connections/connectionProfile';
import type { ConnectionSetting } from '../../src/contributions/settings';
import { CertificateFolder } from '../support/certificates';
import { freePort } from '../support/freePort';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import { OwnClient } from '../support/ownClient';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';
import { startHttpProxy, startSocksProxy } from '../support/proxies';
import { startWebSocketPeer } from '../support/webSocketPeer';

const host = '127.0.0.1';
/** Every value many times over: more than a socket takes at once. */
const large = Uint8Array.from({ length: 1_000_000 }, (_, index) => index);
/** Over WebSocket mosquitto 2.0 sends some 50 KB a second, to MQTT.js as to anybody. */
const modest = large.slice(0, 10_000);

describe('The client over any network, with mosquitto', function () {
  this.timeout(30_000);
  const files = new CertificateFolder();
  const socketPath = path.join(files.folder, 'broker.sock');
  const ports = { tls: 0, strict: 0, old: 0, self: 0, elsewhere: 0, ws: 0, wss: 0, six: 0 };
  let broker: Mosquitto;

  before(async function () {
    requirePeer(this, 'mosquitto');
    files.authority('authority');
    files.authority('stranger');
    const hosts = 'DNS:localhost,IP:127.0.0.1';
    files.certificate('server', 'authority', { hosts });
    files.certificate('old', 'authority', { hosts, validity: ['20240101000000Z', '20250303120000Z'] });
    files.certificate('self', 'self', { hosts });
    files.certificate('elsewhere', 'authority', { hosts: 'DNS:other.example' });
    files.certificate('device', 'authority');
    files.certificate('intruder', 'stranger');
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    const secure = (name: string) => [
      `certfile ${files.file(`${name}.pem`)}`,
      `keyfile ${files.file(`${name}.key`)}`,
    ];
    broker = await startMosquitto({
      configuration: [
        ...[`listener ${ports.tls} 127.0.0.1`, ...secure('server')],
        ...[`listener ${ports.strict} 127.0.0.1`, ...secure('server')],
        ...[`cafile ${files.file('authority.pem')}`, 'require_certificate true'],
        ...[`listener ${ports.old} 127.0.0.1`, ...secure('old')],
        ...[`listener ${ports.self} 127.0.0.1`, ...secure('self')],
        ...[`listener ${ports.elsewhere} 127.0.0.1`, ...secure('elsewhere')],
        ...[`listener ${ports.ws} 127.0.0.1`, 'protocol websockets'],
        ...[`listener ${ports.wss} 127.0.0.1`, 'protocol websockets', ...secure('server')],
        `listener ${ports.six} ::1`,
        `listener 0 ${socketPath}`,
      ],
    });
  });
  after(async () => {
    await broker?.stop();
    files.remove();
  });

  function tls(port: number, more: Partial<TlsOptions> = {}): Endpoint {
    const ca = { ca: [files.file('authority.pem')], systemCertificates: false };
    return { kind: 'tls', host, port, tls: { ...plainTls, ...ca, ...more } };
  }

  function webSocket(port: number, at = '/mqtt', subprotocol: 'mqtt' | 'mqttv3.1' = 'mqtt'): Endpoint {
    return { kind: 'ws', host, port, webSocket: { path: at, headers: {}, subprotocol } };
  }

  const pair = (name: string) => ({
    certificate: files.file(`${name}.pem`),
    key: files.file(`${name}.key`),
  });

  let clients = 0;
  /** Connects, sends a large message to itself at QoS 2 and leaves. */
  async function works(endpoint: Endpoint, version: ProtocolVersion = 5): Promise<void> {
    const clientIdentifier = `network${++clients}`;
    const client = new OwnClient(endpoint, { clientIdentifier, version });
    await client.connect();
    const payload = 'webSocket' in endpoint ? modest : large;
    const topicName = `network/${clientIdentifier}`;
    await client.subscribe([a.subscription(topicName, 2)]);
    await client.publish({ topicName, payload, qos: 2 });
    await client.publish({ topicName, payload: encodeUtf8('end'), qos: 2 });
    const [first] = await client.until(2);
    assert.deepEqual(first?.payload, payload);
    await client.disconnect();
  }

  /** What a person is told who connects with these settings. */
  async function told(setting: Partial<ConnectionSetting>, endpoint: Endpoint): Promise<string> {
    const [parsed] = parseProfiles([{ name: 'bench', ...setting }], 'user');
    assert.ok(parsed?.profile, parsed?.invalid?.problem);
    const client = new OwnClient(endpoint, { clientIdentifier: `network${++clients}` });
    try {
      await client.connect();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const explanation = explainClientFailure(error.failure, parsed.profile);
      return `${explanation.short} | ${explanationText(explanation)}`;
    } finally {
      client.dispose();
    }
    return assert.fail('It connected');
  }

  const toldOfTls = (port: number, more: Partial<TlsOptions> = {}) =>
    told({ transport: 'tls', host, port, tls: { ca: 'authority.pem' } }, tls(port, more));

  for (const version of [3, 4, 5] as const) {
    it(`speaks version ${version} over TLS, WebSocket and secure WebSocket`, async () => {
      await works(tls(ports.tls), version);
      await works(webSocket(ports.ws, '/mqtt', version === 3 ? 'mqttv3.1' : 'mqtt'), version);
      const web = webSocket(ports.wss, '/mqtt', version === 3 ? 'mqttv3.1' : 'mqtt');
      await works({ ...web, kind: 'wss', tls: (tls(0) as { tls: TlsOptions }).tls } as Endpoint, version);
    });
  }

  it('goes over IPv6 and a Unix socket', async () => {
    await works({ kind: 'tcp', host: '::1', port: ports.six });
    await works({ kind: 'unix', path: socketPath });
  });

  it('goes through proxies, with and without credentials', async () => {
    for (const credentials of [undefined, 'ada:secret']) {
      const options = credentials === undefined ? {} : { credentials };
      for (const [scheme, start] of [
        ['http', startHttpProxy],
        ['socks5', startSocksProxy],
      ] as const) {
        const server = await start(options);
        try {
          const known = credentials === undefined ? {} : { user: 'ada', password: 'secret' };
          const proxy: Proxy = { scheme, host, port: server.port, verify: true, ...known };
          await works({ ...(tls(ports.tls) as Extract<Endpoint, { kind: 'tls' }>), proxy });
          await works({ ...(webSocket(ports.ws) as Extract<Endpoint, { kind: 'ws' }>), proxy });
          if (credentials === undefined) continue;
          const refused = await told(
            { host, port: broker.port, proxy: `${scheme}://127.0.0.1:${server.port}` },
            {
              kind: 'tcp',
              host,
              port: broker.port,
              proxy: { scheme, host, port: server.port, verify: true },
            },
          );
          assert.match(refused, /^proxy wants a user name \| .*through the proxy .*Write the user name into/);
        } finally {
          await server.close();
        }
      }
    }
  });

  it('is told what a proxy that forbids it answers', async () => {
    const server = await startHttpProxy({ refusal: [403, 'Forbidden'] });
    try {
      const proxy: Proxy = { scheme: 'http', host, port: server.port, verify: true };
      const text = await told(
        { host, port: broker.port, proxy: `http://127.0.0.1:${server.port}` },
        { kind: 'tcp', host, port: broker.port, proxy },
      );
      assert.match(text, /^proxy does not connect: HTTP 403 Forbidden \| .*its rules do not allow it/);
    } finally {
      await server.close();
    }
  });

  it('shows its certificate where that is required, and is told where it does not', async () => {
    await works(tls(ports.strict, pair('device')));
    const { passphrase } = files;
    await works(tls(ports.strict, { ...pair('device'), key: files.encryptKey('device'), passphrase }));
    await works(tls(ports.strict, { pfx: files.pfx('device'), passphrase }));
    assert.match(await toldOfTls(ports.strict), /^client certificate needed \| .*certificate required/);
    assert.match(
      await toldOfTls(ports.strict, pair('intruder')),
      /^client certificate of an unknown authority \| .*unknown CA/,
    );
  });

  it('is told of an expired, a self-signed and a wrong-host certificate, and of an unknown authority', async () => {
    assert.match(
      await toldOfTls(ports.old),
      /^certificate expired on 3 March 2025 \| mqtts:\/\/127\.0\.0\.1:\d+ is not trusted, so nothing was sent\. .*for CN=old, O=Acme, issued by CN=authority, O=Acme, valid from 1 January 2024 to 3 March 2025\. Renew/,
    );
    assert.match(
      await toldOfTls(ports.self),
      /^certificate is self-signed \| .*signed by itself.*SHA-256 fingerprint is ([0-9A-F]{2}:){31}/,
    );
    assert.match(
      await toldOfTls(ports.elsewhere),
      /^certificate is not for 127\.0\.0\.1 \| .*is for DNS:other\.example, not for "127\.0\.0\.1".*"tls\.serverName"/,
    );
    assert.match(
      await toldOfTls(ports.tls, { ca: [files.file('stranger.pem')] }),
      /^certificate of an unknown authority \| .*CN=authority, O=Acme, which issued its certificate, is not in "authority\.pem"/,
    );
  });

  it('takes the self-signed certificate that is named, and any where it is told to', async () => {
    await works(tls(ports.self, { ca: [files.file('self.pem')] }));
    await works(tls(ports.elsewhere, { serverName: 'other.example' }));
    await works(tls(ports.old, { verify: false }));
  });

  it('is told of a port without TLS, and of one with TLS', async () => {
    assert.match(await toldOfTls(broker.port), /^(no TLS there|TLS: closed by the server) \| .*TLS/);
    const plain = await told({ host, port: ports.tls }, { kind: 'tcp', host, port: ports.tls });
    assert.match(plain, /TLS/);
  });

  it('is told that there is no WebSocket on a port, and none at a path', async () => {
    const text = await told({ transport: 'ws', host, port: broker.port }, webSocket(broker.port));
    assert.match(text, /^(WebSocket: closed by the server|no WebSocket there) \| /);
    // mosquitto takes any path, so that another server has to refuse one.
    const peer = await startWebSocketPeer({ path: '/mqtt' });
    try {
      assert.match(
        await told({ transport: 'ws', host, port: peer.port, path: '/ws' }, webSocket(peer.port, '/ws')),
        /^WebSocket refused: HTTP 404 Not Found \| The WebSocket to ws:\/\/127\.0\.0\.1:\d+\/ws was not opened\. .*no WebSocket at the path "\/ws"\. Correct the path/,
      );
    } finally {
      await peer.close();
    }
  });

  it('is told of a missing file, and nothing connects', async () => {
    const before = broker.log();
    const missing = files.file('missing.pem');
    const text = await told(
      { transport: 'tls', host, port: ports.tls, tls: { ca: missing } },
      tls(ports.tls, { ca: [missing] }),
    );
    assert.match(text, /^no such file: missing\.pem \| .*"[^"]*missing\.pem" of "tls\.ca" cannot be used/);
    assert.equal(broker.log(), before);
  });

  it('is told that nothing listens on a Unix socket', async () => {
    const nowhere = `${socketPath}.old`;
    assert.match(
      await told({ transport: 'unix', socketPath: nowhere }, { kind: 'unix', path: nowhere }),
      /^no such Unix socket \| There is no Unix socket at unix:\//,
    );
  });
});
