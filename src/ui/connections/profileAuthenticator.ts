import type { AuthenticationExchange, Authenticator } from '../../client/authentication';
import { ScramAuthenticator, type ScramMethod } from '../../client/scram';
import type { AuthenticationName } from '../../contributions/connectSettings';
import type { Cryptography } from '../../session/cryptography';

const scramMethods: Readonly<Record<Exclude<AuthenticationName, 'none'>, ScramMethod>> = {
  'scram-sha-1': 'SCRAM-SHA-1',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
};

/** Proves who a connection is, each time with the password that it has then: a person may have entered another since. */
export class ProfileAuthenticator implements Authenticator {
  readonly method: ScramMethod;

  constructor(
    authentication: Exclude<AuthenticationName, 'none'>,
    private readonly userName: string,
    public password: string,
    private readonly cryptography: Cryptography,
  ) {
    this.method = scramMethods[authentication];
  }

  begin(): AuthenticationExchange {
    const { method, userName, password } = this;
    return new ScramAuthenticator({ method, userName, password }, this.cryptography).begin();
  }
}
