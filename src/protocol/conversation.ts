import type { ControlPacket, ProtocolVersion, Publish } from './controlPacket';
import type { Announcement, ConnectSummary, DissectionContext, Sender } from './dissectionContext';
import type { Dissection } from './dissect';
import { dissect } from './dissect';
import type { Properties } from './properties';

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

  /**
   * @param version in force until a CONNECT says otherwise.
   * @param fromStart whether the first packet is known: else nobody can say that CONNECT was left out.
   */
  constructor(
    private version: ProtocolVersion = 4,
    private readonly fromStart = true,
  ) {}

  /** Dissects the next packet, sent by `sender`, and remembers what later packets depend on. */
  next(sender: Sender, bytes: Uint8Array): Dissection {
    const dissection = dissect(bytes, this.context(sender));
    if (dissection.packet) this.learn(sender, dissection.packet);
    else this.sides[sender].packets++;
    return dissection;
  }

  /** The same for a packet that either side may have sent: held against the version and both sides' aliases. */
  nextOfEither(bytes: Uint8Array): Dissection {
    const { client, server } = this.sides;
    const topicAliases = new Map([...client.topicAliases, ...server.topicAliases]);
    const dissection = dissect(bytes, { version: this.version, topicAliases });
    const { packet } = dissection;
    if (packet?.type === 'PUBLISH') this.learnAlias('server', packet);
    return dissection;
  }

  /** What the next packet of `sender` is held against. */
  context(sender: Sender): DissectionContext {
    const { version, openRequests } = this;
    return { ...this.agreed(sender), version, topicAliases: this.sides[sender].topicAliases, openRequests };
  }

  /** The part of it that was agreed once, by CONNECT and CONNACK. */
  agreed(sender: Sender): Omit<DissectionContext, 'version' | 'topicAliases' | 'openRequests'> {
    const { packets, disconnected } = this.sides[sender];
    const { announcement } = this.sides[sender === 'client' ? 'server' : 'client'];
    return {
      sender,
      disconnected,
      ...((this.fromStart || packets > 0) && { earlierPackets: packets }),
      ...(announcement && { announcement }),
      ...(this.connect && { connect: this.connect }),
      ...(this.connackReasonCode !== undefined && { connackReasonCode: this.connackReasonCode }),
    };
  }

  /** Remembers of a packet what later ones are held against: no secret, and nothing that refers to its bytes. */
  learn(sender: Sender, packet: ControlPacket): void {
    this.sides[sender].packets++;
    switch (packet.type) {
      case 'CONNECT':
        this.version = packet.protocolVersion;
        this.sides.client.announcement = { in: 'CONNECT', ...pick(packet.properties, limits) };
        this.connect = {
          cleanStart: packet.cleanStart,
          clientIdentifier: packet.clientIdentifier,
          properties: pick(packet.properties, requests),
        };
        break;
      case 'CONNACK':
        this.sides.server.announcement = { in: 'CONNACK', ...pick(packet.properties, limits) };
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

const limits = [
  'maximumPacketSize',
  'topicAliasMaximum',
  'maximumQoS',
  'retainAvailable',
  'wildcardSubscriptionAvailable',
  'sharedSubscriptionAvailable',
  'subscriptionIdentifierAvailable',
] as const;

const requests = [
  'sessionExpiryInterval',
  'requestResponseInformation',
  'requestProblemInformation',
  'authenticationMethod',
] as const;

function pick<K extends keyof Properties>(properties: Properties, keys: readonly K[]): Pick<Properties, K> {
  const present = keys.filter((key) => properties[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, properties[key]])) as Pick<Properties, K>;
}

function newSide(): Side {
  return { topicAliases: new Map(), announcement: undefined, packets: 0, disconnected: false };
}
