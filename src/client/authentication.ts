import { expectBytes } from '../base/bytes';
import type {
  AuthenticationProblem,
  AuthenticationProblemCode,
  Challenge,
} from '../session/clientAuthentication';
import type { ClientCommand } from '../session/clientContract';
import { ClientError } from './clientFailure';

export type { AuthenticationProblem, AuthenticationProblemCode } from '../session/clientAuthentication';

/** A method of enhanced authentication (4.12). Whoever has another method than SCRAM implements this. */
export interface Authenticator {
  /** The Authentication Method, a name both sides have agreed on: usually that of a SASL mechanism. */
  readonly method: string;
  /** Starts over: called for each connection, and each time the client authenticates again. */
  begin(): AuthenticationExchange | Promise<AuthenticationExchange>;
}

/**
 * One exchange. What is thrown ends the connection: an {@link AuthenticationError} says why. It has as long as CONNACK may
 * take, all its steps together.
 */
export interface AuthenticationExchange {
  /** The Authentication Data of CONNECT or of the AUTH that begins again; undefined where the server speaks first. */
  readonly initial: Uint8Array | undefined;
  /** The answer to what the server sent with 0x18. */
  respond(data: Uint8Array | undefined): Answer | Promise<Answer>;
  /** Looks at what came with success; returns where the server has proven all that it has to. */
  finish(data: Uint8Array | undefined): void | Promise<void>;
}

type Answer = Uint8Array | undefined;

/** What an authenticator throws that gives up. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
  readonly problem: AuthenticationProblem;

  constructor(code: AuthenticationProblemCode, detail?: string | number) {
    super(detail === undefined ? code : `${code}: ${detail}`);
    this.problem = detail === undefined ? { code } : { code, detail };
  }
}

/**
 * Of a connection that is up: sends what its authenticator begins with now, and resolves with what the server answers.
 * @param current what speaks on the connection there is
 */
export async function beginAgain<T>(
  current: () => Authentication | undefined,
  send: (data: Uint8Array | undefined) => Promise<T>,
): Promise<T> {
  const authentication = current();
  try {
    const data = await authentication?.begin();
    // That may take its time, and is of no use to the connection that there is by then.
    if (current() !== authentication) throw new ClientError({ kind: 'notConnected' });
    return await send(data);
  } catch (error) {
    if (!(error instanceof AuthenticationError)) throw error;
    throw new ClientError({ kind: 'authenticationFailed', problem: error.problem });
  }
}

/** Lets an authenticator answer what the session is asked. */
export class Authentication {
  private exchange: AuthenticationExchange | undefined;

  constructor(private readonly authenticator: Authenticator | undefined) {}

  /** Whether there is anything to say beyond CONNECT. */
  get isWanted(): boolean {
    return this.authenticator !== undefined;
  }

  /** Starts over and resolves with the first data to send. Rejects with an {@link AuthenticationError}. */
  async begin(): Promise<Uint8Array | undefined> {
    try {
      this.exchange = await this.authenticator?.begin();
      const initial = this.exchange?.initial;
      if (initial !== undefined) expectBytes(initial, 'Authentication Data');
      return initial;
    } catch (error) {
      throw errorOf(error);
    }
  }

  /** @param submit where the answer goes: to the connection that asked, even if it is over when there is one */
  async answer({ final, data }: Challenge, submit: (command: ClientCommand) => void): Promise<void> {
    const { exchange } = this;
    try {
      if (final) {
        await exchange?.finish(data);
        submit({ kind: 'authenticated' });
      } else {
        if (!exchange) throw new AuthenticationError('noAuthenticator');
        const answer = await exchange.respond(data);
        if (answer !== undefined) expectBytes(answer, 'Authentication Data');
        submit({ kind: 'authenticate', data: answer });
      }
    } catch (error) {
      submit({ kind: 'giveUpAuthentication', problem: errorOf(error).problem });
    }
  }
}

function errorOf(error: unknown): AuthenticationError {
  if (error instanceof AuthenticationError) return error;
  return new AuthenticationError('failed', error instanceof Error ? error.message : String(error));
}
