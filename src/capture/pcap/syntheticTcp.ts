import type { Endpoint } from './endpoints';

/** What the header of a segment says besides its ends. */
export interface SegmentHeader {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  /** Undefined for the segment that opens the connection, which acknowledges nothing. */
  readonly acknowledged: number | undefined;
  readonly syn?: boolean;
  readonly push?: boolean;
  readonly fin?: boolean;
}

/** So many bytes of payload fit a packet of IPv4 or IPv6 that has no options; headers included that is below 64 KiB. */
export const mostPayload = 60_000;

const tcpHeader = 20;
const tcp = 6;
const hopLimit = 64;

/** How many bytes a segment takes together with the IP header of its ends. */
export function segmentLength({ from }: SegmentHeader, payload: number): number {
  return (from.address.length === 4 ? 20 : 40) + tcpHeader + payload;
}

/** Writes an IP packet with a segment of TCP in it at `at`, with right lengths and check sums, and returns the offset after it. */
export function writeSegment(into: DataView, at: number, header: SegmentHeader, payload: Uint8Array): number {
  const start =
    header.from.address.length === 4 ? ipv4(into, at, header, payload) : ipv6(into, at, header, payload);
  const { from, to, sequence, acknowledged, syn, push, fin } = header;
  into.setUint16(start, from.port);
  into.setUint16(start + 2, to.port);
  into.setUint32(start + 4, sequence);
  into.setUint32(start + 8, acknowledged ?? 0);
  const flags =
    (fin ? 0x01 : 0) | (syn ? 0x02 : 0) | (push ? 0x08 : 0) | (acknowledged === undefined ? 0 : 0x10);
  into.setUint16(start + 12, 0x5000 | flags);
  into.setUint16(start + 14, 0xffff);
  into.setUint32(start + 16, 0);
  const end = start + tcpHeader + payload.length;
  new Uint8Array(into.buffer, into.byteOffset).set(payload, start + tcpHeader);
  const pseudoHeader = sumOf(from.address) + sumOf(to.address) + tcp + end - start;
  into.setUint16(start + 16, checksum(into, start, end, pseudoHeader));
  return end;
}

function ipv4(into: DataView, at: number, { from, to }: SegmentHeader, payload: Uint8Array): number {
  into.setUint16(at, 0x4500);
  into.setUint16(at + 2, 20 + tcpHeader + payload.length);
  into.setUint16(at + 4, 0);
  into.setUint16(at + 6, 0x4000); // Not to be fragmented.
  into.setUint16(at + 8, (hopLimit << 8) | tcp);
  into.setUint16(at + 10, 0);
  copy(into, at + 12, from.address);
  copy(into, at + 16, to.address);
  into.setUint16(at + 10, checksum(into, at, at + 20, 0));
  return at + 20;
}

function ipv6(into: DataView, at: number, { from, to }: SegmentHeader, payload: Uint8Array): number {
  into.setUint32(at, 0x6000_0000);
  into.setUint16(at + 4, tcpHeader + payload.length);
  into.setUint16(at + 6, (tcp << 8) | hopLimit);
  copy(into, at + 8, from.address);
  copy(into, at + 24, to.address);
  return at + 40;
}

function copy(into: DataView, at: number, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) into.setUint8(at + index, bytes[index] as number);
}

/** The Internet checksum (RFC 1071) of what lies there, with what is added to it. */
function checksum(view: DataView, start: number, end: number, added: number): number {
  let sum = added;
  let at = start;
  for (; at + 2 <= end; at += 2) sum += view.getUint16(at);
  if (at < end) sum += view.getUint8(at) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x1_0000);
  return ~sum & 0xffff;
}

function sumOf(address: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at + 1 < address.length; at += 2) {
    sum += ((address[at] as number) << 8) | (address[at + 1] as number);
  }
  return sum;
}
