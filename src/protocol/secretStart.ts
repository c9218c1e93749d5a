import { encodeUtf8 } from '../base/utf8';
import type { ProtocolVersion } from './controlPacket';

/** Protocol Names with their lengths: bytes that hold one near their start are a CONNECT, whatever their first byte says. */
const protocolNames = [encodeUtf8('\0\x04MQTT'), encodeUtf8('\0\x06MQIsdp')];

/** What stands for a byte that is not shown: an asterisk, so that the field stays well-formed. */
export const secretSubstitute = 0x2a;

/** The record of a TLS handshake (RFC 8446, 5.1), whose major version is always 3. */
const handshakeRecord = 0x16;
const tlsMajor = 3;
/** TLS 1.0 to 1.3: where a CONNECT has the high byte of its Protocol Name's length, which is 0 in every version. */
const [leastTlsMinor, mostTlsMinor] = [1, 4];

const connectType = 1;
/** CONNECT, CONNACK, which carries the server's half of an authentication, and AUTH (2.1.2). */
const typesWithSecrets: ReadonlySet<number> = new Set([connectType, 2, 15]);
/** The first bytes of CONNACK and AUTH, whose flags are reserved (2.1.3). */
const connackByte = 0x20;
const authByte = 0xf0;

/**
 * What is known of bytes that are no packet. `first`: with them the framing of their stream ends, and its packets so far were
 * sound as far as secrets go; `secret`: they come after the beginning of a CONNECT or AUTH that cannot be read, so that they
 * may be the rest of its password or authentication data.
 */
export type UnframedRest = 'first' | 'secret';

/** Whether bytes that cannot be framed begin a packet that holds secrets. */
export function beginsWithSecrets(bytes: Uint8Array, version: ProtocolVersion): boolean {
  const first = bytes[0] ?? 0;
  if (first >> 4 === connectType) return !isTlsHandshake(bytes);
  // What is reserved tells garbage from them, such as the 0xff of a line that is not driven.
  return (version === 5 && (first === connackByte || first === authByte)) || afterProtocolName(bytes) >= 0;
}

/** Whether bytes read as a CONNECT with reserved flags and are the record of a TLS handshake. */
export function isTlsHandshake([first, major, minor = 0]: Uint8Array): boolean {
  return first === handshakeRecord && major === tlsMajor && minor >= leastTlsMinor && minor <= mostTlsMinor;
}

/**
 * Whether a packet may hold secrets: where not, there are certainly none. For scans of a million packets that lie one after
 * another, so it makes nothing.
 * @param start where the packet starts in `bytes`
 */
export function mayHoldSecrets(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  return isTypeWithSecrets(bytes[start]) || afterProtocolName(bytes, start, end) >= 0;
}

/** Whether packets with this first byte hold secrets where they are well-formed. */
export function isTypeWithSecrets(firstByte = 0): boolean {
  return typesWithSecrets.has(firstByte >> 4);
}

/** Where the Protocol Name of a CONNECT in `bytes[start, end)` ends that has lost its first byte or its length, or -1. */
export function afterProtocolName(bytes: Uint8Array, start = 0, end = bytes.length): number {
  for (const name of protocolNames) {
    const last = Math.min(start + 5, end - name.length);
    for (let at = start; at <= last; at++) {
      if (isAt(bytes, at, name)) return at + name.length;
    }
  }
  return -1;
}

function isAt(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) {
    // Nearly no packet gets beyond the second byte.
    if (bytes[at + index] !== name[index]) return false;
  }
  return true;
}
