import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as tls from 'node:tls';
import {
  type CertificateFileFailure,
  type TransportFailure,
  TransportFailureError,
} from '../../src/base/transportFailure';
import { plainTls, type TlsOptions } from '../../src/transport/endpoint';
import { trustedAuthorities } from '../../src/transport/systemCertificates';
import { inTime, loadTlsMaterial } from '../../src/transport/tlsMaterial';
import { CertificateFolder } from '../support/certificates';
import { failureOf } from '../support/opening';
import { startTlsEcho } from '../support/tlsPeer';

describe('A file of certificates', function () {
  this.timeout(20_000);
  const files = new CertificateFolder();

  before(() => {
    files.authority('authority');
    files.certificate('server', 'authority', { hosts: 'IP:127.0.0.1' });
    files.certificate('device', 'authority');
    files.certificate('other', 'authority');
    files.encryptKey('device');
    files.pfx('device');
    files.write('empty.pem', '');
    files.write('prose.pem', 'This is no certificate.\n');
    files.write('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    files.write('broken.key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    files.write('huge.pem', ' '.repeat(1_048_577));
  });
  after(() => files.remove());

  type Case = readonly [
    tls: Partial<Record<'ca' | 'certificate' | 'key' | 'pfx' | 'passphrase', string>>,
    setting: CertificateFileFailure['setting'],
    code: CertificateFileFailure['code'],
  ];
  const cases: readonly Case[] = [
    [{ ca: 'nowhere.pem' }, 'ca', 'missing'],
    [{ ca: 'server.pem/below' }, 'ca', 'missing'],
    [{ ca: '.' }, 'ca', 'unreadable'],
    [{ ca: 'empty.pem' }, 'ca', 'invalid'],
    [{ ca: 'prose.pem' }, 'ca', 'invalid'],
    [{ ca: 'broken.pem' }, 'ca', 'invalid'],
    [{ ca: 'huge.pem' }, 'ca', 'invalid'],
    [{ ca: 'device.key' }, 'ca', 'invalid'],
    [{ certificate: 'nowhere.pem', key: 'device.key' }, 'certificate', 'missing'],
    [{ certificate: 'prose.pem', key: 'device.key' }, 'certificate', 'invalid'],
    [{ certificate: 'device.pem', key: 'nowhere.key' }, 'key', 'missing'],
    [{ certificate: 'device.pem', key: 'device.pem' }, 'key', 'invalid'],
    [{ certificate: 'device.pem', key: 'broken.key' }, 'key', 'invalid'],
    [{ certificate: 'device.pem', key: 'other.key' }, 'key', 'mismatch'],
    [{ certificate: 'device.pem' }, 'certificate', 'keyMissing'],
    [{ certificate: 'device.pem', key: 'device.encrypted.key' }, 'key', 'passphraseMissing'],
    [
      { certificate: 'device.pem', key: 'device.encrypted.key', passphrase: 'wrong' },
      'key',
      'passphraseWrong',
    ],
    [{ pfx: 'nowhere.p12' }, 'pfx', 'missing'],
    [{ pfx: 'prose.pem' }, 'pfx', 'invalid'],
    [{ pfx: 'device.p12' }, 'pfx', 'passphraseMissing'],
    [{ pfx: 'device.p12', passphrase: 'wrong' }, 'pfx', 'passphraseWrong'],
  ];

  function options({ ca, passphrase, ...named }: Case[0]): TlsOptions {
    const paths = Object.entries(named).map(([setting, name]) => [setting, files.file(name)]);
    return {
      ...plainTls,
      ...(Object.fromEntries(paths) as Partial<TlsOptions>),
      ca: ca === undefined ? [] : [files.file(ca)],
      ...(passphrase !== undefined && { passphrase }),
    };
  }

  for (const [named, setting, code] of cases) {
    it(`that is ${code} is told with its path and setting, and nothing connects: ${JSON.stringify(named)}`, async () => {
      const server = await startTlsEcho({ cert: files.read('server.pem'), key: files.read('server.key') });
      try {
        const failure = await failureOf({
          kind: 'tls',
          host: '127.0.0.1',
          port: server.port,
          tls: options(named),
        });
        assert.ok(failure.step === 'certificateFile');
        assert.deepEqual([failure.setting, failure.code], [setting, code]);
        assert.equal(failure.path, files.file(named[setting] ?? ''));
        assert.notEqual(failure.detail, '');
        assert.equal(server.accepted(), 0);
      } finally {
        await server.close();
      }
    });
  }

  it('in the home folder may be named with a tilde', async () => {
    const missing = { ...plainTls, ca: ['~/mqtt-workbench-is-not-here.pem'] };
    await assert.rejects(
      loadTlsMaterial(missing),
      (error: unknown) => error instanceof TransportFailureError && error.failure.code === 'missing',
    );
  });
});

describe('Options of TLS', () => {
  it('that name no cipher suite are told before anything connects', async () => {
    await assert.rejects(
      loadTlsMaterial({ ...plainTls, ciphers: 'NONSENSE' }),
      (error: unknown) =>
        // OpenSSL and BoringSSL write it differently.
        error instanceof TransportFailureError &&
        error.failure.code === 'optionsInvalid' &&
        /no.cipher.match/i.test(error.failure.detail),
    );
  });
});

describe("The computer's authorities", () => {
  it('are what Node knows where it knows them', async () => {
    const node = { getCACertificates: (of: string) => (of === 'system' ? ['s', 'both'] : ['d', 'both']) };
    assert.deepEqual(await trustedAuthorities(node), ['d', 'both', 's']);
  });

  it('are read from the usual places where an older Node does not know them, on top of its own', async function () {
    if (!fs.existsSync('/etc/ssl/certs/ca-certificates.crt')) return this.skip();
    const found = (await trustedAuthorities({}, 'linux')) ?? [];
    assert.ok(found.length >= tls.rootCertificates.length);
    for (const certificate of found) assert.match(certificate, /^-----BEGIN CERTIFICATE-----/);
  });

  it('are told as not readable where the system fails to tell them, or takes too long', async () => {
    // No key chain is to be asked on the computer that runs this, or it is asked for one that is not there.
    const told = async (answer: Promise<unknown>, deadline?: AbortSignal): Promise<TransportFailure> => {
      const error: unknown = await inTime(answer, deadline).catch((reason: unknown) => reason);
      assert.ok(error instanceof TransportFailureError);
      return error.failure;
    };
    const { step, code } = await told(Promise.reject(new Error('spawn /usr/bin/security ENOENT')));
    assert.deepEqual([step, code], ['tls', 'authoritiesUnreadable']);
    const late = new AbortController();
    const waiting = told(new Promise(() => undefined), late.signal);
    late.abort();
    assert.equal((await waiting).detail, 'no answer in time');
    assert.equal((await told(new Promise(() => undefined), late.signal)).code, 'authoritiesUnreadable');
    if (process.platform === 'darwin') return;
    assert.match((await told(trustedAuthorities({}, 'darwin'))).detail, /ENOENT/);
  });

  it("are left to Node, and VS Code's additions, on a Windows with an older Node", async () => {
    assert.equal(await trustedAuthorities({}, 'win32'), undefined);
  });
});
