import { AnnotatingReader } from './annotatingReader';
import { readWholePacket } from './codec';
import { contextViolations } from './contextRules';
import type { ControlPacket, PacketType, ProtocolVersion } from './controlPacket';
import type { DissectionContext } from './dissectionContext';
import type { ReadFields } from './fieldNodes';
import { foreignViolation } from './foreignProtocol';
import { remarkedViolations } from './remarkedViolations';
import type { Violation } from './violations';

export { unattributedLabel } from './annotatingReader';
export type { DissectionContext } from './dissectionContext';
export type { FieldNode } from './fieldNodes';

export interface Dissection extends ReadFields {
  /** The version the packet was read by: its own for CONNECT, else that of the context. */
  readonly version: ProtocolVersion;
  /** Undefined where there is no byte, or the forbidden type 0. */
  readonly packetType: PacketType | undefined;
  /** The packet as far as it could be read; the rest of it has default values. */
  readonly packet: ControlPacket | undefined;
  /** Every broken rule, by offset. */
  readonly violations: readonly Violation[];
}

/**
 * Reads one packet with all its fields, spans and violations. Never throws; what cannot be read is a field too.
 * @param length of the whole packet, where `bytes` are its beginning: they have to reach into what comes last in it, a
 * payload, which is then read as far as it is there and has its whole span.
 */
export function dissect(bytes: Uint8Array, context: DissectionContext, length = bytes.length): Dissection {
  const reader = new AnnotatingReader();
  const packet = readWholePacket(reader, bytes, 0, length, context.version);
  let violations: readonly Violation[] = reader.violations;
  if (packet) {
    // AUTH is always read by 5.0; that does not make it a connection of 5.0.
    const version = packet.type === 'CONNECT' ? reader.version : context.version;
    violations = violations.concat(contextViolations(packet, length, context, version, reader));
    if (context.remarks)
      violations = violations.concat(remarkedViolations(context.remarks, violations, reader));
  }
  const foreign =
    context.sender === 'client' && context.earlierPackets === 0 ? foreignViolation(bytes) : undefined;
  // What is no MQTT breaks every rule; the one thing to say about it is what it is.
  if (foreign) violations = [foreign];
  const alias =
    packet?.type === 'PUBLISH' && packet.topicName === '' ? packet.properties.topicAlias : undefined;
  const topicName = alias === undefined ? undefined : context.topicAliases?.get(alias);
  if (topicName !== undefined) reader.amend('Topic Alias', `(${topicName})`);
  return {
    version: reader.version,
    packetType: packet?.type,
    packet,
    fields: reader.fields,
    complete: reader.complete,
    violations: [...violations].sort((a, b) => a.offset - b.offset),
  };
}
