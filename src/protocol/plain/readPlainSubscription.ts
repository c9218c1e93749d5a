import { asciiText } from '../../base/utf8';
import type { ProtocolVersion, QoS, RetainHandling, Suback, Subscribe, Subscription } from '../controlPacket';
import { noProperties } from '../properties';
import { contentStart } from './contentStart';

const slash = 0x2f;
const plus = 0x2b;
const hash = 0x23;
const dollar = 0x24;

/** SUBSCRIBE with ASCII Topic Filters that do not begin with $, and without Properties. */
export function readPlainSubscribe(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): Subscribe | undefined {
  let at = identifierStart(bytes, start, end, version, 0x82);
  if (at < 0) return undefined;
  const packetIdentifier = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  at += version === 5 ? 3 : 2;
  const subscriptions: Subscription[] = [];
  while (at < end) {
    const filterStart = at + 2;
    if (filterStart > end) return undefined;
    const filterEnd = filterStart + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    if (filterEnd >= end || !isPlainFilter(bytes, filterStart, filterEnd)) return undefined;
    const options = bytes[filterEnd] as number;
    if ((options & 3) === 3 || (options & (version === 5 ? 0xc0 : 0xfc)) !== 0) return undefined;
    const retainHandling = options >> 4;
    if (retainHandling === 3) return undefined;
    subscriptions.push({
      topicFilter: asciiText(bytes, filterStart, filterEnd),
      qos: (options & 3) as QoS,
      noLocal: (options & 4) !== 0,
      retainAsPublished: (options & 8) !== 0,
      retainHandling: retainHandling as RetainHandling,
    });
    at = filterEnd + 1;
  }
  if (subscriptions.length === 0) return undefined;
  return { type: 'SUBSCRIBE', packetIdentifier, properties: noProperties, subscriptions };
}

/** SUBACK that grants everything, without Properties. */
export function readPlainSuback(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): Suback | undefined {
  let at = identifierStart(bytes, start, end, version, 0x90);
  if (at < 0) return undefined;
  const packetIdentifier = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  at += version === 5 ? 3 : 2;
  if (at === end) return undefined;
  const reasonCodes: number[] = [];
  for (; at < end; at++) {
    const reasonCode = bytes[at] as number;
    if (reasonCode > 2) return undefined;
    reasonCodes.push(reasonCode);
  }
  return { type: 'SUBACK', packetIdentifier, properties: noProperties, reasonCodes };
}

/** Where the Packet Identifier is in a packet that starts with `first`, or -1 where it is 0 or Properties follow it. */
function identifierStart(
  bytes: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
  first: number,
): number {
  if (bytes[start] !== first) return -1;
  const at = contentStart(bytes, start, end);
  if (at < 0 || at + 3 > end) return -1;
  if (bytes[at] === 0 && bytes[at + 1] === 0) return -1;
  return version === 5 && bytes[at + 2] !== 0 ? -1 : at;
}

/** ASCII with each wildcard alone in its level, # in the last one (4.7.1), and nothing that could be shared (4.8.2). */
function isPlainFilter(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || bytes[start] === dollar) return false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= 0x2c && byte < 0x80) continue;
    if (byte === 0 || byte >= 0x80) return false;
    if (byte !== plus && byte !== hash) continue;
    if (at > start && bytes[at - 1] !== slash) return false;
    if (at + 1 < end && (byte === hash || bytes[at + 1] !== slash)) return false;
  }
  return true;
}
