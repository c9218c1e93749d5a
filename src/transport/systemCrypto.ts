import { createHash, createHmac, pbkdf2, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHashing } from '../broker/access/passwordHashing';
import type { Cryptography, HashName } from '../session/cryptography';

const derive = promisify(pbkdf2);
const stretch = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

const lengths: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** Node's cryptography. */
export const systemCrypto: Cryptography = {
  random: (count) => plain(randomBytes(count)),
  hash: (name, data) => plain(createHash(name).update(data).digest()),
  hmac: (name, key, data) => plain(createHmac(name, key).update(data).digest()),
  pbkdf2: async (name, password, salt, iterations) =>
    plain(await derive(password, salt, iterations, lengths[name], name)),
};

/** Node's scrypt, which runs in a thread of its own. */
export const systemPasswordHashing: PasswordHashing = {
  random: (count) => plain(randomBytes(count)),
  hmac: (key, data) => systemCrypto.hmac('sha256', key, data),
  scrypt: async (password, salt, { logCost, blockSize, parallelization }, length) => {
    const N = 2 ** logCost;
    // What the algorithm takes is 128 N r; Node wants to be told that more than 32 MiB are fine.
    const maxmem = 128 * blockSize * (N + parallelization + 2) + 1_048_576;
    return plain(await stretch(password, salt, length, { N, r: blockSize, p: parallelization, maxmem }));
  },
};

/** Bytes of their own, with nothing of Node about them. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
