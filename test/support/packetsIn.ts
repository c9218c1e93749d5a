import { concatBytes } from '../../src/base/bytes';
import { PacketReader } from '../../src/protocol/codec';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';

/** What chunks hold, a word or two for each packet. */
export function packetsIn(chunks: readonly Uint8Array[], version: ProtocolVersion): readonly string[] {
  const found: string[] = [];
  new PacketFramer().push(concatBytes(chunks), (buffer, start, end) => {
    const packet = new PacketReader().read(buffer, start, end, version);
    if (packet.type === 'PUBLISH') found.push(`PUBLISH ${packet.topicName}`);
    else found.push(packet.type === 'CONNACK' && packet.sessionPresent ? 'CONNACK present' : packet.type);
  });
  return found;
}
