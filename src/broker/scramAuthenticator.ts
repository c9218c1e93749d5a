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
  /** Makes up a salt for users there are not, always the same for one name: who asks cannot tell them from others. */
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
  /** Undefined where there is no such user. */
  readonly secret: ScramSecret | undefined;
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
    const secret = await this.secrets.find(this.method, userName);
    const { salt, iterations } = secret ?? this.pretended(userName);
    const nonce = clientNonce + toBase64(this.cryptography.random(scramNonceBytes));
    const serverFirst = `r=${nonce},s=${toBase64(salt)},i=${iterations}`;
    this.challenged = { userName, nonce, gs2Header, messages: `${bare},${serverFirst}`, secret };
    return { kind: 'continue', data: encodeUtf8(serverFirst) };
  }

  /** client-final-message to server-final-message, which goes along with success. */
  private final(
    text: string,
    { userName, nonce, gs2Header, messages, secret }: Challenged,
  ): AuthenticationStep {
    const [, withoutProof = '', binding = '', returned = '', proofText = ''] =
      /^(c=([^,]+),r=([^,]+)(?:,.*)?),p=([^,]+)$/su.exec(text) ?? [];
    const proof = fromBase64(proofText);
    if (withoutProof === '' || typeof proof === 'number') return malformed;
    if (returned !== nonce || binding !== toBase64(encodeUtf8(gs2Header))) return wrong;
    if (!secret) return wrong;
    const { cryptography, hash } = this;
    const authMessage = `${messages},${withoutProof}`;
    const clientKey = crossed(cryptography, hash, proof, secret.storedKey, authMessage);
    if (!equalBytes(cryptography.hash(hash, clientKey), secret.storedKey)) return wrong;
    const signature = cryptography.hmac(hash, secret.serverKey, encodeUtf8(authMessage));
    return { kind: 'success', data: encodeUtf8(`v=${toBase64(signature)}`), userName };
  }

  private pretended(userName: string): Pick<ScramSecret, 'salt' | 'iterations'> {
    const digest = this.cryptography.hmac(this.hash, this.pretence, encodeUtf8(userName));
    return { salt: digest.subarray(0, saltBytes), iterations: usualIterations };
  }
}
