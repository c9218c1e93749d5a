import type { Publish } from '../protocol/controlPacket';

/** The message with bytes of its own: those it was decoded from are gone after the call. */
export function ownCopy(packet: Publish): Publish {
  packet.payload = new Uint8Array(packet.payload);
  const { correlationData } = packet.properties;
  if (correlationData) packet.properties.correlationData = new Uint8Array(correlationData);
  return packet;
}
