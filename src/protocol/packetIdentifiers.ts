import type { ControlPacket, PacketType, QoS } from './controlPacket';

/** What a Packet Identifier may be given to (2.2.1). */
export type IdentifiedType = 'PUBLISH' | 'SUBSCRIBE' | 'UNSUBSCRIBE';

/** What one Packet Identifier stands for. */
export interface IdentifierUse {
  readonly type: IdentifiedType;
  /** Of PUBLISH. */
  readonly qos: QoS;
  /** Its packet is not acknowledged to the end, so that no other may have the identifier. */
  readonly inUse: boolean;
  /** Of SUBSCRIBE and UNSUBSCRIBE: how many Topic Filters there are, where that is known. */
  readonly filters: number | undefined;
  /** Whether a packet of this type with the identifier is still to come. */
  awaits(type: PacketType): boolean;
}

/** The Packet Identifiers of one side: client and server each have their own (2.2.1). */
export interface IdentifierUses {
  get(packetIdentifier: number): IdentifierUse | undefined;
  /**
   * Messages of QoS 1 and 2 that this side sent over the connection and the other has not acknowledged to the end, less those
   * of an earlier connection that ended on this one: their PUBCOMP may have raised the quota (4.9).
   */
  readonly messagesInFlight: number;
}

class OpenUse implements IdentifierUse {
  inUse = true;
  /** How many packets of each type are still to come: one more for each copy that was sent. */
  private readonly waiting = new Map<PacketType, number>();

  constructor(
    readonly type: IdentifiedType,
    readonly qos: QoS,
    readonly filters: number | undefined,
    /** It takes one of the receiver's Receive Maximum (4.9). */
    readonly counts: boolean,
  ) {}

  awaits(type: PacketType): boolean {
    return this.waiting.has(type);
  }

  expect(type: PacketType): void {
    this.waiting.set(type, (this.waiting.get(type) ?? 0) + 1);
  }

  came(type: PacketType): void {
    const count = this.waiting.get(type) ?? 0;
    if (count > 1) this.waiting.set(type, count - 1);
    else this.waiting.delete(type);
  }

  get isOver(): boolean {
    return !this.inUse && this.waiting.size === 0;
  }
}

/**
 * Follows what one side's Packet Identifiers stand for, from the packets it sends and the answers it gets. There are
 * 65,535 of them, which bounds its memory. Lenient where packets may have crossed each other or were sent twice: it is
 * there to find mistakes, not to make them.
 */
export class PacketIdentifiers implements IdentifierUses {
  messagesInFlight = 0;
  private readonly uses = new Map<number, OpenUse>();

  get(packetIdentifier: number): IdentifierUse | undefined {
    return this.uses.get(packetIdentifier);
  }

  /** This side sent a packet. `filters` is the number of its Topic Filters, where it has some and they are known. */
  sent(packet: ControlPacket, filters?: number): void {
    switch (packet.type) {
      case 'PUBLISH':
        if (packet.qos === 1) this.use(packet.packetIdentifier, 'PUBLISH', 1).expect('PUBACK');
        if (packet.qos === 2) this.use(packet.packetIdentifier, 'PUBLISH', 2).expect('PUBREC');
        break;
      case 'PUBREL':
        this.release(packet.packetIdentifier);
        break;
      case 'SUBSCRIBE':
        this.use(packet.packetIdentifier, packet.type, 0, filters).expect('SUBACK');
        break;
      case 'UNSUBSCRIBE':
        this.use(packet.packetIdentifier, packet.type, 0, filters).expect('UNSUBACK');
        break;
      default:
        break; // The others have no identifier of this side's.
    }
  }

  /** The other side sent a packet, which may be an answer. `refused`: a Reason Code of 0x80 or above. */
  answered({ type, packetIdentifier }: ControlPacket & { packetIdentifier: number }, refused: boolean): void {
    const known = this.uses.get(packetIdentifier);
    if (type === 'PUBREC' && !refused && known?.type !== 'SUBSCRIBE' && known?.type !== 'UNSUBSCRIBE') {
      // Who answers a PUBREC of nothing with PUBREL is not at fault.
      const use = known ?? this.begin(packetIdentifier, new OpenUse('PUBLISH', 2, undefined, false));
      if (!known) use.inUse = false;
      use.came(type);
      use.expect('PUBREL');
      return;
    }
    if (!known?.awaits(type)) return;
    known.came(type);
    this.end(packetIdentifier, known);
  }

  /** A PUBREL of this side: there is none without a PUBLISH, but that may have gone over an earlier connection (4.4). */
  private release(packetIdentifier: number): void {
    const use =
      this.uses.get(packetIdentifier) ??
      this.begin(packetIdentifier, new OpenUse('PUBLISH', 2, undefined, false));
    use.came('PUBREL');
    use.expect('PUBCOMP');
  }

  private use(packetIdentifier: number, type: IdentifiedType, qos: QoS, filters?: number): OpenUse {
    const known = this.uses.get(packetIdentifier);
    if (known?.type !== type || known.qos !== qos) {
      if (known) this.end(packetIdentifier, known);
      return this.begin(packetIdentifier, new OpenUse(type, qos, filters, type === 'PUBLISH'));
    }
    // The same once more, with DUP or by mistake, or a new one before the second answer to the last: one more is to come.
    if (!known.inUse && known.counts) this.messagesInFlight++;
    known.inUse = true;
    return known;
  }

  private begin(packetIdentifier: number, use: OpenUse): OpenUse {
    this.uses.set(packetIdentifier, use);
    if (use.counts) this.messagesInFlight++;
    return use;
  }

  private end(packetIdentifier: number, use: OpenUse): void {
    if (use.inUse && use.type === 'PUBLISH') this.messagesInFlight--;
    use.inUse = false;
    if (use.isOver) this.uses.delete(packetIdentifier);
  }
}
