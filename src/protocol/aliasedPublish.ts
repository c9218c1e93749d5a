import type { Publish } from './controlPacket';
import { field } from './wire';
import { maximumVariableByteInteger } from './wireWriter';
import type { WireWriter } from './wireWriter';

/** Stands for every field: a writer asks for none. */
const anyField = field('PUBLISH', '3.3');

const publishType = 0x30;
const topicAliasIdentifier = 0x23;
/** Property Length, identifier and alias. */
const propertiesLength = 4;

/**
 * Writes a PUBLISH of 5.0 in which an alias stands for the name, and is the only Property: the hot path of a client that
 * publishes often to few topics. Returns false, with nothing written, at anything unusual: then the layout writes it, or
 * says what is wrong. test/protocol holds it against the layout.
 */
export function writeAliasedPublish(io: WireWriter, packet: Publish, topicAlias: number): boolean {
  const { qos, packetIdentifier, payload } = packet;
  if (qos === 0) {
    if (packet.dup) return false;
  } else if ((qos !== 1 && qos !== 2) || packetIdentifier === 0) return false;
  const length = 2 + (qos > 0 ? 2 : 0) + propertiesLength + payload.length;
  const fits = (packetIdentifier & 0xffff) === packetIdentifier && (topicAlias & 0xffff) === topicAlias;
  if (!fits || topicAlias === 0 || length > maximumVariableByteInteger) return false;
  io.uint8(anyField, publishType | (packet.dup ? 8 : 0) | (qos << 1) | (packet.retain ? 1 : 0));
  io.variableByteInteger(anyField, length);
  io.uint16(anyField, 0);
  if (qos > 0) io.uint16(anyField, packetIdentifier);
  io.uint8(anyField, propertiesLength - 1);
  io.uint8(anyField, topicAliasIdentifier);
  io.uint16(anyField, topicAlias);
  io.rest(anyField, payload);
  return true;
}
