import { uint16 } from './linkLayer';

/** A packet of IPv4 (RFC 791) or IPv6 (RFC 8200), as far as it was captured. */
export interface InternetPacket {
  /** 4 or 16 bytes each; views. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** What it carries: 6 is TCP. */
  readonly protocol: number;
  /** Where that lies in the bytes. */
  readonly start: number;
  readonly end: number;
  /** Bytes that it had and the capture does not: it was cut at the snap length. */
  readonly missing: number;
  readonly fragment: Fragment | undefined;
}

export interface Fragment {
  readonly identification: number;
  /** Bytes of the whole before this part. */
  readonly offset: number;
  readonly more: boolean;
}

export const tcpProtocol = 6;

/** Hop-by-Hop, Routing, Destination Options, Mobility, HIP and Shim6: a length in units of eight bytes follows each. */
const lengthExtensions: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const fragmentExtension = 44;
const authenticationExtension = 51;

/** The packet that begins at `at`, or undefined where none does. */
export function readInternetPacket(bytes: Uint8Array, at: number): InternetPacket | undefined {
  if (at >= bytes.length) return undefined;
  const version = (bytes[at] as number) >> 4;
  return version === 4 ? ipv4(bytes, at) : version === 6 ? ipv6(bytes, at) : undefined;
}

function ipv4(bytes: Uint8Array, at: number): InternetPacket | undefined {
  const headerLength = ((bytes[at] as number) & 0xf) * 4;
  if (headerLength < 20 || at + headerLength > bytes.length) return undefined;
  const totalLength = uint16(bytes, at + 2);
  // 0 where the network card was to cut it to size: it is as long as its frame.
  const length = totalLength === 0 ? bytes.length - at : totalLength;
  if (length < headerLength) return undefined;
  const flags = uint16(bytes, at + 6);
  const more = (flags & 0x2000) !== 0;
  const offset = (flags & 0x1fff) * 8;
  const end = Math.min(bytes.length, at + length);
  return {
    source: bytes.subarray(at + 12, at + 16),
    destination: bytes.subarray(at + 16, at + 20),
    protocol: bytes[at + 9] as number,
    start: at + headerLength,
    end,
    missing: at + length - end,
    fragment: more || offset > 0 ? { identification: uint16(bytes, at + 4), offset, more } : undefined,
  };
}

function ipv6(bytes: Uint8Array, at: number): InternetPacket | undefined {
  if (at + 40 > bytes.length) return undefined;
  const payloadLength = uint16(bytes, at + 4);
  const wholeEnd = payloadLength === 0 ? bytes.length : at + 40 + payloadLength;
  const end = Math.min(bytes.length, wholeEnd);
  let protocol = bytes[at + 6] as number;
  let start = at + 40;
  let fragment: Fragment | undefined;
  while (start + 8 <= end) {
    const next = bytes[start] as number;
    if (lengthExtensions.has(protocol)) start += 8 + (bytes[start + 1] as number) * 8;
    else if (protocol === authenticationExtension) start += 8 + (bytes[start + 1] as number) * 4;
    else if (protocol === fragmentExtension) {
      const place = uint16(bytes, start + 2);
      const identification = uint16(bytes, start + 4) * 0x1_0000 + uint16(bytes, start + 6);
      const more = (place & 1) === 1;
      if (more || place >= 8) fragment = { identification, offset: place & ~7, more };
      start += 8;
      protocol = next;
      break;
    } else break;
    protocol = next;
  }
  if (start > end) return undefined;
  const source = bytes.subarray(at + 8, at + 24);
  const destination = bytes.subarray(at + 24, at + 40);
  return { source, destination, protocol, start, end, missing: wholeEnd - end, fragment };
}
