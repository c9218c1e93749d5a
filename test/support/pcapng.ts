import { concatBytes } from '../../src/base/bytes';

/** One direction's bytes of a TCP connection, as one segment. At most 65,495 bytes, so that it fits an IPv4 packet. */
export interface Segment {
  /** Tells connections apart: the port of the client, 1 to 65,535. */
  readonly clientPort: number;
  readonly payload: Uint8Array;
}

const brokerPort = 1883;
const linkTypeIpv4 = 228;

/** A pcapng file of what clients sent to port 1883 of 127.0.0.1, a frame a segment, in the order given. */
export function clientCapture(segments: readonly Segment[]): Uint8Array {
  const sent = new Map<number, number>();
  const frames = segments.map(({ clientPort, payload }) => {
    const sequence = sent.get(clientPort) ?? 1;
    sent.set(clientPort, sequence + payload.length);
    return block(6, enhancedPacket(ipv4(tcp(clientPort, sequence, payload))));
  });
  return concatBytes([block(0x0a0d0d0a, sectionHeader()), block(1, interfaceDescription()), ...frames]);
}

/** A block with its type and both its lengths, padded to four bytes. */
function block(type: number, body: Uint8Array): Uint8Array {
  const length = 12 + Math.ceil(body.length / 4) * 4;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  bytes.set(body, 8);
  view.setUint32(length - 4, length, true);
  return bytes;
}

function sectionHeader(): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setBigInt64(8, -1n, true); // The section's length is not given.
  return new Uint8Array(view.buffer);
}

function interfaceDescription(): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, linkTypeIpv4, true);
  return new Uint8Array(view.buffer);
}

function enhancedPacket(packet: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint32(12, packet.length, true);
  view.setUint32(16, packet.length, true);
  return concatBytes([new Uint8Array(view.buffer), packet]);
}

/** An IPv4 packet from 127.0.0.1 to itself; its checksum is left 0, which readers do not check. */
function ipv4(content: Uint8Array): Uint8Array {
  const length = 20 + content.length;
  const address = [127, 0, 0, 1];
  const header = [0x45, 0, length >> 8, length & 0xff, 0, 0, 0x40, 0, 64, 6, 0, 0, ...address, ...address];
  return concatBytes([Uint8Array.from(header), content]);
}

function tcp(clientPort: number, sequence: number, payload: Uint8Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(20));
  view.setUint16(0, clientPort);
  view.setUint16(2, brokerPort);
  view.setUint32(4, sequence);
  view.setUint32(8, 1);
  view.setUint16(12, 0x5018); // A header of five words, PSH and ACK.
  view.setUint16(14, 0xffff);
  return concatBytes([new Uint8Array(view.buffer), payload]);
}
