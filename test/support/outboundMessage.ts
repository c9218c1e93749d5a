import type { Publish } from '../../src/protocol/controlPacket';
import type { OutboundMessage } from '../../src/session/inflightStore';

/** A message that a server sends as it stands, numbered like any other. */
export function outboundMessage(packet: Publish): OutboundMessage {
  return {
    qos: packet.qos,
    size: packet.payload.length,
    ticket: 0,
    hasExpired: () => false,
    write: (out, { version, packetIdentifier, dup, mostBytes }) =>
      out.write({ ...packet, packetIdentifier, dup }, version, mostBytes),
  };
}
