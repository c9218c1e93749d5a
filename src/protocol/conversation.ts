import type { ControlPacket, ProtocolVersion, Publish } from './controlPacket';
import type { Announcement, ConnectSummary, DissectionContext, Sender } from './dissectionContext';
import type { Dissection } from './dissect';
import { dissect } from './dissect';

/** More requests that are not answered are forgotten, oldest first. */
const mostOpenRequests = 1024;

/** What one side of a connection has said so far. */
interface Side {
  readonly topicAliases: Map<number, string>;
  /** What it accepts: the other side has to keep to it. */
  announcement: Announcement | undefined;
  packets: number;
  disconnected: boolean;
}

/**
 * Follows the packets of one Network Connection in the order they went over it, and dissects each with what the earlier
 * ones decided: the version, topic aliases, announced maxima, the request an acknowledgement belongs to. Its memory is
 * bounded by 65,535 aliases a side and 1,024 open requests.
 */
export class Conversation {
  private readonly sides: Readonly<Record<Sender, Side>> = { client: newSide(), server: newSide() };
  /** Topic Filters of each SUBSCRIBE and UNSUBSCRIBE that is not acknowledged yet, by Packet Identifier. */
  private readonly openRequests = new Map<number, number>();
  private connect: ConnectSummary | undefined;
  private connackReasonCode: number | undefined;

  /** @param version in force until a CONNECT says otherwise. */
  constructor(private version: ProtocolVersion = 4) {}

  /** Dissects the next packet, sent by `sender`, and remembers what later packets depend on. */
  next(sender: Sender, bytes: Uint8Array): Dissection {
    const dissection = dissect(bytes, this.context(sender));
    if (dissection.packet) this.learn(sender, dissection.packet);
    this.sides[sender].packets++;
    return dissection;
  }

  private context(sender: Sender): DissectionContext {
    const receiver = this.sides[sender === 'client' ? 'server' : 'client'];
    return {
      version: this.version,
      sender,
      earlierPackets: this.sides[sender].packets,
      topicAliases: this.sides[sender].topicAliases,
      openRequests: this.openRequests,
      ...(receiver.announcement && { announcement: receiver.announcement }),
      ...(this.connect && { connect: this.connect }),
      ...(this.connackReasonCode !== undefined && { connackReasonCode: this.connackReasonCode }),
      disconnected: this.sides[sender].disconnected,
    };
  }

  private learn(sender: Sender, packet: ControlPacket): void {
    switch (packet.type) {
      case 'CONNECT':
        this.version = packet.protocolVersion;
        this.sides.client.announcement = { in: 'CONNECT', ...packet.properties };
        this.connect = packet;
        break;
      case 'CONNACK':
        this.sides.server.announcement = { in: 'CONNACK', ...packet.properties };
        this.connackReasonCode = packet.reasonCode;
        break;
      case 'DISCONNECT':
        this.sides[sender].disconnected = true;
        break;
      case 'PUBLISH':
        this.learnAlias(sender, packet);
        break;
      case 'SUBSCRIBE':
        this.openRequest(packet.packetIdentifier, packet.subscriptions.length);
        break;
      case 'UNSUBSCRIBE':
        this.openRequest(packet.packetIdentifier, packet.topicFilters.length);
        break;
      case 'SUBACK':
      case 'UNSUBACK':
        this.openRequests.delete(packet.packetIdentifier);
        break;
      default:
        break; // The others decide nothing for later packets' form.
    }
  }

  private learnAlias(sender: Sender, { topicName, properties: { topicAlias } }: Publish): void {
    if (topicAlias !== undefined && topicName !== '')
      this.sides[sender].topicAliases.set(topicAlias, topicName);
  }

  private openRequest(packetIdentifier: number, filters: number): void {
    this.openRequests.set(packetIdentifier, filters);
    if (this.openRequests.size <= mostOpenRequests) return;
    for (const oldest of this.openRequests.keys()) {
      this.openRequests.delete(oldest);
      break;
    }
  }
}

function newSide(): Side {
  return { topicAliases: new Map(), announcement: undefined, packets: 0, disconnected: false };
}
