import { Fifo } from '../base/fifo';
import type { ProtocolVersion, QoS } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { Violation } from '../protocol/violations';
import type { HeldTotal } from './heldTotal';
import type { OutboundAliases } from './outboundAliases';
import { SentMessages } from './sentMessages';
import type { SessionChanges } from './sessionChanges';
import type { KeptMessage } from './sessionJournal';

/** How a message is written this time. */
export interface PublishForm {
  readonly version: ProtocolVersion;
  /** 0 at QoS 0. */
  readonly packetIdentifier: number;
  readonly dup: boolean;
  /** When it is sent, in milliseconds since the epoch. */
  readonly at: number;
  /** The largest packet the receiver takes. */
  readonly mostBytes: number;
  /** Those of the connection it is sent on, where there may be any. */
  readonly aliases?: OutboundAliases | undefined;
}

/** An Application Message on its way out. How it is kept and written is its own affair: a server shares it between clients. */
export interface OutboundMessage {
  readonly qos: QoS;
  /** About how many bytes it takes while it waits. */
  readonly size: number;
  /** Bytes of its payload, where somebody counts them. */
  readonly payloadBytes?: number;
  /** Names the request that waits for its outcome; 0 where nobody does. */
  readonly ticket: number;
  /** When it expires, in milliseconds since the epoch; absent where nobody is told at that time. */
  readonly expiresAt?: number;
  /** Whether its Message Expiry Interval has passed. */
  hasExpired(at: number): boolean;
  /** Throws a ProtocolViolation, with nothing written, where it breaks a rule or its packet is larger than `mostBytes`. */
  write(out: PacketWriter, form: PublishForm): void;
  /** What a journal keeps of it; messages without that are not kept. */
  kept?(): KeptMessage;
  /** At QoS 0: more than one receiver gets it, and its bytes are the same for all of one version, whenever it is sent. */
  readonly isSameForAll?: boolean;
  /** It is going to wait beyond the call: what belongs to somebody else has to be copied. */
  keep?(): void;
}

/** What waited for PUBCOMP when the other side lost the Session. */
export type ReleasedMessage = readonly [
  identifier: number,
  ticket: number,
  abandonedFor: Violation | undefined,
];

export const maximumPacketIdentifier = 65_535;

/** Of all that have none. */
const noneReleased: ReadonlyMap<number, number> = new Map();

/** What one side has sent, or is about to send, and the other has not acknowledged: half of the Session State (4.1). */
export class InflightStore {
  /** QoS 1 and 2 messages that have no Packet Identifier yet, oldest first. */
  readonly queue = new Fifo<OutboundMessage>();
  private releasedTickets: Map<number, number> | undefined;
  /** Of those, what no PUBREC has come for: it could not be sent again; and why. It outlives connections as they do. */
  private abandonedMessages: Map<number, Violation> | undefined;
  private requests: Set<number> | undefined;
  private readonly sentMessages = new SentMessages();
  private held = 0;
  private taken = 0;
  private last = 0;
  /** Hears every step, where a journal keeps them. */
  changes: SessionChanges | undefined;
  /** Adds up what several stores hold. */
  private total: HeldTotal | undefined;

  /** PUBREL was sent and waits for PUBCOMP: the ticket, in the order of the PUBRECs. */
  get released(): ReadonlyMap<number, number> {
    return this.releasedTickets ?? noneReleased;
  }

  /** PUBLISH was sent and waits for PUBACK or PUBREC; in the order of sending. */
  get unacknowledged(): Omit<SentMessages, 'set' | 'delete' | 'clear'> {
    return this.sentMessages;
  }

  /** Bytes of the messages that wait, in the queue or for their acknowledgement. */
  get heldBytes(): number {
    return this.held;
  }

  /** From now on what is held counts for a total too, or for none any more. */
  countIn(total: HeldTotal | undefined): void {
    const { held } = this;
    this.hold(-held);
    this.total = total;
    this.hold(held);
  }

  /** How many messages the other side has acknowledged, ever: it grows while that goes on taking them. */
  get takenMessages(): number {
    return this.taken;
  }

  get identifiersInUse(): number {
    return this.sentMessages.size + this.released.size + (this.requests?.size ?? 0);
  }

  enqueue(message: OutboundMessage): void {
    // First: one that cannot be kept throws, and is not to be sent either.
    this.changes?.queued(message);
    this.queue.push(message);
    this.hold(message.size);
  }

  /** Takes out the oldest message, which {@link addSent} or {@link forget} follows. */
  dequeue(): OutboundMessage | undefined {
    const message = this.queue.shift();
    if (message) this.hold(-message.size);
    return message;
  }

  /** A message will not be sent. */
  forget(message: OutboundMessage): void {
    this.changes?.forgotten(message);
  }

  /** Takes what must not be sent out of the queue; {@link forget} follows for each. */
  takeOut(unwanted: (message: OutboundMessage) => boolean): readonly OutboundMessage[] {
    const taken: OutboundMessage[] = [];
    for (let count = this.queue.length; count > 0; count--) {
      const message = this.queue.shift();
      if (!message) break;
      if (unwanted(message)) taken.push(message);
      else this.queue.push(message);
    }
    for (const { size } of taken) this.hold(-size);
    return taken;
  }

  /** PUBLISH was sent. */
  addSent(identifier: number, message: OutboundMessage): void {
    this.sentMessages.set(identifier, message);
    this.hold(message.size);
    this.changes?.sent(message, identifier);
  }

  /** PUBACK has come, or a PUBREC that refuses, or nothing will. */
  removeSent(identifier: number): void {
    const message = this.takeSent(identifier);
    if (message) this.changes?.acknowledged(message, 'completed', identifier);
  }

  /** PUBREC has come, so that PUBREL goes out. */
  release(identifier: number): void {
    const message = this.takeSent(identifier);
    if (!message) return;
    this.noteReleased(identifier, message.ticket);
    this.changes?.acknowledged(message, 'released', identifier);
  }

  /** PUBREL goes out for a message that the other side may never have had, since it cannot be sent again. */
  abandon(identifier: number, violation: Violation): void {
    if (this.sentMessages.has(identifier)) (this.abandonedMessages ??= new Map()).set(identifier, violation);
    this.release(identifier);
  }

  /** Why a message that was released was not sent again; undefined for one that the other side has taken. */
  abandonedFor(identifier: number): Violation | undefined {
    return this.abandonedMessages?.get(identifier);
  }

  /** The tickets of what was abandoned and did not end yet. */
  get abandonedTickets(): ReadonlySet<number> {
    const identifiers = [...(this.abandonedMessages?.keys() ?? [])];
    return new Set(identifiers.map((identifier) => this.released.get(identifier) ?? 0));
  }

  /** PUBCOMP has come. Returns the ticket of the message, or undefined where none waits for it. */
  complete(identifier: number): number | undefined {
    const ticket = this.releasedTickets?.get(identifier);
    if (ticket === undefined) return undefined;
    this.releasedTickets?.delete(identifier);
    if (this.releasedTickets?.size === 0) this.releasedTickets = undefined;
    this.abandonedMessages?.delete(identifier);
    if (this.abandonedMessages?.size === 0) this.abandonedMessages = undefined;
    this.changes?.add({ kind: 'completed', packetIdentifier: identifier });
    return ticket;
  }

  /** As a journal has it: sent before, and not acknowledged. */
  restore(identifier: number, message: OutboundMessage): void {
    this.sentMessages.set(identifier, message);
    this.hold(message.size);
  }

  /** As a journal has it: PUBREL was sent; `ticket` is 0 where nobody is to hear of its end. */
  restoreReleased(identifier: number, ticket: number): void {
    this.noteReleased(identifier, ticket);
  }

  /**
   * The other side has lost the Session. What was sent and is not acknowledged waits to be sent anew, before what was
   * queued. Returns what was released, Packet Identifier and ticket: those messages were taken and must not go out twice. One
   * that was {@link abandon abandoned} has its reason as well.
   */
  startAnew(): readonly ReleasedMessage[] {
    const waiting = [...this.sentMessages.values(), ...this.queue];
    this.sentMessages.clear();
    this.queue.clear();
    for (const message of waiting) this.queue.push(message);
    const released = [...this.released].map(([identifier, ticket]): ReleasedMessage => [
      identifier,
      ticket,
      this.abandonedFor(identifier),
    ]);
    this.releasedTickets = undefined;
    this.abandonedMessages = undefined;
    return released;
  }

  /**
   * A Packet Identifier that nothing in flight has, or undefined while all 65,535 are taken. PUBLISH, SUBSCRIBE and
   * UNSUBSCRIBE draw from one set (2.2.1) [MQTT-2.2.1-3] [MQTT-2.2.1-4].
   */
  nextIdentifier(): number | undefined {
    if (this.identifiersInUse >= maximumPacketIdentifier) return undefined;
    do {
      this.last = (this.last % maximumPacketIdentifier) + 1;
    } while (this.isInUse(this.last));
    return this.last;
  }

  /** Takes an identifier for SUBSCRIBE or UNSUBSCRIBE until {@link endRequest}. */
  beginRequest(): number | undefined {
    const identifier = this.nextIdentifier();
    if (identifier !== undefined) (this.requests ??= new Set()).add(identifier);
    return identifier;
  }

  endRequest(identifier: number): void {
    this.requests?.delete(identifier);
  }

  /** Requests belong to the Network Connection, not to the Session (4.1). */
  endAllRequests(): void {
    this.requests = undefined;
  }

  clear(): void {
    this.queue.clear();
    this.sentMessages.clear();
    this.hold(-this.held);
    this.releasedTickets = undefined;
    this.abandonedMessages = undefined;
    this.requests = undefined;
  }

  private noteReleased(identifier: number, ticket: number): void {
    (this.releasedTickets ??= new Map()).set(identifier, ticket);
  }

  private hold(bytes: number): void {
    this.held += bytes;
    if (this.total) this.total.bytes += bytes;
  }

  private takeSent(identifier: number): OutboundMessage | undefined {
    const message = this.sentMessages.delete(identifier);
    if (!message) return undefined;
    this.hold(-message.size);
    this.taken++;
    return message;
  }

  private isInUse(identifier: number): boolean {
    return (
      this.sentMessages.has(identifier) ||
      this.releasedTickets?.has(identifier) === true ||
      this.requests?.has(identifier) === true
    );
  }
}
