import type { SecureVersion } from 'node:tls';
import type { TlsVersionName } from '../endpoint';

/** A server's certificate with its chain, and its key, in PEM. */
export interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** Whether clients are asked for a certificate. `request`: they may come without one; `require`: they may not. */
export type ClientCertificates =
  | { readonly mode: 'none' }
  /** `ca`: the authorities that may have signed them, in PEM. */
  | { readonly mode: 'request' | 'require'; readonly ca: readonly string[] };

/** How a listener speaks TLS. */
export interface ServerTls {
  readonly identity: ServerIdentity;
  readonly clientCertificates: ClientCertificates;
  readonly minimumVersion: TlsVersionName;
  /** OpenSSL's list of cipher suites; without it Node's. */
  readonly ciphers?: string;
}

export const secureVersions: Readonly<Record<TlsVersionName, SecureVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};
