/** How costly scrypt is (RFC 7914, 2). */
export interface ScryptCost {
  /** The binary logarithm of the cost N: each more doubles time and memory. */
  readonly logCost: number;
  readonly blockSize: number;
  readonly parallelization: number;
}

/** What checking passwords needs of a platform. */
export interface PasswordHashing {
  /** Bytes that nobody can guess. */
  random(count: number): Uint8Array;
  /** As many bytes as asked for; does not keep anything else waiting. */
  scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost, length: number): Promise<Uint8Array>;
  /** HMAC with SHA-256 (RFC 2104). */
  hmac(key: Uint8Array, data: Uint8Array): Uint8Array;
}

/** Takes the same time wherever two arrays of one length differ: a guess learns nothing from how long it took. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}
