import {
  type CertificateFile,
  certificatesOf,
  checkPair,
  keyOf,
  readCertificateFile,
} from '../certificateFile';
import type { ServerIdentity } from './serverTls';

/**
 * One's own certificate with its chain, and its key, from PEM files. Rejects with a {@link TransportFailureError} that names the
 * file that cannot be used.
 */
export async function readServerIdentity(certificatePath: string, keyPath: string): Promise<ServerIdentity> {
  const certificateFile: CertificateFile = { setting: 'certificate', path: certificatePath };
  const keyFile: CertificateFile = { setting: 'key', path: keyPath };
  const chain = certificatesOf(certificateFile, await readCertificateFile(certificateFile));
  const key = keyOf(keyFile, await readCertificateFile(keyFile), undefined);
  if (chain[0]) checkPair(keyFile, chain[0], key);
  return {
    certificate: chain.map((each) => each.toString()).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The authorities of a PEM file, each in PEM. */
export async function readAuthorities(path: string): Promise<readonly string[]> {
  const file: CertificateFile = { setting: 'ca', path };
  return certificatesOf(file, await readCertificateFile(file)).map((each) => each.toString());
}
