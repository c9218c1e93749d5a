import type { AuthenticationProblemCode } from '../../src/client/authentication';
import { tellsEach, type ToldFailure } from '../support/toldFailures';

/** At the end of a row. */
const shortAuthenticationProblems: Readonly<Record<AuthenticationProblemCode, string>> = {
  malformedChallenge: 'the server does not follow the authentication method',
  nonceMismatch: 'the answer was for somebody else',
  tooFewIterations: 'too few iterations (10)',
  tooManyIterations: 'too many iterations (99000000)',
  serverNotProven: 'the server did not prove that it knows the password',
  refusedByMethod: 'the server refused the authentication: unknown-user',
  credentialsNotUsable: 'user name or password has characters that cannot be used',
  noAuthenticator: 'the server asks for more than a password',
  timedOut: 'the authentication took too long',
  failed: 'the authentication failed: no card',
};

describe('A failed authentication', () => {
  tellsEach(
    (
      [
        ['malformedChallenge', 'no nonce', /does not follow|not what the method asks for: no nonce/],
        ['nonceMismatch', undefined, /replays an older exchange/],
        ['tooFewIterations', 10, /with 10 iterations, so few that who listens could guess/],
        ['tooManyIterations', 99_000_000, /asks for 99000000 iterations/],
        ['serverNotProven', undefined, /may be another server than it says/],
        ['refusedByMethod', 'unknown-user', /It says: unknown-user\./],
        ['credentialsNotUsable', 'password: U+0007', /\(RFC 4013\): password: U\+0007/],
        ['noAuthenticator', undefined, /nothing here can answer/],
        ['timedOut', undefined, /did not answer in time/],
        ['failed', 'no card', /could not go on: no card/],
      ] as const
    ).map(([code, detail, text]): ToldFailure => [
      { kind: 'authenticationFailed', problem: detail === undefined ? { code } : { code, detail } },
      shortAuthenticationProblems[code],
      text,
      code === 'noAuthenticator' ? 'openSettings' : 'setPassword',
    ]),
  );
});
