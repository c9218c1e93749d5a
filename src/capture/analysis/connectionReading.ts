import { Conversation } from '../../protocol/conversation';
import type {
  Connack,
  Connect,
  ControlPacket,
  PacketType,
  ProtocolVersion,
} from '../../protocol/controlPacket';
import type { DissectionContext, Sender } from '../../protocol/dissectionContext';
import type { QuickReader, QuickReading } from '../../protocol/quickReading';
import type { Direction } from '../../session/effects';
import { type ClientEvidence, type ClientIdentity, clientIdentity } from '../clientIdentity';
import type { PacketRow } from '../packetLog';
import { Handshakes } from './handshakes';
import type {
  CarriedMessage,
  Moment,
  SeenConnack,
  SeenConnect,
  SeenConnection,
  SeenDisconnect,
  SeenHandshake,
} from './seen';

/** For ever, as a Session Expiry Interval (3.1.2.11.2). */
const never = 0xffffffff;

/** Packet types that only one side sends. */
const sideOf: Partial<Readonly<Record<PacketType, Sender>>> = {
  CONNECT: 'client',
  CONNACK: 'server',
  SUBSCRIBE: 'client',
  SUBACK: 'server',
  UNSUBSCRIBE: 'client',
  UNSUBACK: 'server',
  PINGREQ: 'client',
  PINGRESP: 'server',
};

/** One connection while its packets are read in their order. */
export class ConnectionReading implements SeenConnection {
  connect: SeenConnect | undefined;
  connack: SeenConnack | undefined;
  disconnect: SeenDisconnect | undefined;
  clientIdentifier: string | undefined;
  clientDirection: Direction | undefined;
  keepAlive: number | undefined;
  last: Moment;
  lastOfClient: Moment | undefined;
  longestSilence: SeenConnection['longestSilence'];
  endedAt: number | undefined;
  isEndNoted = false;
  readonly handshakes: Handshakes;
  private readonly conversation: Conversation;
  /** What the next packet of each side is held against, where nothing has changed it. */
  private contexts: Partial<Record<Sender, DissectionContext>> = {};
  private known: { readonly of: ClientEvidence; readonly identity: ClientIdentity } | undefined;

  constructor(
    readonly number: number,
    public name: string,
    readonly first: Moment,
    version: ProtocolVersion,
    /** Whether its packets were decoded from bytes that somebody had. */
    readonly decoded: boolean,
    /** Whether nothing of it came before. */
    fromStart: boolean,
    ended: (handshake: SeenHandshake) => void,
    earlier: (
      connection: SeenConnection,
      kind: CarriedMessage['kind'],
      sender: Sender,
      packetIdentifier: number,
    ) => CarriedMessage | undefined,
  ) {
    this.last = first;
    this.conversation = new Conversation(version, fromStart);
    this.handshakes = new Handshakes(this, ended, (...asked) => earlier(this, ...asked));
  }

  get client(): string {
    return this.identity.client;
  }

  get isKnown(): boolean {
    return this.identity.isKnown;
  }

  get lane(): string {
    return this.identity.lane;
  }

  get server(): string {
    return this.identity.server;
  }

  get label(): string {
    return this.identity.label;
  }

  get longLabel(): string {
    return this.identity.longLabel;
  }

  get origin(): string {
    return this.identity.origin;
  }

  get inFlight(): number {
    return this.handshakes.inFlight;
  }

  /** Reads a row of it and says who sent it. What was entered without context is held against no other packet. */
  read(
    reader: QuickReader,
    row: PacketRow,
    bytes: Uint8Array,
  ): QuickReading & { readonly sender: Sender | undefined } {
    const { version, direction, packetType } = row;
    if (row.withoutContext) return { ...reader.read(bytes, { version }), sender: undefined };
    if (this.clientDirection === undefined && packetType) {
      const side = sideOf[packetType];
      if (side) this.clientDirection = side === 'client' ? direction : direction === 'in' ? 'out' : 'in';
    }
    if (this.clientDirection === undefined) return { ...reader.read(bytes, { version }), sender: undefined };
    const sender = direction === this.clientDirection ? 'client' : 'server';
    const { version: of, packet, violations, read } = reader.read(bytes, this.contextOf(sender));
    if (packet) this.conversation.learn(sender, read, packet);
    if (!packet || !changesNothing(packet)) this.contexts = {};
    return { version: of, packet, violations, read, sender };
  }

  /** Asked for with each packet: made anew only where something else is known of it now. */
  private get identity(): ClientIdentity {
    const { known } = this;
    const { number, name, clientIdentifier, clientDirection } = this;
    if (
      known?.of.name !== name ||
      known.of.clientIdentifier !== clientIdentifier ||
      known.of.clientDirection !== clientDirection
    ) {
      const of = { number, name, clientIdentifier, clientDirection };
      return (this.known = { of, identity: clientIdentity(of) }).identity;
    }
    return known.identity;
  }

  /** What a packet is held against. Making it for each of a million would take as long as reading them. */
  private contextOf(sender: Sender): DissectionContext {
    const known = this.contexts[sender];
    if (known) return known;
    const context = this.conversation.context(sender);
    // Until it has sent something, the next packet is its first.
    if ((context.earlierPackets ?? 0) > 0) this.contexts[sender] = context;
    return context;
  }

  /** Remembers what a packet says of the connection, and tells of the handshakes it ends. */
  note(packet: ControlPacket, sender: Sender, moment: Moment, topic: string | undefined): void {
    if (packet.type === 'CONNECT' && !this.connect) this.noteConnect(packet, moment);
    if (packet.type === 'CONNACK' && !this.connack) this.noteConnack(packet, moment);
    if (packet.type === 'DISCONNECT')
      this.disconnect ??= { ...moment, by: sender, reasonCode: packet.reasonCode };
    this.handshakes.note(packet, sender, moment, topic);
  }

  /** Packets of it were not captured, or were gone before they were read: nothing is said of what they may have been. */
  missPackets(): void {
    this.conversation.missPackets();
    this.contexts = {};
    this.handshakes.forget();
    this.lastOfClient = undefined;
  }

  noteTime(moment: Moment, sender: Sender | undefined): void {
    this.last = moment;
    if (sender !== 'client') return;
    const silent = this.lastOfClient ? moment.at - this.lastOfClient.at : 0;
    if (silent > (this.longestSilence?.milliseconds ?? 0)) {
      this.longestSilence = { ...moment, milliseconds: silent };
    }
    this.lastOfClient = moment;
  }

  private noteConnect(packet: Connect, moment: Moment): void {
    const { cleanStart, keepAlive, clientIdentifier, will, protocolVersion, properties } = packet;
    const expiry = properties.sessionExpiryInterval ?? 0;
    const sessionExpiry = protocolVersion === 5 ? expiry : cleanStart ? 0 : never;
    this.connect = {
      ...moment,
      ...{ cleanStart, keepAlive, clientIdentifier, sessionExpiry },
      will: will && { topicName: will.topicName, retain: will.retain },
    };
    this.keepAlive = keepAlive;
    if (clientIdentifier !== '') this.clientIdentifier = clientIdentifier;
  }

  private noteConnack({ sessionPresent, reasonCode, properties }: Connack, moment: Moment): void {
    this.connack = { ...moment, sessionPresent, reasonCode, properties };
    this.keepAlive = properties.serverKeepAlive ?? this.keepAlive;
    this.clientIdentifier ??= properties.assignedClientIdentifier;
  }
}

/** Whether a packet leaves what is agreed as it was: what it does to Packet Identifiers and aliases a context sees by itself. */
function changesNothing(packet: ControlPacket): boolean {
  switch (packet.type) {
    case 'PUBLISH':
      return packet.qos === 0 || packet.packetIdentifier !== 0;
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
      return packet.packetIdentifier !== 0;
    case 'PINGREQ':
    case 'PINGRESP':
      return true;
    default:
      return false;
  }
}
