import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Cryptography, HashName } from '../session/cryptography';

const derive = promisify(pbkdf2);

const lengths: Readonly<Record<HashName, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** Node's cryptography. */
export const systemCrypto: Cryptography = {
  random: (count) => plain(randomBytes(count)),
  hash: (name, data) => plain(createHash(name).update(data).digest()),
  hmac: (name, key, data) => plain(createHmac(name, key).update(data).digest()),
  pbkdf2: async (name, password, salt, iterations) =>
    plain(await derive(password, salt, iterations, lengths[name], name)),
};

/** Bytes of their own, with nothing of Node about them. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
