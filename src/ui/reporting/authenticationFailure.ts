import { assertNever } from '../../base/assert';
import type { AuthenticationProblem } from '../../client/authentication';
import { addressOf, type ConnectionProfile } from '../connections/connectionProfile';
import type { Explanation } from './explanation';

/** Why enhanced authentication (5.0: 4.12) was given up on this side. */
export function explainAuthentication(
  problem: AuthenticationProblem,
  profile: ConnectionProfile,
): Explanation {
  const address = addressOf(profile);
  return {
    what: `The authentication with ${address} was given up, and the connection closed.`,
    remedy: 'setPassword',
    ...textOf(problem),
  };
}

function textOf({ code, detail }: AuthenticationProblem): Omit<Explanation, 'what'> {
  const found = detail === undefined ? '' : `: ${detail}`;
  switch (code) {
    case 'malformedChallenge':
      return {
        short: 'the server does not follow the authentication method',
        why: `What it sent is not what the method asks for${found}.`,
        next: 'Check that the server speaks the same authentication method.',
      };
    case 'nonceMismatch':
      return {
        short: 'the answer was for somebody else',
        why: 'The server did not go on from the nonce of this client: something between here and there replays an older exchange.',
        next: 'Check what stands between here and the server.',
      };
    case 'tooFewIterations':
      return {
        short: `too few iterations (${detail ?? 'unknown'})`,
        why: `The server stores the password with ${detail ?? 'too few'} iterations, so few that who listens could guess it.`,
        next: 'Have the server store the password with 4,096 iterations or more.',
      };
    case 'tooManyIterations':
      return {
        short: `too many iterations (${detail ?? 'unknown'})`,
        why: `The server asks for ${detail ?? 'too many'} iterations, which would keep this computer busy for long.`,
        next: 'Check the server: a million iterations are more than any needs.',
      };
    case 'serverNotProven':
      return {
        short: 'the server did not prove that it knows the password',
        why: 'Its signature is missing or wrong, so it may be another server than it says.',
        next: 'Check host and port, and what stands between here and the server; do not enter the password elsewhere.',
      };
    case 'refusedByMethod':
      return {
        short: `the server refused the authentication${found}`,
        why: `It says${found === '' ? ' no more' : found}.`,
        next: 'Enter the password again, or correct the user name.',
      };
    case 'credentialsNotUsable':
      return {
        short: 'user name or password has characters that cannot be used',
        why: `Two systems would not read them alike (RFC 4013)${found}.`,
        next: 'Choose a user name and a password without them.',
      };
    case 'noAuthenticator':
      return {
        short: 'the server asks for more than a password',
        why: 'It sent AUTH, and nothing here can answer that method.',
        next: 'Choose an "authentication" in the settings of the connection that both sides have.',
        remedy: 'openSettings',
      };
    case 'timedOut':
      return {
        short: 'the authentication took too long',
        why: 'One of the two sides did not answer in time.',
        next: 'Try again; if it happens again, check the server.',
      };
    case 'failed':
      return {
        short: `the authentication failed${found}`,
        why: `The authentication method could not go on${found}.`,
        next: 'Check user name, password and authentication method.',
      };
    default:
      return assertNever(code);
  }
}
