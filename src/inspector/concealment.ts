import type { Span } from '../base/spans';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { encodeUtf8 } from '../base/utf8';
import { dissect, unattributedLabel, type FieldNode } from '../protocol/dissect';

/** Fields that prove who somebody is: of CONNECT the Password (3.1.3.6), and of both packets Authentication Data (3.15.2.2.3). */
const secretFields: ReadonlySet<string> = new Set(['Password', 'Authentication Data']);

/** Protocol Names with their lengths: bytes that hold one near their start are a CONNECT, whatever their first byte says. */
const protocolNames = [encodeUtf8('\0\x04MQTT'), encodeUtf8('\0\x06MQIsdp')];
/** Protocol level, Connect Flags and Keep Alive follow the name and are no secret. */
const bytesAfterName = 4;

/** The record of a TLS handshake (RFC 8446, 5.1), whose major version is always 3. */
const handshakeRecord = 0x16;
const tlsMajor = 3;
/** TLS 1.0 to 1.3: where a CONNECT has the high byte of its Protocol Name's length, which is 0 in every version. */
const [leastTlsMinor, mostTlsMinor] = [1, 4];

/** CONNECT is packet type 1, AUTH is 15 (2.1.2); CONNACK carries the server's half of an authentication. */
const packetTypesWithSecrets: ReadonlySet<number> = new Set([1, 2, 15]);

/**
 * How many bytes of such a packet are read in search of secrets. A longer one is either made to keep its reader busy or
 * has large fields before the password; what lies behind is concealed as a whole.
 */
const longestRead = 64 * 1024;

/** What stands for a byte that is not shown: an asterisk, so that the field stays well-formed. */
const substitute = 0x2a;

export interface ConcealedBytes {
  readonly bytes: Uint8Array;
  readonly concealed: readonly Span[];
}

/**
 * A packet without its secrets, for places that may not see them: a webview, a file. Lengths and every other byte stay as
 * they were captured. What a malformed packet leaves unattributed may be anything, so where a password could stand it is
 * concealed too. Returns `bytes` itself where there is nothing to conceal, else a copy.
 * @param secretRest whether the bytes are no packet and come after the CONNECT of the same sender, so that they may be
 * the end of it.
 */
export function concealSecrets(
  bytes: Uint8Array,
  version: ProtocolVersion,
  secretRest = false,
): ConcealedBytes {
  const concealed = secretRest ? [{ start: 0, end: bytes.length }] : secretSpans(bytes, version);
  if (concealed.length === 0) return { bytes, concealed };
  const copy = bytes.slice();
  for (const { start, end } of concealed) copy.fill(substitute, start, end);
  return { bytes: copy, concealed };
}

function secretSpans(bytes: Uint8Array, version: ProtocolVersion): readonly Span[] {
  const type = (bytes[0] ?? 0) >> 4;
  const found: Span[] = [];
  // Its first byte reads as a CONNECT with reserved flags, and what it says is no secret.
  if (packetTypesWithSecrets.has(type) && !isTlsHandshake(bytes)) {
    collectSecrets(dissect(bytes.subarray(0, longestRead), { version }).fields, found);
    if (bytes.length > longestRead) join(found, { start: longestRead, end: bytes.length });
  }
  const after = type === 1 ? -1 : afterProtocolName(bytes);
  if (after >= 0 && after + bytesAfterName < bytes.length) {
    found.push({ start: after + bytesAfterName, end: bytes.length });
  }
  return found;
}

function isTlsHandshake([first, major, minor = 0]: Uint8Array): boolean {
  return first === handshakeRecord && major === tlsMajor && minor >= leastTlsMinor && minor <= mostTlsMinor;
}

/** Adds a span that may follow the last one at once. */
function join(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.end !== span.start) spans.push(span);
  else spans[spans.length - 1] = { start: last.start, end: span.end };
}

/** Where the Protocol Name of a CONNECT ends that has lost its first byte or its length, or -1. */
function afterProtocolName(bytes: Uint8Array): number {
  for (const name of protocolNames) {
    for (let at = 0; at <= 5 && at + name.length <= bytes.length; at++) {
      if (name.every((byte, index) => bytes[at + index] === byte)) return at + name.length;
    }
  }
  return -1;
}

function collectSecrets(fields: readonly FieldNode[], found: Span[]): void {
  for (const field of fields) {
    if (field.label === unattributedLabel) {
      found.push({ start: field.start, end: field.end });
      continue;
    }
    if (!secretFields.has(field.label)) {
      collectSecrets(field.children, found);
      continue;
    }
    // What comes last: after a property's identifier and after the length.
    let content = field;
    for (let last = content.children.at(-1); last; last = last.children.at(-1)) content = last;
    if (content.label !== 'Length' && content.label !== 'Identifier')
      found.push({ start: content.start, end: content.end });
  }
}
