import type { CapturedBytes } from './packetSegment';

/**
 * Whole packets of one connection and chunk that lie one after another in one buffer and have the same first byte and the
 * same size, as nearly all have of which there are many. Every PUBLISH has its topic itself, and no other has any.
 */
export interface EqualPackets {
  readonly captured: Omit<CapturedBytes, 'topic'>;
  readonly buffer: Uint8Array;
  /** Where the first packet starts. */
  readonly start: number;
  /** How many bytes each packet has, and how many packets there are; neither is 0. */
  readonly size: number;
  readonly count: number;
}

/** The size of the packet at `start`; 0 where its Remaining Length has more than two bytes or is not all there (2.1.4). */
export function shortPacketSize(bytes: Uint8Array, start: number): number {
  const low = bytes[start + 1];
  if (low === undefined) return 0;
  if (low < 0x80) return 2 + low;
  const high = bytes[start + 2];
  return high === undefined || high >= 0x80 ? 0 : 3 + (low & 0x7f) + (high << 7);
}

/** How many packets with the fixed header of the one at `start`, which has `size` bytes, come whole from there on. */
export function countEqual(bytes: Uint8Array, start: number, size: number): number {
  const firstByte = bytes[start] as number;
  const low = bytes[start + 1] as number;
  const last = bytes.length - size;
  let at = start;
  if (low < 0x80) {
    while (at <= last && bytes[at] === firstByte && bytes[at + 1] === low) at += size;
  } else {
    const high = bytes[start + 2] as number;
    while (at <= last && bytes[at] === firstByte && bytes[at + 1] === low && bytes[at + 2] === high)
      at += size;
  }
  return (at - start) / size;
}

/**
 * How many of `count` equal PUBLISH packets of 5.0, the first at `start`, have a Topic Name of one length and no Properties,
 * and so no Topic Alias either (3.3.2.3).
 */
export function countPlainPublishes(bytes: Uint8Array, start: number, size: number, count: number): number {
  const nameAt = start + ((bytes[start + 1] as number) < 0x80 ? 2 : 3);
  const high = bytes[nameAt] as number;
  const low = bytes[nameAt + 1] as number;
  const nameLength = (high << 8) | low;
  const identifierLength = ((bytes[start] as number) & 0x06) === 0 ? 0 : 2;
  const toProperties = 2 + nameLength + identifierLength;
  if (nameLength === 0 || nameAt + toProperties >= start + size) return 0;
  let counted = 0;
  for (let at = nameAt; counted < count; counted++, at += size) {
    if (bytes[at] !== high || bytes[at + 1] !== low || bytes[at + toProperties] !== 0) break;
  }
  return counted;
}
