import { PacketReader, PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';

/*
 * One writer and one reader for everything but the clients, which is never in the middle of a packet when another begins:
 * making them takes longer than what they do.
 */
const writer = new PacketWriter();
const reader = new PacketReader();

/** Throws a ProtocolViolation where the packet breaks a rule. */
export function encode(packet: ControlPacket, version: ProtocolVersion): Uint8Array {
  writer.write(packet, version);
  return writer.take();
}

/** Throws a ProtocolViolation where the bytes break a rule. */
export function decode(
  bytes: Uint8Array,
  version: ProtocolVersion,
  start = 0,
  end = bytes.length,
): ControlPacket {
  return reader.read(bytes, start, end, version);
}
