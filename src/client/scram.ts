import { fromBase64, toBase64 } from '../base/base64';
import { equalBytes } from '../base/bytes';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import type { AuthenticationExchange, Authenticator } from './authentication';
import { AuthenticationError } from './authentication';
import type { Cryptography, HashName } from '../session/cryptography';
import { saslprep } from '../session/saslprep';
import type { ScramMethod } from '../session/scramKeys';
import { crossed, longestScramMessage, scramHashes, scramKeys, scramNonceBytes } from '../session/scramKeys';

export type { ScramMethod } from '../session/scramKeys';

export interface ScramOptions {
  readonly method: ScramMethod;
  readonly userName: string;
  readonly password: string;
  /** Fewer iterations are refused: they make the password easy to guess. 4,096 if absent, as RFC 7677 (4) has it. */
  readonly leastIterations?: number;
  /** More are refused: a server may not keep this side busy for minutes. 1,000,000 if absent. */
  readonly mostIterations?: number;
}

/** No channel binding, no authorization identity; in Base64 it is `biws` (RFC 5802, 7). */
const gs2Header = 'n,,';

/**
 * SCRAM (RFC 5802, RFC 7677) without channel binding: the password itself never goes over the wire, and the server has to
 * prove that it knows it. User name and password are prepared by SASLprep.
 */
export class ScramAuthenticator implements Authenticator {
  readonly method: ScramMethod;

  constructor(
    private readonly options: ScramOptions,
    private readonly cryptography: Cryptography,
  ) {
    this.method = options.method;
  }

  begin(): AuthenticationExchange {
    const userName = prepared(this.options.userName, 'user name');
    const password = prepared(this.options.password, 'password');
    // Printable and without a comma (5.1, "r"), which Base64 is.
    const nonce = toBase64(this.cryptography.random(scramNonceBytes));
    const bare = `n=${userName.replace(/=/g, '=3D').replace(/,/g, '=2C')},r=${nonce}`;
    return new ScramExchange(this.options, this.cryptography, encodeUtf8(password), bare, nonce);
  }
}

class ScramExchange implements AuthenticationExchange {
  readonly initial: Uint8Array;
  private readonly hash: HashName;
  /** What the server has to send to prove itself, once it is known. */
  private serverSignature: Uint8Array | undefined;

  constructor(
    private readonly options: ScramOptions,
    private readonly cryptography: Cryptography,
    private readonly password: Uint8Array,
    private readonly clientFirstBare: string,
    private readonly nonce: string,
  ) {
    this.hash = scramHashes[options.method];
    this.initial = encodeUtf8(gs2Header + clientFirstBare);
  }

  /** server-first-message to client-final-message (RFC 5802, 3). */
  async respond(data: Uint8Array | undefined): Promise<Uint8Array> {
    if (this.serverSignature) throw new AuthenticationError('malformedChallenge', 'a second challenge');
    const serverFirst = textOf(data);
    const { nonce, salt, iterations } = this.serverFirst(serverFirst);
    const { cryptography, hash } = this;
    const keys = await scramKeys(cryptography, hash, this.password, salt, iterations);
    const withoutProof = `c=${toBase64(encodeUtf8(gs2Header))},r=${nonce}`;
    const authMessage = `${this.clientFirstBare},${serverFirst},${withoutProof}`;
    const proof = crossed(cryptography, hash, keys.clientKey, keys.storedKey, authMessage);
    this.serverSignature = cryptography.hmac(hash, keys.serverKey, encodeUtf8(authMessage));
    return encodeUtf8(`${withoutProof},p=${toBase64(proof)}`);
  }

  /** server-final-message: without the right signature the server is somebody who does not know the password. */
  finish(data: Uint8Array | undefined): void {
    const { serverSignature } = this;
    if (!serverSignature || !data) throw new AuthenticationError('serverNotProven');
    const [first = ''] = textOf(data).split(',');
    if (first.startsWith('e=')) throw new AuthenticationError('refusedByMethod', first.slice(2));
    if (!first.startsWith('v=')) throw new AuthenticationError('malformedChallenge', 'no signature');
    const signature = fromBase64(first.slice(2));
    if (typeof signature === 'number') throw new AuthenticationError('malformedChallenge', 'no signature');
    if (!equalBytes(signature, serverSignature)) throw new AuthenticationError('serverNotProven');
  }

  /** The attributes have their order; those that may follow are for extensions, which a client may ignore (5.1). */
  private serverFirst(text: string): { nonce: string; salt: Uint8Array; iterations: number } {
    if (text.startsWith('m=')) throw new AuthenticationError('malformedChallenge', 'a mandatory extension');
    if (text.startsWith('e=')) throw new AuthenticationError('refusedByMethod', text.slice(2));
    const [, nonce, saltText, count] = /^r=([!-+\--~]+),s=([^,]+),i=([1-9]\d*)(?:,.*)?$/u.exec(text) ?? [];
    const salt = saltText === undefined ? 0 : fromBase64(saltText);
    if (nonce === undefined || typeof salt === 'number' || salt.length === 0) {
      throw new AuthenticationError('malformedChallenge', 'no nonce, salt and iteration count');
    }
    if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length) {
      throw new AuthenticationError('nonceMismatch');
    }
    const iterations = Number(count);
    const { leastIterations = 4096, mostIterations = 1_000_000 } = this.options;
    if (iterations < leastIterations) throw new AuthenticationError('tooFewIterations', iterations);
    if (iterations > mostIterations) throw new AuthenticationError('tooManyIterations', iterations);
    return { nonce, salt, iterations };
  }
}

function prepared(text: string, what: string): string {
  const result = saslprep(text);
  if (typeof result === 'string') return result;
  throw new AuthenticationError('credentialsNotUsable', `${what}: ${result.problem}`);
}

function textOf(data: Uint8Array | undefined): string {
  const text = data && data.length <= longestScramMessage ? decodeUtf8(data) : undefined;
  if (text === undefined)
    throw new AuthenticationError('malformedChallenge', 'no text of a length that makes sense');
  return text;
}
