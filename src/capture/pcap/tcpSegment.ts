import { uint16, uint32 } from './linkLayer';
import type { RemarkMark } from './workbenchMarks';

/** A TCP segment (RFC 9293, 3.1), as far as it was captured. */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  /** What the sender has received up to; undefined where it says nothing. */
  readonly acknowledged: number | undefined;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly payload: Uint8Array;
  /** Bytes of the payload that were not captured, at its end. */
  readonly missing: number;
  /** Of our own file: what is wrong with packets, said with the bytes of this segment. */
  readonly remarks?: readonly RemarkMark[];
}

/** Undefined where the header is not all there. */
export function readTcpSegment(
  bytes: Uint8Array,
  start: number,
  end: number,
  missing: number,
): TcpSegment | undefined {
  if (end - start < 20) return undefined;
  const headerLength = ((bytes[start + 12] as number) >> 4) * 4;
  if (headerLength < 20) return undefined;
  const flags = bytes[start + 13] as number;
  const payloadStart = start + headerLength;
  // Of a header that was cut only options can be missing.
  const cutOptions = Math.max(0, payloadStart - end);
  return {
    sourcePort: uint16(bytes, start),
    destinationPort: uint16(bytes, start + 2),
    sequence: uint32(bytes, start + 4),
    acknowledged: (flags & 0x10) === 0 ? undefined : uint32(bytes, start + 8),
    syn: (flags & 0x02) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    payload: bytes.subarray(Math.min(payloadStart, end), end),
    missing: Math.max(0, missing - cutOptions),
  };
}
