import type { CertificateSetting } from '../../base/transportFailure';
import { certificatesOf, checkPair, keyOf, readCertificateFile } from '../certificateFile';
import type { ServerIdentity } from './serverTls';

/**
 * Reads a server's own certificate and its key, and makes sure that they belong together. Rejects with a
 * {@link TransportFailureError} that names the file.
 * @param keyPath the file of the certificate, if absent
 */
export async function readServerIdentity(certificatePath: string, keyPath?: string): Promise<ServerIdentity> {
  const read = async (setting: CertificateSetting, path: string) => {
    const file = { setting, path };
    return { file, bytes: await readCertificateFile(file) };
  };
  const shown = await read('certificate', certificatePath);
  const chain = certificatesOf(shown.file, shown.bytes);
  const own = keyPath === undefined ? shown : await read('key', keyPath);
  const key = keyOf(own.file, own.bytes, undefined);
  const [certificate] = chain;
  if (certificate) checkPair(own.file, certificate, key);
  return {
    certificate: chain.map((each) => each.toString()).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The authorities of a PEM file. Rejects as {@link readServerIdentity} does. */
export async function readAuthorities(path: string): Promise<readonly string[]> {
  const file = { setting: 'ca', path } as const;
  return certificatesOf(file, await readCertificateFile(file)).map((each) => each.toString());
}
