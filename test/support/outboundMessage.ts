import { encode } from '../../src/protocol/codec';
import type { Publish } from '../../src/protocol/controlPacket';
import type { OutboundMessage } from '../../src/session/inflightStore';

/** A message that a server sends as it stands, numbered like any other. */
export function outboundMessage(packet: Publish): OutboundMessage {
  return {
    qos: packet.qos,
    size: packet.payload.length,
    ticket: 0,
    encodedLength: (version) =>
      encode({ ...packet, packetIdentifier: packet.qos === 0 ? 0 : 1 }, version).length,
    hasExpired: () => false,
    write: (out, version, packetIdentifier, dup) => out.write({ ...packet, packetIdentifier, dup }, version),
  };
}
