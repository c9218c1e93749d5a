import type { Puback, Pubcomp, Pubrec, QoS } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import { ProtocolViolation } from '../protocol/violations';
import type { InflightStore, OutboundMessage, PublishForm } from './inflightStore';
import { maximumPacketIdentifier } from './inflightStore';
import type { OutboundLimits } from './outboundLimits';
import { PubrecRemarks } from './pubrecRemarks';
import { mostBytesTogether } from './publishRun';
import { UnsentMessages } from './unsentMessages';

const packetIdentifierNotFound = 0x92;

const nothing: readonly never[] = [];

/** Hears what became of the messages that have a ticket. */
export interface OutboundListener {
  /** The delivery is complete (QoS 1 and 2), or the message was written (QoS 0). Code and Properties are those of the answer. */
  completed(ticket: number, reasonCode: number, packetIdentifier: number, properties: Properties): void;
  /** The message breaks a rule and was not sent. */
  rejected(ticket: number, violation: Violation): void;
  /** Its Message Expiry Interval passed before it could be sent. */
  expired(ticket: number): void;
  /** It could not be encoded, for another reason than a rule. */
  unencodable?(ticket: number, error: unknown): void;
  /** An acknowledgement came that nothing waits for, and is ignored. */
  mistaken?(violation: Violation): void;
}

/** What of an {@link OutboundFlow} is of use to others. */
export type SentCounts = Pick<
  OutboundFlow,
  'droppedMessages' | 'writtenMessages' | 'writtenPayload' | 'waitingBytes' | 'dropUnsent'
>;

/**
 * The sender's half of the QoS flows on one Network Connection (4.3), the same for client and server. It numbers
 * messages, keeps to the receiver's quota (4.9) and to what the transport takes, and sends again after a reconnect (4.4).
 */
export class OutboundFlow {
  /** Messages nobody has a ticket for that were not sent: the receiver is slower than they come, or they are too large for it. */
  droppedMessages = 0;
  /** PUBLISH packets that were written. */
  writtenMessages = 0;
  /** Bytes of their payloads. */
  writtenPayload = 0;
  writable = true;
  /** QoS 1 and 2 messages wait for {@link resume}: something has to be sent before them. */
  isHeld = false;
  private quota: number;
  /** QoS 0 messages that wait for the transport. */
  private readonly unsent: UnsentMessages;
  /** What has to be sent again, and how far that went. */
  private again: readonly (readonly [number, OutboundMessage])[] = nothing;
  private nextAgain = 0;
  /** Sent on an earlier connection and not on this: they took nothing of its quota, so their end gives nothing back (4.9). */
  private carriedOver: Set<number> | undefined;
  /** QoS 2 messages that are in flight on this connection; followed only where there is a bound. */
  private qos2InFlight: Set<number> | undefined;
  private readonly qos2Maximum: number;
  private remarks: PubrecRemarks | undefined;

  /** How the message that is being written is; the same object for all of them. */
  private readonly form: { -readonly [K in keyof PublishForm]: PublishForm[K] };

  constructor(
    private readonly store: InflightStore,
    private readonly out: PacketWriter,
    private readonly limits: OutboundLimits,
    private readonly listener: OutboundListener,
  ) {
    this.quota = limits.receiveMaximum; // [MQTT-4.9.0-1]
    const { version, maximumPacketSize: mostBytes, aliases, qos2Maximum = maximumPacketIdentifier } = limits;
    this.qos2Maximum = qos2Maximum;
    this.unsent = new UnsentMessages(limits.queueBytes, limits.total);
    this.form = { version, packetIdentifier: 0, dup: false, at: 0, mostBytes, aliases };
  }

  /** Sends a message, or lets it wait its turn. */
  publish(message: OutboundMessage, at: number): void {
    if (message.qos > 0) {
      const isNext = !this.isHeld && this.store.queue.length === 0;
      if (!isNext || !this.sendNumbered(message, at)) this.store.enqueue(message);
    } else if (this.hasRoom && this.unsent.length === 0) {
      this.sendUnnumbered(message, at);
    } else if (this.unsent.push(message)) message.keep?.();
    else this.droppedMessages++;
  }

  /** Whether nothing of this connection makes a run of QoS 0 messages different from what others get. */
  takesRuns(longest: number): boolean {
    const { aliases, maximumPacketSize } = this.limits;
    return aliases === undefined && maximumPacketSize >= longest && this.unsent.length === 0;
  }

  /** The same messages leave by another way, if there is room for them: returns whether there is. */
  passRun(count: number, payload: number): boolean {
    if (!this.writable) return false;
    this.writtenMessages += count;
    this.writtenPayload += payload;
    return true;
  }

  /** Sends QoS 0 messages that somebody has written already; returns whether there is room for them. */
  publishRun(bytes: Uint8Array, count: number, payload: number): boolean {
    if (!this.writable || this.out.length + bytes.length > mostBytesTogether) return false;
    this.out.append(bytes);
    this.writtenMessages += count;
    this.writtenPayload += payload;
    return true;
  }

  /**
   * Continues a Session: what was sent and not acknowledged is sent again with its Packet Identifier, each kind in its
   * original order [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-4.6.0-4]. PUBREL does not count against the quota.
   */
  resume(at: number): void {
    this.isHeld = false;
    for (const identifier of this.store.released.keys()) {
      this.carryOver(identifier);
      this.began(2, identifier);
      this.writePubrel(identifier, 0);
    }
    this.again = [...this.store.unacknowledged];
    for (const [identifier] of this.again) this.carryOver(identifier);
    this.release(at);
  }

  /** Sends what waits, as far as quota, identifiers and transport go. Returns whether more could be sent at once. */
  release(at: number): boolean {
    if (this.isHeld) return false;
    this.sendAgain(at);
    const { queue } = this.store;
    for (let message = queue.peek(); message && this.hasRoom; message = queue.peek()) {
      // [MQTT-3.3.2-5]
      if (message.hasExpired(at)) this.expire(message);
      else if (this.limits.withholds?.(message) === true) this.store.forget(message);
      else if (!this.sendNumbered(message, at)) break;
      this.store.dequeue();
    }
    for (let message = this.unsent.peek(); message && this.hasRoom; message = this.unsent.peek()) {
      this.unsent.shift();
      if (message.hasExpired(at)) this.expire(message);
      else this.sendUnnumbered(message, at);
    }
    return this.writable && (this.unsent.length > 0 || this.couldSendNumbered);
  }

  /** Ends QoS 0 messages that have expired while they wait for the transport. */
  expireUnsent(at: number): void {
    for (const message of this.unsent.takeExpired(at)) this.expire(message);
  }

  /** The connection is over, and with it the QoS 0 messages that wait for the transport: they count as dropped. */
  dropUnsent(): void {
    this.droppedMessages += this.unsent.length;
    this.unsent.clear();
  }

  /** When the first QoS 0 message that waits for the transport expires after `at`; both in milliseconds since the epoch. */
  nextExpiry(at: number): number {
    return this.unsent.nextExpiry(at);
  }

  /** QoS 1 is complete [MQTT-4.3.2-3], whatever the Reason Code says [MQTT-4.4.0-2] [MQTT-4.8.2-6]. */
  puback({ packetIdentifier, reasonCode, properties }: Puback): void {
    this.acknowledged(packetIdentifier, reasonCode, properties);
  }

  /** The same for a PUBACK that no object was made of: most say nothing but that the message was taken. */
  acknowledged(packetIdentifier: number, reasonCode = 0, properties = noProperties): void {
    const message = this.store.unacknowledged.get(packetIdentifier);
    if (!message) return this.unmatched('PUBACK', packetIdentifier);
    if (message.qos !== 1) throw mismatch('PUBACK');
    this.store.removeSent(packetIdentifier);
    this.complete(message.ticket, reasonCode, packetIdentifier, properties);
  }

  /** QoS 2: the receiver owns the message, or refused it for good. */
  pubrec(packet: Pubrec): void {
    const { packetIdentifier, reasonCode, properties } = packet;
    const message = this.store.unacknowledged.get(packetIdentifier);
    if (message) {
      if (message.qos !== 2) throw mismatch('PUBREC');
      if (reasonCode >= 0x80) {
        this.store.removeSent(packetIdentifier);
        this.complete(message.ticket, reasonCode, packetIdentifier, properties); // [MQTT-4.4.0-2] [MQTT-4.8.2-6]
        return;
      }
      const isRemark = reasonCode !== 0 || properties !== noProperties;
      if (isRemark && message.ticket !== 0) (this.remarks ??= new PubrecRemarks()).note(packet);
      this.store.release(packetIdentifier); // [MQTT-4.3.3-3] [MQTT-4.3.3-6]
    }
    const known = this.store.released.has(packetIdentifier);
    if (!known) this.unmatched('PUBREC', packetIdentifier);
    if (known || reasonCode < 0x80) this.writePubrel(packetIdentifier, known ? 0 : packetIdentifierNotFound); // [MQTT-4.3.3-4]
  }

  /** QoS 2 is complete. */
  pubcomp({ packetIdentifier, reasonCode, properties }: Pubcomp): void {
    if (this.store.unacknowledged.has(packetIdentifier)) throw mismatch('PUBCOMP');
    const violation = this.store.abandonedFor(packetIdentifier);
    const ticket = this.store.complete(packetIdentifier); // [MQTT-4.3.3-5]
    if (ticket === undefined) return this.unmatched('PUBCOMP', packetIdentifier);
    // Before 5.0 PUBCOMP does not tell whether there was a message.
    if (violation && (reasonCode === packetIdentifierNotFound || this.limits.version < 5)) {
      this.qos2InFlight?.delete(packetIdentifier);
      this.wasCarriedOver(packetIdentifier);
      return this.reject(ticket, violation);
    }
    // PUBREL was sent again and the receiver had it the first time: not an error (3.7.2.1).
    const wasComplete =
      reasonCode === packetIdentifierNotFound && this.carriedOver?.has(packetIdentifier) === true;
    const answer = wasComplete ? 0 : reasonCode;
    const remark = this.remarks?.take(packetIdentifier);
    if (!remark) return this.complete(ticket, answer, packetIdentifier, properties);
    const code = answer === 0 ? remark.reasonCode : answer;
    this.complete(ticket, code, packetIdentifier, { ...remark.properties, ...properties });
  }

  /** Bytes of the QoS 0 messages that wait. */
  get waitingBytes(): number {
    return this.unsent.waitingBytes;
  }

  private get hasRoom(): boolean {
    return this.writable && this.out.length < mostBytesTogether;
  }

  private get couldSendNumbered(): boolean {
    if (this.quota === 0) return false;
    const next = this.again[this.nextAgain];
    if (next) return !this.isBarred(next[1]);
    const queued = this.store.queue.peek();
    return (
      queued !== undefined && !this.isBarred(queued) && this.store.identifiersInUse < maximumPacketIdentifier
    );
  }

  /** Whether a message has to wait for others of QoS 2, and what comes behind it with it. */
  private isBarred({ qos }: OutboundMessage): boolean {
    return qos === 2 && (this.qos2InFlight?.size ?? 0) >= this.qos2Maximum;
  }

  private began(qos: QoS, packetIdentifier: number): void {
    // No more than there are identifiers can be in flight anyway.
    if (qos === 2 && this.qos2Maximum < maximumPacketIdentifier) {
      (this.qos2InFlight ??= new Set()).add(packetIdentifier);
    }
  }

  private carryOver(packetIdentifier: number): void {
    (this.carriedOver ??= new Set()).add(packetIdentifier);
  }

  /** Whether it was; it is not any more. */
  private wasCarriedOver(packetIdentifier: number): boolean {
    const was = this.carriedOver?.delete(packetIdentifier) === true;
    if (this.carriedOver?.size === 0) this.carriedOver = undefined;
    return was;
  }

  /** What was sent does not expire any more [MQTT-4.3.3-7]. */
  private sendAgain(at: number): void {
    for (; this.nextAgain < this.again.length && this.hasRoom && this.quota > 0; this.nextAgain++) {
      const entry = this.again[this.nextAgain];
      if (!entry || !this.store.unacknowledged.has(entry[0])) continue;
      const [identifier, message] = entry;
      if (this.isBarred(message)) break;
      const violation = this.limits.refuses?.(message);
      if (violation) this.refuseAgain(identifier, message, violation);
      if (!violation && this.write(message, identifier, true, at)) {
        this.began(message.qos, identifier);
        this.wasCarriedOver(identifier);
        this.quota--;
      } else if (!this.store.abandonedFor(identifier)) {
        this.wasCarriedOver(identifier);
        this.store.removeSent(identifier);
      }
    }
    if (this.nextAgain === this.again.length) {
      this.again = nothing;
      this.nextAgain = 0;
    }
  }

  /** Returns whether the message is dealt with: sent, or never to be sent. Only a PUBLISH waits for the quota [MQTT-3.3.4-10]. */
  private sendNumbered(message: OutboundMessage, at: number): boolean {
    if (this.quota === 0 || this.again.length > 0 || !this.hasRoom) return false; // [MQTT-4.9.0-2] [MQTT-3.3.4-7]
    if (this.isBarred(message)) return false;
    const identifier = this.store.nextIdentifier();
    if (identifier === undefined) return false;
    // [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT-4.3.3-1] [MQTT-4.3.3-2]
    if (this.write(message, identifier, false, at)) {
      this.store.addSent(identifier, message);
      this.began(message.qos, identifier);
      this.quota--;
    } else this.store.forget(message);
    return true;
  }

  private sendUnnumbered(message: OutboundMessage, at: number): void {
    // [MQTT-4.3.1-1] [MQTT-3.3.1-2]
    if (this.write(message, 0, false, at) && message.ticket !== 0)
      this.listener.completed(message.ticket, 0, 0, noProperties);
  }

  /** Writes a PUBLISH, or rejects it where it breaks a rule or is larger than the receiver takes. */
  private write(message: OutboundMessage, packetIdentifier: number, dup: boolean, at: number): boolean {
    const { form } = this;
    form.packetIdentifier = packetIdentifier;
    form.dup = dup;
    form.at = at;
    try {
      // [MQTT-3.3.1-1] [MQTT-3.1.2-24] [MQTT-3.1.2-25] [MQTT-3.2.2-15]
      message.write(this.out, form);
      this.writtenMessages++;
      this.writtenPayload += message.payloadBytes ?? 0;
      return true;
    } catch (error) {
      const violation = error instanceof ProtocolViolation ? error.violation : undefined;
      if (dup && violation) this.refuseAgain(packetIdentifier, message, violation);
      else if (!violation) {
        if (message.ticket === 0 || !this.listener.unencodable) throw error;
        this.listener.unencodable(message.ticket, error);
      } else this.reject(message.ticket, violation);
      return false;
    }
  }

  private refuseAgain(
    packetIdentifier: number,
    { qos, ticket }: OutboundMessage,
    violation: Violation,
  ): void {
    if (qos === 2) this.abandon(packetIdentifier, violation);
    else this.reject(ticket, violation);
  }

  /**
   * A QoS 2 message was sent on an earlier connection and cannot be again: the receiver takes less now. It may have it, and
   * would take the next one of that identifier for the same: PUBREL ends that, and its PUBCOMP tells whether it had.
   */
  private abandon(packetIdentifier: number, violation: Violation): void {
    this.store.abandon(packetIdentifier, violation);
    this.writePubrel(packetIdentifier, 0);
  }

  private reject(ticket: number, violation: Violation): void {
    if (ticket === 0) this.droppedMessages++;
    else this.listener.rejected(ticket, violation);
  }

  private expire(message: OutboundMessage): void {
    if (message.qos > 0) this.store.forget(message);
    if (message.ticket !== 0) this.listener.expired(message.ticket);
  }

  /** [MQTT-2.2.1-5] */
  private unmatched(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', value: number): void {
    this.listener.mistaken?.(
      this.store.released.has(value)
        ? { id: 'acknowledgementOfOtherQos', offset: 0, value: type }
        : { id: 'acknowledgementUnmatched', offset: 0, value, subject: type },
    );
  }

  private complete(
    ticket: number,
    reasonCode: number,
    packetIdentifier: number,
    properties: Properties,
  ): void {
    this.qos2InFlight?.delete(packetIdentifier);
    if (!this.carriedOver || !this.wasCarriedOver(packetIdentifier)) this.quota++;
    if (ticket !== 0) this.listener.completed(ticket, reasonCode, packetIdentifier, properties);
  }

  private writePubrel(packetIdentifier: number, reasonCode: number): void {
    if (reasonCode === 0) return this.out.acknowledge('PUBREL', packetIdentifier);
    const packet = { type: 'PUBREL', packetIdentifier, reasonCode, properties: noProperties } as const;
    this.out.write(packet, this.limits.version);
  }
}

function mismatch(value: string): ProtocolViolation {
  return new ProtocolViolation({ id: 'acknowledgementOfOtherQos', offset: 0, value });
}
