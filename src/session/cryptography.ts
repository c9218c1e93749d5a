export type HashName = 'sha1' | 'sha256' | 'sha512';

/** What authentication needs of cryptography and cannot be had without a platform. */
export interface Cryptography {
  /** Bytes that nobody can guess. */
  random(count: number): Uint8Array;
  hash(name: HashName, data: Uint8Array): Uint8Array;
  /** HMAC (RFC 2104). */
  hmac(name: HashName, key: Uint8Array, data: Uint8Array): Uint8Array;
  /** PBKDF2 with HMAC (RFC 8018), as long as the hash; does not keep anything else waiting. */
  pbkdf2(name: HashName, password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array>;
}
