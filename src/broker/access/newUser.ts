import { encodeUtf8 } from '../../base/utf8';
import type { PasswordHashing, ScryptCost } from './passwordHashing';
import type { User } from './userFile';

/** 16 MiB and some 50 ms a password. */
const usualCost: ScryptCost = { logCost: 14, blockSize: 8, parallelization: 1 };

const saltBytes = 16;
const hashBytes = 32;

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
