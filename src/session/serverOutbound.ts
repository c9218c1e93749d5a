import type { PacketWriter } from '../protocol/codec';
import type { Connect } from '../protocol/controlPacket';
import { largestPacket } from '../protocol/packetFramer';
import type { Violation } from '../protocol/violations';
import { OutboundAliases } from './outboundAliases';
import { OutboundFlow, type OutboundListener } from './outboundFlow';
import type { InboundWords } from './inboundFlow';
import type { Acceptance } from './serverContract';

/** Nobody waits for the outcome of a message: all that is heard of are acknowledgements that nothing waits for. */
class MistakesOnly implements OutboundListener {
  constructor(private readonly words: Pick<InboundWords, 'mistaken'>) {}

  completed(): void {
    return;
  }

  rejected(): void {
    return;
  }

  expired(): void {
    return;
  }

  mistaken(violation: Violation): void {
    this.words.mistaken(violation);
  }
}

/**
 * The sender's half of a server's connection, as its client asked for it in CONNECT.
 * @param words hear of acknowledgements that nothing waits for
 */
export function serverOutbound(
  connect: Connect,
  acceptance: Acceptance,
  out: PacketWriter,
  words: Pick<InboundWords, 'mistaken'>,
): OutboundFlow {
  const { protocolVersion: version, properties } = connect;
  const { session, queueBytes, total, topicAliases = 0, withholds } = acceptance;
  const aliases = Math.min(properties.topicAliasMaximum ?? 0, topicAliases);
  const limits = {
    version,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    maximumPacketSize: properties.maximumPacketSize ?? largestPacket,
    queueBytes,
    ...(total && { total }),
    ...(withholds && { withholds }),
    // [MQTT-3.1.2-26] [MQTT-3.1.2-27]
    ...(aliases > 0 && { aliases: new OutboundAliases(aliases, true) }),
  };
  return new OutboundFlow(session.outbound, out, limits, new MistakesOnly(words));
}
