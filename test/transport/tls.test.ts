import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { TlsOptions as ServerOptions } from 'node:tls';
import { type Endpoint, plainTls, type TlsOptions } from '../../src/transport/endpoint';
import { openTransport } from '../../src/transport/openTransport';
import { tlsFailure } from '../../src/transport/tlsFailure';
import { CertificateFolder } from '../support/certificates';
import { startProgram } from '../support/childProcess';
import { Ears } from '../support/ears';
import { freePort } from '../support/freePort';
import { echoes, failureOf } from '../support/opening';
import { listening, startTlsEcho, type TestServer } from '../support/tlsPeer';

describe('A TLS transport', function () {
  this.timeout(20_000);
  const files = new CertificateFolder();
  const closers: (() => Promise<unknown>)[] = [];

  before(() => {
    files.authority('authority');
    files.authority('stranger');
    files.certificate('server', 'authority', { hosts: 'DNS:localhost,IP:127.0.0.1' });
    files.certificate('old', 'authority', {
      hosts: 'IP:127.0.0.1',
      validity: ['20240101000000Z', '20250303120000Z'],
    });
    files.certificate('early', 'authority', {
      hosts: 'IP:127.0.0.1',
      validity: ['20900101000000Z', '20910101000000Z'],
    });
    files.certificate('self', 'self', { hosts: 'IP:127.0.0.1' });
    files.certificate('elsewhere', 'authority', { hosts: 'DNS:other.example,IP:10.0.0.1' });
    files.certificate('device', 'authority');
    files.certificate('intruder', 'stranger');
  });
  after(() => files.remove());
  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
  });

  async function server(name: string, options: ServerOptions = {}): Promise<TestServer> {
    const started = await startTlsEcho({
      cert: files.read(`${name}.pem`),
      key: files.read(`${name}.key`),
      ...options,
    });
    closers.push(() => started.close());
    return started;
  }

  function endpoint(port: number, tls: Partial<TlsOptions> = {}, host = '127.0.0.1'): Endpoint {
    const trusted = { ca: [files.file('authority.pem')], systemCertificates: false };
    return { kind: 'tls', host, port, tls: { ...plainTls, ...trusted, ...tls } };
  }

  async function works(port: number, tls: Partial<TlsOptions> = {}, host?: string): Promise<Ears> {
    const ears = await echoes(endpoint(port, tls, host));
    closers.push(() => Promise.resolve(ears.transport.dispose()));
    return ears;
  }

  it('carries bytes both ways, says what was agreed on, and ends in order', async () => {
    const { port } = await server('server');
    const ears = await works(port);
    const { security } = ears.transport;
    assert.equal(security?.protocol, 'TLSv1.3');
    assert.match(security.cipher, /^TLS_/);
    assert.equal(security.verified, true);
    assert.equal(security.certificate?.subject, 'CN=server, O=Acme');
    assert.equal(security.certificate.issuer, 'CN=authority, O=Acme');
    assert.deepEqual(security.certificate.subjectAltNames, ['DNS:localhost', 'IP Address:127.0.0.1']);
    assert.match(security.certificate.fingerprint256, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    const days = (security.certificate.validTo - security.certificate.validFrom) / 86_400_000;
    assert.equal(Math.round(days), 10);
    ears.transport.end();
    await ears.until(() => ears.ended !== undefined);
    assert.deepEqual(ears.ended, { failure: undefined });
  });

  it('says when it is full and when it has caught up', async () => {
    const { port } = await server('server');
    const ears = await works(port);
    ears.transport.pauseReading(true);
    let written = 0;
    while (ears.transport.write(new Uint8Array(1_000_000))) written++;
    assert.ok(written < 20);
    ears.transport.pauseReading(false);
    await ears.until(() => ears.drains > 0 && ears.bytes.length === 256 + (written + 1) * 1_000_000);
  });

  const rejected: readonly [server: string, code: string, host?: string][] = [
    ['old', 'CERT_HAS_EXPIRED'],
    ['early', 'CERT_NOT_YET_VALID'],
    ['self', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['intruder', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['elsewhere', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ];
  for (const [name, code] of rejected) {
    it(`is refused with ${code} and the certificate before a byte goes out`, async () => {
      const { port } = await server(name);
      const failure = await failureOf(endpoint(port));
      assert.equal(failure.step, 'tls');
      assert.ok(failure.code === 'certificateRejected', failure.code);
      assert.equal(failure.detail, code);
      assert.equal(failure.certificate?.subject, `CN=${name}, O=Acme`);
      if (name === 'old') assert.equal(failure.certificate.validTo, Date.UTC(2025, 2, 3, 12));
      if (name === 'elsewhere') {
        assert.deepEqual(failure.certificate.subjectAltNames, ['DNS:other.example', 'IP Address:10.0.0.1']);
      }
    });

    it(`takes what is refused with ${code} where it is told not to verify, and says so`, async () => {
      const { port } = await server(name);
      const { security } = (await works(port, { verify: false })).transport;
      assert.deepEqual([security?.verified, security?.certificate?.subject], [false, `CN=${name}, O=Acme`]);
    });
  }

  it('takes a self-signed certificate that is named as authority', async () => {
    const { port } = await server('self');
    await works(port, { ca: [files.file('self.pem')] });
  });

  it('takes one of several authorities, out of one file or another', async () => {
    const { port } = await server('server');
    const both = files.write(
      'both.pem',
      `${files.read('stranger.pem').toString()}${files.read('authority.pem').toString()}`,
    );
    await works(port, { ca: [both] });
    await works(port, { ca: [files.file('stranger.pem'), files.file('authority.pem')] });
    const failure = await failureOf(endpoint(port, { ca: [files.file('stranger.pem')] }));
    assert.equal(failure.code, 'certificateRejected');
  });

  it('does not trust an authority of its own where it is to trust the computer alone', async () => {
    const { port } = await server('server');
    for (const systemCertificates of [true, false]) {
      assert.equal(
        (await failureOf(endpoint(port, { ca: [], systemCertificates }))).code,
        'certificateRejected',
      );
    }
    await works(port, { systemCertificates: true });
  });

  it('asks for the name that it is to expect, and the host otherwise', async () => {
    const names: (string | false)[] = [];
    const { port } = await server('elsewhere', {
      SNICallback: (name, answer) => {
        names.push(name);
        answer(null);
      },
    });
    await works(port, { serverName: 'other.example' });
    assert.equal((await failureOf(endpoint(port, {}, 'localhost'))).detail, 'ERR_TLS_CERT_ALTNAME_INVALID');
    assert.deepEqual(names, ['other.example', 'localhost']);
  });

  it('offers application protocols', async () => {
    const { port } = await server('server', { ALPNProtocols: ['x-amzn-mqtt-ca', 'mqtt'] });
    const { security } = (await works(port, { applicationProtocols: ['mqtt'] })).transport;
    assert.equal(security?.applicationProtocol, 'mqtt');
    const failure = await failureOf(endpoint(port, { applicationProtocols: ['http/1.1'] }));
    assert.deepEqual(failure.code === 'alert' && failure.alert, 120);
  });

  it('offers the cipher suites it is told', async () => {
    const { port } = await server('server', { maxVersion: 'TLSv1.2' });
    const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384';
    const { security } = (await works(port, { ciphers })).transport;
    assert.deepEqual(
      [security?.protocol, security?.cipher],
      ['TLSv1.2', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
    );
    const failure = await failureOf(endpoint(port, { ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' }));
    assert.deepEqual(failure.code === 'alert' && failure.alert, 40);
  });

  it('speaks no older version than it may', async () => {
    const { port } = await server('server', { maxVersion: 'TLSv1.2' });
    const failure = await failureOf(endpoint(port, { minimumVersion: '1.3' }));
    assert.deepEqual(failure.code === 'alert' && failure.alert, 70);
  });

  describe('with a client certificate', () => {
    const strict = (): ServerOptions => ({
      ca: files.read('authority.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const pair = (name: string) => ({
      certificate: files.file(`${name}.pem`),
      key: files.file(`${name}.key`),
    });

    it('is let in by PEM, by an encrypted key, by one file with both, and by PKCS #12', async () => {
      const { port } = await server('server', strict());
      await works(port, pair('device'));
      const { passphrase } = files;
      await works(port, { ...pair('device'), key: files.encryptKey('device'), passphrase });
      const both = files.write(
        'device.both.pem',
        `${files.read('device.pem').toString()}${files.read('device.key').toString()}`,
      );
      await works(port, { certificate: both });
      await works(port, { pfx: files.pfx('device'), passphrase });
    });

    for (const version of ['tls1_2', 'tls1_3'] as const) {
      it(`is told with an alert that it needs one, or another one, in ${version}`, async () => {
        // Node's own server hangs up without a word.
        const port = await freePort();
        const program = startProgram(
          'openssl',
          [
            ...['s_server', '-accept', `127.0.0.1:${port}`, `-${version}`],
            ...['-cert', files.file('server.pem'), '-key', files.file('server.key')],
            ...['-Verify', '2', '-verify_return_error', '-CAfile', files.file('authority.pem')],
          ],
          // At the end of its input it ends itself.
          { stdio: ['pipe', 'pipe', 'pipe'] },
        );
        closers.push(() => program.stop());
        await program.printed(/ACCEPT/, 20);
        const alertOf = async (tls: Partial<TlsOptions>): Promise<unknown> => {
          try {
            // In 1.3 the client is through with the handshake before the server has looked at its certificate.
            const ears = new Ears(await openTransport(endpoint(port, tls), { timeout: 5000 }));
            await ears.until(() => ears.ended !== undefined);
            return ears.ended?.failure;
          } catch (error) {
            return (error as { failure?: unknown }).failure;
          }
        };
        const alerts = [await alertOf({}), await alertOf(pair('intruder'))].map(
          (failure) => (failure as { alert?: number } | undefined)?.alert,
        );
        assert.deepEqual(alerts, version === 'tls1_3' ? [116, 48] : [40, 48]);
      });
    }
  });

  it('knows what is no TLS at all, and what hangs up', async () => {
    const replies: readonly [answer: string, code: string][] = [
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 'notTls'],
      ['', 'closed'],
    ];
    for (const [answer, code] of replies) {
      const plain = await listening(createServer((socket) => socket.once('data', () => socket.end(answer))));
      closers.push(() => plain.close());
      const failure = await failureOf(endpoint(plain.port));
      assert.deepEqual([failure.step, failure.code], ['tls', code]);
    }
  });

  it('gives up at the handshake where nobody answers it', async () => {
    const silent = await listening(createServer());
    closers.push(() => silent.close());
    const failure = await failureOf(endpoint(silent.port), 200);
    assert.deepEqual([failure.step, failure.code], ['tls', 'timedOut']);
  });
});

describe('An error of TLS', () => {
  const error = (code: string, message = '') => Object.assign(new Error(message), { code });
  const cases: readonly [error: unknown, code: string, alert?: number][] = [
    // OpenSSL writes the number of an alert, BoringSSL its name.
    [
      error('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ssl3_read_bytes:..:SSL alert number 116'),
      'alert',
      116,
    ],
    [error('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), 'alert', 48],
    [error('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), 'alert', 42],
    [error('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), 'alert', 40],
    [error('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'alert', 70],
    [error('ERR_SSL_WRONG_VERSION_NUMBER'), 'notTls'],
    [error('ERR_SSL_UNSUPPORTED_PROTOCOL'), 'noCommonVersion'],
    [error('ECONNRESET'), 'reset'],
    [
      error('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'),
      'closed',
    ],
    [error('ERR_SSL_SOMETHING'), 'other'],
    [new Error('plain'), 'other'],
  ];
  for (const [given, code, alert] of cases) {
    const failure = tlsFailure(given);
    it(`is ${code}: ${failure.detail}`, () => {
      assert.deepEqual([failure.step, failure.code], ['tls', code]);
      assert.equal(failure.code === 'alert' ? failure.alert : undefined, alert);
    });
  }
});
