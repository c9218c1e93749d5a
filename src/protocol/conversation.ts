import type { Connack, Connect, ControlPacket, PacketType, ProtocolVersion, Publish } from './controlPacket';
import type { Announcement, ConnectSummary, DissectionContext, Sender } from './dissectionContext';
import type { Dissection } from './dissect';
import { dissect } from './dissect';
import { isKnown, type ReadFields } from './fieldNodes';
import { PacketIdentifiers } from './packetIdentifiers';
import type { Properties } from './properties';

/** What one side of a connection has said so far. */
interface Side {
  readonly topicAliases: Map<number, string>;
  identifiers: PacketIdentifiers;
  /** What it accepts: the other side has to keep to it. */
  announcement: Announcement | undefined;
  packets: number;
  disconnected: boolean;
}

/**
 * Follows the packets of one Network Connection in the order they went over it, and dissects each with what the earlier
 * ones decided: the version, topic aliases, announced maxima, the packet an acknowledgement belongs to. Its memory is
 * bounded by 65,535 aliases and as many Packet Identifiers a side.
 */
export class Conversation {
  private readonly sides: Readonly<Record<Sender, Side>> = { client: newSide(), server: newSide() };
  /** Topic Filters of each SUBSCRIBE and UNSUBSCRIBE that is not acknowledged yet, by Packet Identifier. */
  private readonly openRequests: NonNullable<DissectionContext['openRequests']> = {
    get: (packetIdentifier) => this.sides.client.identifiers.get(packetIdentifier)?.filters,
  };
  /** The topics of both sides' aliases, where nobody knows whose is meant. */
  private readonly aliasesOfEither: NonNullable<DissectionContext['topicAliases']>;
  private fromConnect = false;
  private newSession = false;
  private connect: ConnectSummary | undefined;
  private connackReasonCode: number | undefined;

  /**
   * @param version in force until a CONNECT says otherwise.
   * @param fromStart whether the first packet is known: else nobody can say that CONNECT was left out.
   * @param oneSided whether the packets of only one side are known: else nobody can say that it had no answer.
   */
  constructor(
    private version: ProtocolVersion = 4,
    private fromStart = true,
    private readonly oneSided = false,
  ) {
    const { client, server } = this.sides;
    this.aliasesOfEither = {
      get: (alias) => server.topicAliases.get(alias) ?? client.topicAliases.get(alias),
      has: (alias) => server.topicAliases.has(alias) || client.topicAliases.has(alias),
    };
  }

  /** The version that the next packet is read by. */
  get currentVersion(): ProtocolVersion {
    return this.version;
  }

  /** The connection is known from its CONNECT on, and no message of an earlier one goes on in it. */
  get isNewSession(): boolean {
    return this.fromConnect && this.newSession;
  }

  /** The one side that waits for an acknowledgement of this type and Packet Identifier. */
  waitingFor(type: PacketType, packetIdentifier: number): Sender | undefined {
    const [client, server] = (['client', 'server'] as const).map((side) =>
      this.sides[side].identifiers.get(packetIdentifier)?.awaits(type),
    );
    return client === server ? undefined : client ? 'client' : 'server';
  }

  /** Packets may have gone over the connection that nobody saw, its first one too: what they would have said is open again. */
  missPackets(): void {
    this.fromStart = false;
    this.forgetIdentifiers();
  }

  /** Which Packet Identifiers are in use is not known any more. */
  private forgetIdentifiers(): void {
    this.fromConnect = false;
    this.newSession = false;
    for (const side of [this.sides.client, this.sides.server]) side.identifiers = new PacketIdentifiers();
  }

  /** Dissects the next packet, sent by `sender`, and remembers what later packets depend on. */
  next(sender: Sender, bytes: Uint8Array): Dissection {
    const dissection = dissect(bytes, this.context(sender));
    if (dissection.packet) this.learn(sender, dissection, dissection.packet);
    else this.sides[sender].packets++;
    return dissection;
  }

  /** The same for a packet that either side may have sent: held against the version and both sides' aliases. */
  nextOfEither(bytes: Uint8Array): Dissection {
    const dissection = dissect(bytes, { version: this.version, topicAliases: this.aliasesOfEither });
    const { packet } = dissection;
    if (packet?.type === 'PUBLISH') this.learnAlias('server', packet);
    if (packet && lacksIdentifier(packet)) this.forgetIdentifiers();
    // Whoever it was sent to need not wait any longer.
    else if (packet) {
      this.learnAnswer('client', dissection, packet);
      this.learnAnswer('server', dissection, packet);
    }
    return dissection;
  }

  /** What the next packet of `sender` is held against. */
  context(sender: Sender): DissectionContext {
    const { version, openRequests, fromConnect, newSession } = this;
    const { topicAliases, identifiers: own } = this.sides[sender];
    const peers = this.sides[otherSide(sender)].identifiers;
    return {
      ...this.agreed(sender),
      ...{ version, topicAliases, openRequests },
      ...(!this.oneSided && { identifiers: { own, peers, fromConnect, newSession } }),
    };
  }

  /** The part of it that was agreed once, by CONNECT and CONNACK. */
  agreed(sender: Sender): AgreedContext {
    const { packets, disconnected } = this.sides[sender];
    const { announcement } = this.sides[otherSide(sender)];
    return {
      sender,
      disconnected,
      ...(this.oneSided && { oneSided: true }),
      ...((this.fromStart || packets > 0) && { earlierPackets: packets }),
      ...(announcement && { announcement }),
      ...(this.connect && { connect: this.connect }),
      ...(this.connackReasonCode !== undefined && { connackReasonCode: this.connackReasonCode }),
    };
  }

  /**
   * Remembers of a packet what later ones are held against: no secret, nothing that refers to its bytes, and nothing that
   * could not be read of it.
   */
  learn(sender: Sender, read: ReadFields, packet: ControlPacket): void {
    const side = this.sides[sender];
    side.packets++;
    if (lacksIdentifier(packet)) this.forgetIdentifiers();
    switch (packet.type) {
      case 'CONNECT':
        this.learnConnect(read, packet);
        break;
      case 'CONNACK':
        this.learnConnack(read, packet);
        break;
      case 'DISCONNECT':
        side.disconnected = true;
        break;
      case 'PUBLISH':
        this.learnAlias(sender, packet);
        side.identifiers.sent(packet);
        break;
      case 'SUBSCRIBE':
        side.identifiers.sent(packet, read.complete ? packet.subscriptions.length : undefined);
        break;
      case 'UNSUBSCRIBE':
        side.identifiers.sent(packet, read.complete ? packet.topicFilters.length : undefined);
        break;
      case 'PUBREL':
        side.identifiers.sent(packet);
        break;
      default:
        this.learnAnswer(otherSide(sender), read, packet);
    }
  }

  private learnConnect(read: ReadFields, packet: Connect): void {
    this.version = packet.protocolVersion;
    this.fromConnect = true;
    if (!isKnown(read, 'Client Identifier') || !isKnown(read, 'Properties')) return;
    this.newSession = packet.cleanStart;
    this.sides.client.announcement = { in: 'CONNECT', ...pick(packet.properties, limits) };
    this.connect = {
      cleanStart: packet.cleanStart,
      clientIdentifier: packet.clientIdentifier,
      properties: pick(packet.properties, requests),
    };
  }

  private learnConnack(read: ReadFields, packet: Connack): void {
    if (isKnown(read, 'Properties')) {
      this.sides.server.announcement = { in: 'CONNACK', ...pick(packet.properties, limits) };
    }
    if (!isKnown(read, this.version === 5 ? 'Connect Reason Code' : 'Connect Return code')) return;
    this.connackReasonCode = packet.reasonCode;
    // 3.1 does not say whether there is a session: then only CONNECT can have ruled it out.
    if (this.version !== 3) this.newSession = packet.reasonCode === 0 && !packet.sessionPresent;
  }

  private learnAlias(sender: Sender, { topicName, properties: { topicAlias } }: Publish): void {
    if (topicAlias !== undefined && topicName !== '')
      this.sides[sender].topicAliases.set(topicAlias, topicName);
  }

  /** An acknowledgement frees a Packet Identifier of the side it goes to. */
  private learnAnswer(receiver: Sender, read: ReadFields, packet: ControlPacket): void {
    if (!('packetIdentifier' in packet)) return;
    // Where nobody knows whether it was refused, the identifier counts as free.
    const refused = 'reasonCode' in packet && (packet.reasonCode >= 0x80 || !isKnown(read, 'Reason Code'));
    this.sides[receiver].identifiers.answered(packet, refused);
  }
}

/** What was agreed once, by CONNECT and CONNACK. */
type AgreedContext = Omit<DissectionContext, 'version' | 'topicAliases' | 'openRequests' | 'identifiers'>;

/** Which packet it begins or answers is not known. */
function lacksIdentifier(packet: ControlPacket): boolean {
  if (packet.type === 'PUBLISH' && packet.qos === 0) return false;
  return 'packetIdentifier' in packet && packet.packetIdentifier === 0;
}

function otherSide(sender: Sender): Sender {
  return sender === 'client' ? 'server' : 'client';
}

const limits = [
  'maximumPacketSize',
  'receiveMaximum',
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
  return {
    topicAliases: new Map(),
    identifiers: new PacketIdentifiers(),
    announcement: undefined,
    packets: 0,
    disconnected: false,
  };
}
