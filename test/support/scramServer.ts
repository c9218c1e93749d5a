import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { encodeUtf8 } from '../../src/base/utf8';
import type { ScramMethod } from '../../src/client/scram';
import type { Auth, Connack } from '../../src/protocol/controlPacket';

const hashes = { 'SCRAM-SHA-1': 'sha1', 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-512': 'sha512' } as const;
const lengths = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** A server's half of SCRAM, written from RFC 5802 with nothing of the client's. */
export class ScramServer {
  private clientFirst = '';
  private serverFirst = '';

  constructor(
    readonly method: ScramMethod,
    private readonly password: string,
  ) {}

  first(clientFirst: Uint8Array | undefined): string {
    this.clientFirst = Buffer.from(clientFirst ?? assert.fail('no data'))
      .toString()
      .slice('n,,'.length);
    const nonce = /r=(.*)$/.exec(this.clientFirst)?.[1] ?? '';
    this.serverFirst = `r=${nonce}server,s=${Buffer.from('salt').toString('base64')},i=4096`;
    return this.serverFirst;
  }

  /** server-final-message, with an error where the proof is wrong. */
  final(clientFinal: Uint8Array | undefined): string {
    const hash = hashes[this.method];
    const [, withoutProof = '', proof = ''] =
      /^(.*),p=(.*)$/.exec(Buffer.from(clientFinal ?? []).toString()) ?? [];
    const hmac = (key: Uint8Array, text: string) => createHmac(hash, key).update(text).digest();
    const salted = pbkdf2Sync(this.password, 'salt', 4096, lengths[hash], hash);
    const message = `${this.clientFirst},${this.serverFirst},${withoutProof}`;
    const stored = createHash(hash).update(hmac(salted, 'Client Key')).digest();
    const signature = hmac(stored, message);
    const key = Buffer.from(proof, 'base64').map((byte, index) => byte ^ (signature[index] ?? 0));
    if (!createHash(hash).update(key).digest().equals(stored)) return 'e=invalid-proof';
    return `v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`;
  }

  auth(reasonCode: number, data: string): Auth {
    return { type: 'AUTH', reasonCode, properties: this.properties(data) };
  }

  connack(data: string | undefined): Connack {
    return { type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties: this.properties(data) };
  }

  private properties(data: string | undefined) {
    return {
      authenticationMethod: this.method,
      ...(data !== undefined && { authenticationData: encodeUtf8(data) }),
    };
  }
}
