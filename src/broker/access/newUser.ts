import { saslprep } from '../../base/saslprep';
import { encodeUtf8 } from '../../base/utf8';
import type { Cryptography } from '../../session/cryptography';
import type { PasswordHashing, ScryptCost } from './passwordHashing';
import type { ScramPassword, User } from './userFile';

/** 16 MiB and some 50 ms a password. */
export const usualCost: ScryptCost = { logCost: 14, blockSize: 8, parallelization: 1 };

const saltBytes = 16;
const hashBytes = 32;
const scramIterations = 100_000;

/** A user with a password, of which only hashes are left. */
export async function newUser(
  name: string,
  password: string,
  hashing: PasswordHashing,
  cost = usualCost,
): Promise<User> {
  const salt = hashing.random(saltBytes);
  const hash = await hashing.scrypt(encodeUtf8(password), salt, cost, hashBytes);
  return { name, password: { cost, salt, hash } };
}

/**
 * What SCRAM-SHA-256 needs of a password (RFC 5802, 3); a string says what cannot be used in it. It is easier to guess from
 * than scrypt's hash.
 */
export async function scramPassword(
  password: string,
  cryptography: Cryptography,
  iterations = scramIterations,
): Promise<ScramPassword | string> {
  const prepared = saslprep(password);
  if (typeof prepared !== 'string') return prepared.problem;
  const salt = cryptography.random(saltBytes);
  const salted = await cryptography.pbkdf2('sha256', encodeUtf8(prepared), salt, iterations);
  const clientKey = cryptography.hmac('sha256', salted, encodeUtf8('Client Key'));
  return {
    iterations,
    salt,
    storedKey: cryptography.hash('sha256', clientKey),
    serverKey: cryptography.hmac('sha256', salted, encodeUtf8('Server Key')),
  };
}
