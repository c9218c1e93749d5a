import type { Cryptography } from '../../session/cryptography';
import type { ServerAuthenticator } from '../accessControl';
import { type ScramLikeness, scramSecret, ScramServer } from '../scramAuthenticator';
import type { User } from './userFile';

const method = 'SCRAM-SHA-256';

/** At how many users, the first ones, it is looked what their secrets are like. */
const mostLookedAt = 16;

/** SCRAM for those users that have a secret for it; who comes and goes later counts too. */
export function scramOf(users: ReadonlyMap<string, User>, cryptography: Cryptography): ServerAuthenticator {
  const find = (_method: string, name: string) => users.get(name)?.scram;
  return new ScramServer(method, { find, likeness: () => likenessOf(users) }, cryptography);
}

function likenessOf(users: ReadonlyMap<string, User>): ScramLikeness {
  const iterations = new Set<number>();
  let key: Uint8Array | undefined;
  let looked = 0;
  for (const { password, scram } of users.values()) {
    if (++looked > mostLookedAt) break;
    if (!scram) continue;
    // Not what SCRAM itself rests on: that the user can work out from the password.
    key ??= password.hash;
    iterations.add(scram.iterations);
  }
  return { iterations: [...iterations].sort((one, other) => one - other), key };
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
