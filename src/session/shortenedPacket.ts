import type { PacketWriter } from '../protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';

/**
 * Writes a packet, without its Properties where it would be larger than the receiver takes: they only explain it.
 * @param mostBytes the largest packet the receiver takes
 * @throws ProtocolViolation where it takes not even that, or the packet breaks a rule; nothing is written then
 */
export function writeShortened(
  out: PacketWriter,
  packet: Exclude<ControlPacket, { type: 'PINGREQ' | 'PINGRESP' }>,
  version: ProtocolVersion,
  mostBytes: number,
): void {
  if (packet.properties === noProperties) return out.write(packet, version, mostBytes);
  try {
    out.write(packet, version, mostBytes);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    out.write({ ...packet, properties: noProperties }, version, mostBytes);
  }
}

export function isTooLarge(error: unknown): boolean {
  return error instanceof ProtocolViolation && error.violation.id === 'packetTooLarge';
}
