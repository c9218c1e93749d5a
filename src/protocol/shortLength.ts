import type { Span } from '../base/spans';
import type { StreamDissection, StreamPacket } from './dissectStream';
import { putVariableByteInteger, variableByteIntegerLength } from './outputBuffer';
import { contentStart } from './plain/contentStart';
import { Probe } from './probe';

/** A packet whose Remaining Length is probably too small: with the bytes that follow it, which are no packet, it parses. */
export interface ShortLength {
  /** Offset of the packet in the stream. */
  readonly packetAt: number;
  /** By how many bytes its Remaining Length (2.2.3) is too small. */
  readonly missing: number;
}

/**
 * Whether bytes that belong to no packet are the end of the packet before them, whose Remaining Length would then be stale.
 * Takes time linear in both.
 */
export function shortLengthBefore(
  stream: StreamDissection,
  skipped: Span,
  bytes: Uint8Array,
): ShortLength | undefined {
  const before = packetEndingAt(stream.packets, skipped.start);
  if (!before) return undefined;
  const { start, end, dissection } = before;
  const content = contentStart(bytes, start, end);
  if (content < 0) return undefined;
  const length = skipped.end - content;
  if (length > 0xfff_ffff) return undefined;
  const longer = new Uint8Array(1 + variableByteIntegerLength(length) + length);
  longer[0] = bytes[start] as number;
  longer.set(bytes.subarray(content, skipped.end), putVariableByteInteger(longer, 1, length));
  if (!new Probe().accepts(longer, 0, longer.length, dissection.version)) return undefined;
  return { packetAt: start, missing: skipped.end - end };
}

function packetEndingAt(packets: readonly StreamPacket[], offset: number): StreamPacket | undefined {
  let low = 0;
  let high = packets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((packets[middle]?.end ?? offset) < offset) low = middle + 1;
    else high = middle;
  }
  return packets[low]?.end === offset ? packets[low] : undefined;
}
