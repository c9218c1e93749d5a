import { fromBase64, toBase64 } from '../base/base64';
import { equalBytes } from '../base/bytes';
import { decodeUtf8, encodeUtf8 } from '../base/utf8';
import type { Cryptography, HashName } from '../session/cryptography';
import { saslprep } from '../session/saslprep';
import type { ScramMethod } from '../session/scramKeys';
import { crossed, longestScramMessage, scramHashes, scramKeys, scramNonceBytes } from '../session/scramKeys';
import type { AuthenticationStep, ServerAuthentication, ServerAuthenticator } from './accessControl';

/** What a server keeps in place of a password (RFC 5802, 3). */
export interface ScramSecret {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Where the secrets of users are. */
export interface ScramSecrets {
  /** @param userName as SASLprep has prepared it */
  find(method: ScramMethod, userName: string): ScramSecret | undefined | Promise<ScramSecret | undefined>;
  /** What those look like that there are; absent where they are all made with the usual iterations. */
  readonly likeness?: () => ScramLikeness;
}

/** What the secrets of users look like from outside. */
export interface ScramLikeness {
  /** Their iterations, each once; empty where there are none. */
  readonly iterations: readonly number[];
  /** Nobody outside knows it, and it is the same after a restart; undefined where there is no such thing. */
  readonly key: Uint8Array | undefined;
}

const saltBytes = 16;

/** As RFC 7677 (4) has it at least. */
const usualIterations = 4096;

/** Makes the secret of a user; undefined where the password has characters no two systems would read alike (RFC 4013). */
export async function scramSecret(
  cryptography: Cryptography,
  method: ScramMethod,
  password: string,
  iterations = usualIterations,
): Promise<ScramSecret | undefined> {
  const prepared = saslprep(password);
  if (typeof prepared !== 'string') return undefined;
  const salt = cryptography.random(saltBytes);
  const hash = scramHashes[method];
  const { storedKey, serverKey } = await scramKeys(
    cryptography,
    hash,
    encodeUtf8(prepared),
    salt,
    iterations,
  );
  return { salt, iterations, storedKey, serverKey };
}

/** SCRAM (RFC 5802, RFC 7677) without channel binding, on the server's side. */
export class ScramServer implements ServerAuthenticator {
  /** Makes up the secret of users there are not where {@link ScramLikeness.key} is absent. */
  private readonly pretence: Uint8Array;

  constructor(
    readonly method: ScramMethod,
    private readonly secrets: ScramSecrets,
    private readonly cryptography: Cryptography,
  ) {
    this.pretence = cryptography.random(saltBytes);
  }

  begin(): ServerAuthentication {
    return new ScramServerExchange(this.method, this.secrets, this.cryptography, this.pretence);
  }
}

interface Challenged {
  readonly userName: string;
  readonly nonce: string;
  readonly gs2Header: string;
  /** client-first-message-bare and server-first-message. */
  readonly messages: string;
  /** A made-up one where there is no such user. */
  readonly secret: ScramSecret;
  readonly isUser: boolean;
}

const malformed: AuthenticationStep = {
  kind: 'failure',
  reasonCode: 0x82,
  reasonString: 'This is not what SCRAM (RFC 5802) has a client send.',
};

const wrong: AuthenticationStep = { kind: 'failure', reasonCode: 0x86 };

class ScramServerExchange implements ServerAuthentication {
  private readonly hash: HashName;
  private challenged: Challenged | undefined;

  constructor(
    private readonly method: ScramMethod,
    private readonly secrets: ScramSecrets,
    private readonly cryptography: Cryptography,
    private readonly pretence: Uint8Array,
  ) {
    this.hash = scramHashes[method];
  }

  respond(data: Uint8Array | undefined): AuthenticationStep | Promise<AuthenticationStep> {
    const text = data && data.length <= longestScramMessage ? decodeUtf8(data) : undefined;
    if (text !== undefined) return this.challenged ? this.final(text, this.challenged) : this.first(text);
    // Neither CONNECT nor AUTH had anything to begin with: the client is asked to.
    return data === undefined && !this.challenged ? { kind: 'continue', data: undefined } : malformed;
  }

  /** client-first-message to server-first-message. */
  private async first(text: string): Promise<AuthenticationStep> {
    const [, gs2Header = '', bare = '', saslName = '', clientNonce = ''] =
      /^([ny],,)(n=((?:[^,=]|=2C|=3D)+),r=([!-+\--~]+)(?:,.*)?)$/su.exec(text) ?? [];
    const userName = saslprep(saslName.replace(/=2C/g, ',').replace(/=3D/g, '='));
    if (bare === '' || typeof userName !== 'string') return malformed;
    // Made up for everybody, so that it does not take longer where it is needed.
    const pretended = this.pretended(userName);
    const found = await this.secrets.find(this.method, userName);
    const secret = found ?? pretended;
    const { salt, iterations } = secret;
    const nonce = clientNonce + toBase64(this.cryptography.random(scramNonceBytes));
    const serverFirst = `r=${nonce},s=${toBase64(salt)},i=${iterations}`;
    const messages = `${bare},${serverFirst}`;
    this.challenged = { userName, nonce, gs2Header, messages, secret, isUser: found !== undefined };
    return { kind: 'continue', data: encodeUtf8(serverFirst) };
  }

  /** client-final-message to server-final-message, which goes along with success. */
  private final(
    text: string,
    { userName, nonce, gs2Header, messages, secret, isUser }: Challenged,
  ): AuthenticationStep {
    const [, withoutProof = '', binding = '', returned = '', proofText = ''] =
      /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/su.exec(text) ?? [];
    const proof = fromBase64(proofText);
    if (withoutProof === '' || typeof proof === 'number') return malformed;
    if (returned !== nonce || binding !== toBase64(encodeUtf8(gs2Header))) return wrong;
    const { cryptography, hash } = this;
    const authMessage = `${messages},${withoutProof}`;
    const clientKey = crossed(cryptography, hash, proof, secret.storedKey, authMessage);
    if (!equalBytes(cryptography.hash(hash, clientKey), secret.storedKey) || !isUser) return wrong;
    const signature = cryptography.hmac(hash, secret.serverKey, encodeUtf8(authMessage));
    return { kind: 'success', data: encodeUtf8(`v=${toBase64(signature)}`), userName };
  }

  /** Always the same for one name, and like those of users there are: who asks cannot tell them apart. */
  private pretended(userName: string): ScramSecret {
    const { iterations = [], key = this.pretence } = this.secrets.likeness?.() ?? {};
    const made = (what: string) => this.cryptography.hmac(this.hash, key, encodeUtf8(`${what} ${userName}`));
    const [choice = 0] = made('iterations');
    return {
      salt: made('salt').subarray(0, saltBytes),
      iterations: iterations[choice % iterations.length] ?? usualIterations,
      storedKey: made('stored key'),
      serverKey: made('server key'),
    };
  }
}
