import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { issueServer, type KeyedCertificate, type KeyType, makeAuthority } from './issue';

/** Where certificates and their private keys are kept; both are nobody else's business. */
export interface CertificateKeep {
  /** The text that was kept under this name, or undefined. */
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

export interface OwnCertificates {
  readonly server: KeyedCertificate;
  /** The authority's certificate, for devices to trust. */
  readonly authority: string;
  /** The authority is new: devices that trusted an earlier one do not trust this. */
  readonly isNewAuthority: boolean;
  /** The server's certificate is new. */
  readonly isNewServer: boolean;
}

const day = 86_400_000;
/** How long before its end a certificate is replaced. An authority has to outlive the servers it signs. */
const serverRest = 30 * day;
const authorityRest = 430 * day;

/**
 * The certificates of the local broker: what is kept, as far as it is still good for these names, and new ones otherwise.
 * @param names host names and addresses the server has to be good for
 * @param now milliseconds since the epoch
 */
export async function ownCertificates(
  keep: CertificateKeep,
  keyType: KeyType,
  names: readonly string[],
  now: number,
): Promise<OwnCertificates> {
  const present = readPair(await keep.read(`authority-${keyType}`));
  const isUsable = present !== undefined && endOf(present) - now > authorityRest;
  const authority = isUsable ? present : await makeAuthority(keyType, authorityName(), now);
  if (!isUsable) await keep.write(`authority-${keyType}`, pairText(authority));
  const kept = readPair(await keep.read(`server-${keyType}`));
  const isGood = kept !== undefined && isGoodServer(kept, authority, names, now);
  const server = isGood ? kept : await issueServer(authority, keyType, names, now);
  if (!isGood) await keep.write(`server-${keyType}`, pairText(server));
  return {
    server,
    authority: authority.certificate,
    isNewAuthority: !isUsable,
    isNewServer: !isGood,
  };
}

/** In letters that mean nothing else in any notation of names. */
function authorityName(): string {
  return `Local broker of ${hostname().replace(/[^A-Za-z0-9.-]/g, '-')}`;
}

/** A name that is in the certificate and not of this machine any more does no harm. */
function isGoodServer(
  server: KeyedCertificate,
  authority: KeyedCertificate,
  names: readonly string[],
  now: number,
): boolean {
  const certificate = new X509Certificate(server.certificate);
  const isSigned = certificate.verify(new X509Certificate(authority.certificate).publicKey);
  const isFor = (name: string) =>
    (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
  return isSigned && endOf(server) - now > serverRest && names.every(isFor);
}

function endOf({ certificate }: KeyedCertificate): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

function pairText({ certificate, key }: KeyedCertificate): string {
  return `${certificate.trimEnd()}\n${key.trimEnd()}\n`;
}

/** Undefined where that is no certificate with its key: it is made anew then. */
function readPair(text: string | undefined): KeyedCertificate | undefined {
  const certificate = text && /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text)?.[0];
  const key = text && /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/.exec(text)?.[0];
  return certificate && key ? { certificate, key } : undefined;
}
