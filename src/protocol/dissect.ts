import { AnnotatingReader } from './annotatingReader';
import type { FieldNode } from './annotatingReader';
import { wholePacket } from './codec';
import { connectVersion } from './connectVersion';
import type { ControlPacket, PacketType, ProtocolVersion } from './controlPacket';
import { packetTypeNames } from './controlPacket';
import { newPacket } from './packetDescriptions';
import type { Violation } from './violations';

export type { FieldNode } from './annotatingReader';

/** What earlier packets of the connection decided. */
export interface DissectionContext {
  readonly version: ProtocolVersion;
}

export interface Dissection {
  /** The version the packet was read by: its own for CONNECT, else that of the context. */
  readonly version: ProtocolVersion;
  /** Undefined where there is no byte, or the forbidden type 0. */
  readonly packetType: PacketType | undefined;
  /** The packet as far as it could be read. */
  readonly packet: ControlPacket | undefined;
  readonly fields: readonly FieldNode[];
  /** Every broken rule, by offset. */
  readonly violations: readonly Violation[];
}

/** Reads one packet with all its fields, spans and violations. Never throws; what cannot be read is a field too. */
export function dissect(bytes: Uint8Array, context: DissectionContext): Dissection {
  const reader = new AnnotatingReader();
  reader.reset(bytes, 0, bytes.length, connectVersion(bytes) ?? context.version);
  const code = (bytes[0] ?? 0) >> 4;
  const packet = newPacket[code]?.();
  wholePacket(reader, code, packet, 0);
  reader.endPacket();
  return {
    version: reader.version,
    packetType: packet ? (packetTypeNames[code] as PacketType) : undefined,
    packet,
    fields: reader.fields,
    violations: [...reader.violations].sort((a, b) => a.offset - b.offset),
  };
}
