import {
  createSecureContext,
  rootCertificates,
  type SecureContext,
  type SecureContextOptions,
} from 'node:tls';
import { type CertificateSetting, TransportFailureError } from '../base/transportFailure';
import {
  type CertificateFile,
  certificatesOf,
  checkPair,
  checkPfx,
  keyOf,
  readCertificateFile,
} from './certificateFile';
import type { TlsOptions } from './endpoint';
import { secureVersions } from './listening/serverTls';
import { trustedAuthorities } from './systemCertificates';

/** What a handshake needs of files. Node asks `secureContext` alone; VS Code adds no authorities where there is `ca`. */
export interface TlsMaterial {
  readonly secureContext: SecureContext;
  readonly ca?: string[];
}

/**
 * Reads what the options name and makes sure that it can be used, before anything is connected: Node itself takes a file
 * of authorities with nothing in it and a key of another certificate without a word. Rejects with a
 * {@link TransportFailureError} that names the file and its setting, also where that is not read before the deadline.
 */
export async function loadTlsMaterial(options: TlsOptions, deadline?: AbortSignal): Promise<TlsMaterial> {
  const trusted = await authorities(options, deadline);
  const context: SecureContextOptions = {
    ...trusted,
    ...(await clientCertificate(options, deadline)),
    minVersion: secureVersions[options.minimumVersion],
    ...(options.ciphers !== undefined && { ciphers: options.ciphers }),
  };
  try {
    return { secureContext: createSecureContext(context), ...trusted };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new TransportFailureError({ step: 'tls', code: 'optionsInvalid', detail });
  }
}

async function authorities(
  { ca, systemCertificates }: TlsOptions,
  deadline: AbortSignal | undefined,
): Promise<{ ca?: string[] }> {
  const named: string[] = [];
  for (const path of ca) {
    const file: CertificateFile = { setting: 'ca', path };
    named.push(
      ...certificatesOf(file, await readCertificateFile(file, deadline)).map((each) => each.toString()),
    );
  }
  if (!systemCertificates) return { ca: named.length === 0 ? [...rootCertificates] : named };
  const trusted = await inTime(trustedAuthorities(), deadline);
  // Without `ca` Node's own authorities count, to which VS Code may add those of the system.
  if (trusted === undefined && named.length === 0) return {};
  return { ca: [...(trusted ?? rootCertificates), ...named] };
}

/** What the operating system says, which may take longer than there is time, or fail in any way. */
export function inTime<T>(answer: Promise<T>, deadline: AbortSignal | undefined): Promise<T> {
  const unreadable = (detail: string): TransportFailureError =>
    new TransportFailureError({ step: 'tls', code: 'authoritiesUnreadable', detail });
  return new Promise((resolve, reject) => {
    const expired = () => reject(unreadable('no answer in time'));
    if (deadline?.aborted) expired();
    deadline?.addEventListener('abort', expired, { once: true });
    answer
      .finally(() => deadline?.removeEventListener('abort', expired))
      .then(resolve, (error: unknown) =>
        reject(unreadable(error instanceof Error ? error.message : String(error))),
      );
  });
}

async function clientCertificate(
  options: TlsOptions,
  deadline: AbortSignal | undefined,
): Promise<SecureContextOptions> {
  const { certificate, key, pfx, passphrase } = options;
  const read = async (setting: CertificateSetting, path: string) => {
    const file: CertificateFile = { setting, path };
    return { file, bytes: await readCertificateFile(file, deadline) };
  };
  if (pfx !== undefined) {
    const { file, bytes } = await read('pfx', pfx);
    checkPfx(file, bytes, passphrase);
    return { pfx: bytes, ...(passphrase !== undefined && { passphrase }) };
  }
  if (certificate === undefined) return {};
  const shown = await read('certificate', certificate);
  const chain = certificatesOf(shown.file, shown.bytes);
  // A file may hold both, the certificate and its key.
  const secret = key === undefined ? shown : await read('key', key);
  const privateKey = keyOf(secret.file, secret.bytes, passphrase);
  if (chain[0]) checkPair(secret.file, chain[0], privateKey);
  return {
    cert: chain.map((each) => each.toString()).join(''),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}
