import {
  createHash,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { promisify } from 'node:util';
import {
  bits,
  integer,
  namedBits,
  nothing,
  objectIdentifier,
  octets,
  sequence,
  set,
  tagged,
  time,
  utf8,
  yes,
} from './der';

/** `ec`: P-256, small and fast. `rsa`: 2048 bits, for firmware that knows nothing else. */
export type KeyType = 'ec' | 'rsa';

/** A certificate and its key, in PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const day = 86_400_000;
/** The clock of a device may be behind. */
const validBefore = day;
const authorityDays = 3_650;
/** Less than the 398 days that are accepted anywhere, the day before included. */
const serverDays = 396;

const generate = promisify(generateKeyPair);

/** Makes an authority that signs servers and nothing else, valid for ten years. @param now milliseconds since the epoch */
export async function makeAuthority(keyType: KeyType, name: string, now: number): Promise<KeyedCertificate> {
  const { publicKey, privateKey } = await keyPair(keyType);
  const subject = distinguishedName(name);
  const identifier = keyIdentifier(publicKey);
  const certificate = signed(privateKey, {
    issuer: subject,
    subject,
    publicKey,
    from: now - validBefore,
    to: now + authorityDays * day,
    extensions: [
      extension('2.5.29.19', true, sequence(yes(), integer(Buffer.of(0)))), // Basic Constraints: nothing below a server.
      extension('2.5.29.15', true, namedBits(5, 6)), // Key Usage: signs certificates and revocation lists.
      extension('2.5.29.14', false, octets(identifier)),
    ],
  });
  return { certificate, key: pemOf(privateKey) };
}

/**
 * Makes a certificate for a server, valid for some 13 months.
 * @param names host names and addresses
 */
export async function issueServer(
  authority: KeyedCertificate,
  keyType: KeyType,
  names: readonly string[],
  now: number,
): Promise<KeyedCertificate> {
  const { publicKey, privateKey } = await keyPair(keyType);
  const issuer = new X509Certificate(authority.certificate);
  const usage = keyType === 'rsa' ? namedBits(0, 2) : namedBits(0);
  const certificate = signed(createPrivateKey(authority.key), {
    issuer: subjectOf(issuer),
    subject: distinguishedName(names.find((name) => !isAddress(name)) ?? 'localhost'),
    publicKey,
    from: now - validBefore,
    to: now + serverDays * day,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, usage), // Digital Signature; Key Encipherment for the old ways of RSA.
      extension('2.5.29.37', false, sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'))), // Server Authentication
      extension('2.5.29.14', false, octets(keyIdentifier(publicKey))),
      extension('2.5.29.35', false, sequence(tagged(0, false, keyIdentifier(issuer.publicKey)))),
      extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
    ],
  });
  return { certificate, key: pemOf(privateKey) };
}

interface Contents {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly from: number;
  readonly to: number;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, 4.1. */
function signed(key: KeyObject, { issuer, subject, publicKey, from, to, extensions }: Contents): string {
  const algorithm =
    key.asymmetricKeyType === 'rsa'
      ? sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing())
      : sequence(objectIdentifier('1.2.840.10045.4.3.2'));
  const body = sequence(
    tagged(0, true, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    algorithm,
    issuer,
    sequence(time(from), time(to)),
    subject,
    spki(publicKey),
    tagged(3, true, sequence(...extensions)),
  );
  const whole = sequence(body, algorithm, bits(sign('sha256', body, key)));
  return new X509Certificate(whole).toString();
}

function keyPair(keyType: KeyType): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return keyType === 'rsa'
    ? generate('rsa', { modulusLength: 2048 })
    : generate('ec', { namedCurve: 'prime256v1' });
}

function distinguishedName(commonName: string): Buffer {
  const part = (type: string, value: string) => set(sequence(objectIdentifier(type), utf8(value)));
  // RFC 5280 allows 64 characters.
  return sequence(part('2.5.4.10', 'MQTT Workbench'), part('2.5.4.3', [...commonName].slice(0, 64).join('')));
}

/** The name of an authority as its own certificate has it: ours begins with the same organisation. */
function subjectOf(certificate: X509Certificate): Buffer {
  const commonName = /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? '';
  return distinguishedName(commonName);
}

function extension(type: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectIdentifier(type), ...(critical ? [yes()] : []), octets(value));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return tagged(7, false, Buffer.from(name.split('.').map(Number)));
  if (isIPv6(name)) return tagged(7, false, addressBytes(name));
  return tagged(2, false, Buffer.from(name, 'ascii'));
}

function isAddress(name: string): boolean {
  return isIPv4(name) || isIPv6(name);
}

/** The 16 bytes of an IPv6 address without a zone; its last 4 may be written as IPv4 (RFC 4291, 2.2). */
export function addressBytes(address: string): Buffer {
  const groups = (part: string): number[] =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => {
          if (!group.includes('.')) return [Number.parseInt(group, 16)];
          const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
          return [a * 256 + b, c * 256 + d];
        });
  const [before = '', after] = address.split('::');
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** Any number that is the key's own will do (RFC 5280, 4.2.1.2); both sides of a chain take this one. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha256').update(spki(publicKey)).digest().subarray(0, 20);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
