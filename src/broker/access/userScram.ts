import type { Cryptography } from '../../session/cryptography';
import type { ServerAuthenticator } from '../accessControl';
import { scramSecret, ScramServer } from '../scramAuthenticator';
import type { User } from './userFile';

const method = 'SCRAM-SHA-256';

/** SCRAM for those users that have a secret for it; who comes and goes later counts too. */
export function scramOf(users: ReadonlyMap<string, User>, cryptography: Cryptography): ServerAuthenticator {
  return new ScramServer(method, { find: (_, name) => users.get(name)?.scram }, cryptography);
}

/** The user with a secret for SCRAM; undefined where the password has characters no two systems would read alike (RFC 4013). */
export async function withScram(
  user: User,
  password: string,
  cryptography: Cryptography,
): Promise<User | undefined> {
  const scram = await scramSecret(cryptography, method, password);
  return scram && { ...user, scram };
}
