import { fromBase64, toBase64 } from '../../base/base64';
import { decodeUtf8, encodeUtf8 } from '../../base/utf8';
import type { Cryptography } from '../../session/cryptography';
import type { AuthenticationStep, ServerAuthentication, ServerAuthenticator } from '../accessControl';
import { equalInConstantTime } from './passwordHashing';
import type { ScramPassword, User } from './userFile';

const nonceBytes = 24;
const longestMessage = 4_096;

const notAuthorized = 0x87;
const failure: AuthenticationStep = { kind: 'failure', reasonCode: notAuthorized };

/** A server's part of SCRAM-SHA-256 without channel binding (RFC 5802, RFC 7677). */
export class ScramServerAuthenticator implements ServerAuthenticator {
  readonly method = 'SCRAM-SHA-256';
  /** Makes up what an unknown user would have, always the same: who there is should not be found out. */
  private readonly secret: Uint8Array;

  constructor(
    private readonly users: ReadonlyMap<string, User>,
    private readonly cryptography: Cryptography,
  ) {
    this.secret = cryptography.random(32);
  }

  begin(): ServerAuthentication {
    return new ScramExchange((name) => this.passwordOf(name), this.cryptography);
  }

  private passwordOf(name: string): ScramPassword & { readonly isKnown: boolean } {
    const known = this.users.get(name)?.scram;
    if (known) return { ...known, isKnown: true };
    const made = this.cryptography.hmac('sha256', this.secret, encodeUtf8(name));
    return {
      iterations: 100_000,
      salt: made.subarray(0, 16),
      storedKey: made,
      serverKey: made,
      isKnown: false,
    };
  }
}

interface Challenge {
  readonly userName: string;
  readonly nonce: string;
  /** What both sides sign, up to the client's last message. */
  readonly signed: string;
  readonly header: string;
  readonly password: ScramPassword & { readonly isKnown: boolean };
}

class ScramExchange implements ServerAuthentication {
  private challenge: Challenge | undefined;

  constructor(
    private readonly passwordOf: (name: string) => ScramPassword & { readonly isKnown: boolean },
    private readonly cryptography: Cryptography,
  ) {}

  respond(data: Uint8Array | undefined): AuthenticationStep {
    const text = data && data.length <= longestMessage ? decodeUtf8(data) : undefined;
    if (text === undefined) return failure;
    return this.challenge ? this.finish(this.challenge, text) : this.challengeFor(text);
  }

  /** client-first-message: no channel binding (`n`, or `y` where the client could), perhaps an identity to act for. */
  private challengeFor(text: string): AuthenticationStep {
    const [, header, bare, name, clientNonce] =
      /^([ny],(?:a=[^,]*)?,)(n=([^,]+),r=([!-+\--~]+)(?:,.*)?)$/u.exec(text) ?? [];
    if (header === undefined || bare === undefined || name === undefined || clientNonce === undefined)
      return failure;
    const userName = name.replace(/=2C/g, ',').replace(/=3D/g, '=');
    const password = this.passwordOf(userName);
    const nonce = clientNonce + toBase64(this.cryptography.random(nonceBytes));
    const serverFirst = `r=${nonce},s=${toBase64(password.salt)},i=${password.iterations}`;
    this.challenge = { userName, nonce, signed: `${bare},${serverFirst}`, header, password };
    return { kind: 'continue', data: encodeUtf8(serverFirst) };
  }

  /** client-final-message. */
  private finish({ userName, nonce, signed, header, password }: Challenge, text: string): AuthenticationStep {
    const [, withoutProof, proofText] = /^(c=[^,]+,r=[^,]+),p=([^,]+)$/u.exec(text) ?? [];
    const proof = proofText === undefined ? 0 : fromBase64(proofText);
    if (withoutProof !== `c=${toBase64(encodeUtf8(header))},r=${nonce}` || typeof proof === 'number')
      return failure;
    const { cryptography } = this;
    const message = encodeUtf8(`${signed},${withoutProof}`);
    const clientSignature = cryptography.hmac('sha256', password.storedKey, message);
    const clientKey = proof.map((byte, index) => byte ^ (clientSignature[index] ?? 0));
    const isRight = equalInConstantTime(cryptography.hash('sha256', clientKey), password.storedKey);
    if (!isRight || !password.isKnown) return failure;
    const verifier = toBase64(cryptography.hmac('sha256', password.serverKey, message));
    return { kind: 'success', data: encodeUtf8(`v=${verifier}`), userName };
  }
}
