import { encodeUtf8 } from '../base/utf8';
import type { Cryptography, HashName } from './cryptography';

export type ScramMethod = 'SCRAM-SHA-1' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

export const scramHashes: Readonly<Record<ScramMethod, HashName>> = {
  'SCRAM-SHA-1': 'sha1',
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-512': 'sha512',
};

/** A client's nonce, a server's salt and the words of either are not longer than this in any method that means well, in bytes. */
export const longestScramMessage = 4096;

/** How many random bytes a nonce is made of. */
export const scramNonceBytes = 24;

/** What follows from a password (RFC 5802, 3). */
export interface ScramKeys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** @param password as SASLprep has prepared it, in UTF-8 */
export async function scramKeys(
  cryptography: Cryptography,
  hash: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Promise<ScramKeys> {
  const saltedPassword = await cryptography.pbkdf2(hash, password, salt, iterations);
  const clientKey = cryptography.hmac(hash, saltedPassword, encodeUtf8('Client Key'));
  const storedKey = cryptography.hash(hash, clientKey);
  const serverKey = cryptography.hmac(hash, saltedPassword, encodeUtf8('Server Key'));
  return { clientKey, storedKey, serverKey };
}

/** ClientProof from ClientKey, and ClientKey from ClientProof: the same step in both directions (RFC 5802, 3). */
export function crossed(
  cryptography: Cryptography,
  hash: HashName,
  keyOrProof: Uint8Array,
  storedKey: Uint8Array,
  authMessage: string,
): Uint8Array {
  const signature = cryptography.hmac(hash, storedKey, encodeUtf8(authMessage));
  return keyOrProof.map((byte, index) => byte ^ (signature[index] ?? 0));
}
