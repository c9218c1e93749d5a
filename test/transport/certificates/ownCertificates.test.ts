import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:tls';
import { authorityHeader } from '../../../src/transport/certificates/authorityHeader';
import { element, integer, namedBits, objectIdentifier, time } from '../../../src/transport/certificates/der';
import { addressBytes } from '../../../src/transport/certificates/issue';
import { type CertificateKeep, ownCertificates } from '../../../src/transport/certificates/ownCertificates';
import { plainTls } from '../../../src/transport/endpoint';
import { machineNames } from '../../../src/transport/machineAddresses';
import { CertificateFolder } from '../../support/certificates';
import { echoes } from '../../support/opening';
import { listening } from '../../support/tlsPeer';

class MemoryKeep implements CertificateKeep {
  readonly texts = new Map<string, string>();
  read(name: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(name));
  }
  write(name: string, text: string): Promise<void> {
    this.texts.set(name, text);
    return Promise.resolve();
  }
}

const day = 86_400_000;

describe('The certificates of the local broker', function () {
  this.timeout(30_000);
  const files = new CertificateFolder();
  const now = Date.now();
  const names = [
    'localhost',
    'bench.local',
    '127.0.0.1',
    '::1',
    '192.168.1.5',
    'fe80::1:2',
    '2001:db8::8:800:200c:417a',
  ];
  after(() => files.remove());

  for (const keyType of ['ec', 'rsa'] as const) {
    it(`are good for every name and address of the machine, by OpenSSL's measure too (${keyType})`, async () => {
      const { server, authority } = await ownCertificates(new MemoryKeep(), keyType, names, now);
      const ca = files.write(`${keyType}-ca.pem`, authority);
      const leaf = files.write(`${keyType}-server.pem`, server.certificate);
      for (const name of names) {
        const check = /[:\d]$/.test(name) || name.includes('::') ? '-verify_ip' : '-verify_hostname';
        const how = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, check, name, leaf];
        assert.match(execFileSync('openssl', ['verify', ...how]).toString(), /: OK/, name);
      }
      assert.throws(() =>
        execFileSync('openssl', ['verify', '-CAfile', ca, '-verify_hostname', 'other.example', leaf], {
          stdio: 'pipe',
        }),
      );
      assert.match(new X509Certificate(authority).subject, /^O=MQTT Workbench\nCN=Local broker of /);
    });

    it(`let a client in that trusts the authority alone (${keyType})`, async () => {
      const { server, authority } = await ownCertificates(new MemoryKeep(), keyType, machineNames(), now);
      const echo = await listening(
        createServer({ cert: server.certificate, key: server.key }, (socket) => void socket.pipe(socket)),
      );
      const ca = [files.write(`${keyType}-trusted.pem`, authority)];
      for (const host of ['127.0.0.1', 'localhost']) {
        const tls = { ...plainTls, ca, systemCertificates: false };
        const ears = await echoes({ kind: 'tls', host, port: echo.port, tls });
        ears.transport.dispose();
      }
      await echo.close();
    });
  }

  it('are valid for ten years and for less than 398 days, from a day ago', async () => {
    const { server, authority } = await ownCertificates(new MemoryKeep(), 'ec', names, now);
    const days = (pem: string, end: 'validFrom' | 'validTo') =>
      Math.round((Date.parse(new X509Certificate(pem)[end]) - now) / day);
    assert.deepEqual([days(authority, 'validFrom'), days(authority, 'validTo')], [-1, 3650]);
    assert.deepEqual([days(server.certificate, 'validFrom'), days(server.certificate, 'validTo')], [-1, 396]);
  });

  it('stay as they are until a name is missing, their time is nearly over, or the authority is another', async () => {
    const keep = new MemoryKeep();
    const again = async (wanted: readonly string[] = names, at = now) => {
      const { isNewAuthority, isNewServer } = await ownCertificates(keep, 'ec', wanted, at);
      return [isNewAuthority, isNewServer];
    };
    assert.deepEqual(await again(), [true, true]);
    assert.deepEqual(await again(), [false, false]);
    assert.deepEqual(await again(names.slice(2)), [false, false]);
    assert.deepEqual(await again([...names, '10.0.0.9']), [false, true]);
    assert.deepEqual(await again([...names, '10.0.0.9']), [false, false]);
    assert.deepEqual(await again(names, now + 360 * day), [false, false]);
    assert.deepEqual(await again(names, now + 370 * day), [false, true]);
    keep.texts.delete('authority-ec');
    assert.deepEqual(await again(), [true, true]);
    keep.texts.set('server-ec', 'damaged');
    assert.deepEqual(await again(), [false, true]);
    assert.deepEqual(await again(names, now + 3300 * day), [true, true]);
  });

  it('come as a C header that a compiler takes, with the same bytes', async function () {
    const { authority } = await ownCertificates(new MemoryKeep(), 'ec', names, now);
    const header = authorityHeader(authority);
    const text = [...header.matchAll(/^ {4}"(.*)\\n";?$/gm)].map(([, line]) => `${line}\n`).join('');
    assert.equal(text, authority);
    const der = [...header.matchAll(/0x([0-9a-f]{2})/g)].map(([, digits]) => parseInt(digits ?? '', 16));
    assert.deepEqual(Buffer.from(der), new X509Certificate(authority).raw);
    assert.match(header, new RegExp(`mqtt_ca_der_len = ${der.length};`));
    const source = files.write(
      'ca.c',
      `${header}int main(void) { return mqtt_ca_pem[0] + mqtt_ca_der[0] + mqtt_ca_der_len; }\n`,
    );
    try {
      execFileSync('cc', ['--version'], { stdio: 'pipe' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return this.skip();
    }
    execFileSync('cc', ['-std=c99', '-Wall', '-fsyntax-only', source], { stdio: 'pipe' });
  });
});

describe('DER', () => {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const cases: readonly (readonly [what: string, bytes: Uint8Array, expected: string])[] = [
    ['a length below 128', element(4, Buffer.alloc(3)), '0403000000'],
    ['a length above 127', element(4, Buffer.alloc(200)).subarray(0, 3), '0481c8'],
    ['a length above 255', element(4, Buffer.alloc(300)).subarray(0, 4), '0482012c'],
    ['zero', integer(Buffer.of(0)), '020100'],
    ['a number whose first bit is set', integer(Buffer.of(0, 0, 0x80)), '02020080'],
    ['an object identifier', objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    ['flags', namedBits(5, 6), '03020106'],
    ['a flag of the second byte', namedBits(8), '0303070080'],
    [
      'a time until 2049',
      time(Date.UTC(2049, 11, 31, 23, 59, 59, 999)),
      `170d${hex(Buffer.from('491231235959Z'))}`,
    ],
    ['a time from 2050 on', time(Date.UTC(2050, 0, 1)), `180f${hex(Buffer.from('20500101000000Z'))}`],
    ['an IPv6 address', addressBytes('2001:db8::1'), '20010db8000000000000000000000001'],
    ['all of it', addressBytes('::'), '00'.repeat(16)],
    ['one with IPv4 in it', addressBytes('::ffff:1.2.3.4'), '00000000000000000000ffff01020304'],
    ['one that ends in zeros', addressBytes('fe80::'), `fe80${'00'.repeat(14)}`],
  ];
  for (const [what, bytes, expected] of cases) {
    it(`of ${what}`, () => assert.equal(hex(bytes), expected));
  }
});
