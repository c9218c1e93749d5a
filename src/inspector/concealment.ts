import type { Span } from '../base/spans';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { dissect, unattributedLabel, type FieldNode } from '../protocol/dissect';
import { Probe } from '../protocol/probe';
import {
  afterProtocolName,
  beginsWithSecrets,
  isTlsHandshake,
  isTypeWithSecrets,
  mayHoldSecrets,
  secretSubstitute,
  type UnframedRest,
} from '../protocol/secretStart';

/** Fields that prove who somebody is: of CONNECT the Password (3.1.3.6), and of both packets Authentication Data (3.15.2.2.3). */
const secretFields: ReadonlySet<string> = new Set(['Password', 'Authentication Data']);

/** Protocol level, Connect Flags and Keep Alive follow the name and are no secret. */
const bytesAfterName = 4;

/**
 * How many bytes of such a packet are read in search of secrets. A longer one is either made to keep its reader busy or
 * has large fields before the password; what lies behind is concealed as a whole.
 */
const longestRead = 64 * 1024;

/** A first byte and four of Remaining Length (2.1.1). */
const longestFixedHeader = 5;

export interface ConcealedBytes {
  readonly bytes: Uint8Array;
  readonly concealed: readonly Span[];
}

/**
 * A packet without its secrets, for places that may not see them: a webview, a file. Lengths and every other byte stay as
 * they were captured. What a malformed packet leaves unattributed may be anything, so where a password could stand it is
 * concealed too. Returns `bytes` itself where there is nothing to conceal, else a copy.
 * @param rest of bytes that are no packet: what is known of them.
 */
export function concealSecrets(
  bytes: Uint8Array,
  version: ProtocolVersion,
  rest?: UnframedRest,
): ConcealedBytes {
  const concealed = findSecrets(bytes, version, rest);
  if (concealed.length === 0) return { bytes, concealed };
  const copy = bytes.slice();
  for (const { start, end } of concealed) copy.fill(secretSubstitute, start, end);
  return { bytes: copy, concealed };
}

/** Where the secrets of a packet are that {@link concealSecrets} conceals. */
export function findSecrets(
  bytes: Uint8Array,
  version: ProtocolVersion,
  rest?: UnframedRest,
): readonly Span[] {
  if (rest === 'secret') return [{ start: 0, end: bytes.length }];
  if (rest === undefined) return secretSpans(bytes, version);
  if (!beginsWithSecrets(bytes, version)) return [];
  // What breaks the framing is in the fixed header, which is no secret.
  return bytes.length > longestFixedHeader ? [{ start: longestFixedHeader, end: bytes.length }] : [];
}

function secretSpans(bytes: Uint8Array, version: ProtocolVersion): readonly Span[] {
  if (!mayHoldSecrets(bytes)) return [];
  const found: Span[] = [];
  // Its first byte reads as a CONNECT with reserved flags, and what it says is no secret.
  if (isTypeWithSecrets(bytes[0]) && !isTlsHandshake(bytes)) {
    const plain = bytes.length <= longestRead ? plainSecrets(bytes, version) : undefined;
    if (plain) found.push(...plain);
    else collectSecrets(dissect(bytes.subarray(0, longestRead), { version }).fields, found);
    if (bytes.length > longestRead) join(found, { start: longestRead, end: bytes.length });
  }
  const after = (bytes[0] ?? 0) >> 4 === 1 ? -1 : afterProtocolName(bytes);
  if (after >= 0 && after + bytesAfterName < bytes.length) {
    found.push({ start: after + bytesAfterName, end: bytes.length });
  }
  return found;
}

const probe = new Probe();

/**
 * The same as a dissection finds, at a tenth of its cost, for the packets that nearly all are: those that break no rule and
 * have no Authentication Data. Undefined of others.
 */
function plainSecrets(bytes: Uint8Array, version: ProtocolVersion): readonly Span[] | undefined {
  const packet = probe.packet(bytes, 0, bytes.length, version);
  if (packet?.type !== 'CONNECT' && packet?.type !== 'CONNACK') return undefined;
  if (packet.properties.authenticationData !== undefined) return undefined;
  const length = packet.type === 'CONNECT' ? (packet.password?.length ?? 0) : 0;
  // The password is what a CONNECT ends with. [MQTT-3.1.3-1]
  return length === 0 ? [] : [{ start: bytes.length - length, end: bytes.length }];
}

/** Adds a span that may follow the last one at once. */
function join(spans: Span[], span: Span): void {
  const last = spans.at(-1);
  if (last?.end !== span.start) spans.push(span);
  else spans[spans.length - 1] = { start: last.start, end: span.end };
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
