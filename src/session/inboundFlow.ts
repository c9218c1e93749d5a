import type { AcknowledgementType, ProtocolVersion, Publish, Pubrel } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, type Violation, type ViolationId } from '../protocol/violations';
import type { MessageAnswer } from './serverContract';

const packetIdentifierNotFound = 0x92;

/** An acknowledgement that is owed, as one number: the Packet Identifier and these bits. */
const qos2Bit = 0x10000;
/** The message is a repetition of one that was accepted: the answer is known. */
const knownBit = 0x20000;
/** It is the PUBCOMP of a message whose PUBREC is owed, too. */
const completionBit = 0x40000;

/** The Packet Identifiers of QoS 2 messages that were received and not released yet. */
export interface InboundIdentifiers {
  has(packetIdentifier: number): boolean;
  add(packetIdentifier: number): void;
  /** Returns whether it was there. */
  delete(packetIdentifier: number): boolean;
}

export interface InboundLimits {
  readonly version: ProtocolVersion;
  /** How many unacknowledged QoS 1 and 2 messages the sender was allowed (4.9). */
  readonly receiveMaximum: number;
}

/** What a server has to say about what it receives. */
export interface InboundWords {
  /**
   * What an acknowledgement that refuses says about it.
   * @param own what is to be said of this one alone
   */
  remark(reasonCode: number, own?: Properties): Properties;
  /** Hears of packets that break a rule of Packet Identifiers, and are answered all the same. */
  mistaken(violation: Violation): void;
}

/**
 * The receiver's half of the QoS flows on one Network Connection (4.3), the same for client and server. Messages are
 * acknowledged when their new owner says so, in the order they came [MQTT-4.6.0-2] [MQTT-4.6.0-3].
 */
export class InboundFlow {
  private owed: number[] = [];
  private unacknowledgedQos1 = 0;
  /** QoS 2 messages of this connection that were not completed: they count against the Receive Maximum. */
  private open: Set<number> | undefined;
  /**
   * PUBCOMPs for no message of this connection: they may raise the sender's quota, and do so whatever they say (4.9). It is
   * kept no longer than the connection, and so is what is known here of messages that were completed on an earlier one.
   */
  private carriedOver = 0;

  /** @param received the Packet Identifiers the Session remembers */
  constructor(
    private readonly received: InboundIdentifiers,
    private readonly out: PacketWriter,
    private readonly limits: InboundLimits,
    private readonly words?: InboundWords,
  ) {}

  /**
   * Takes a PUBLISH and returns whether it is new, so that it has to be handed on. A QoS 2 message that is known is
   * acknowledged again and goes no further [MQTT-4.3.3-10].
   */
  publish({ qos, packetIdentifier, dup }: Publish): boolean {
    if (qos === 0) return true;
    // Checked first: a message that was not taken must not be remembered as known.
    if (qos === 1 || this.open?.has(packetIdentifier) !== true) this.checkQuota();
    if (qos === 1) {
      if (!dup) this.checkFree(packetIdentifier);
      this.unacknowledgedQos1++;
      this.owed.push(packetIdentifier);
      return true; // [MQTT-4.3.2-5]
    }
    const known = this.received.has(packetIdentifier);
    // If it is another message, and no repetition without DUP, it is lost.
    if (known && !dup) this.inUse(packetIdentifier);
    this.received.add(packetIdentifier);
    (this.open ??= new Set()).add(packetIdentifier);
    this.owed.push(packetIdentifier | qos2Bit | (known ? knownBit : 0));
    return !known;
  }

  /**
   * Takes a PUBLISH whose ownership is accepted at once, as {@link publish} and {@link acknowledge} do one after the other,
   * and returns whether it is new.
   */
  accept(packet: Publish): boolean {
    const { qos } = packet;
    if (qos === 2 || this.owed.length > 0) {
      const isNew = this.publish(packet);
      this.acknowledge();
      return isNew;
    }
    if (qos === 1) {
      this.checkQuota();
      this.write('PUBACK', packet.packetIdentifier, 0); // [MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT-3.3.4-1]
    }
    return true;
  }

  /**
   * Acknowledges messages whose ownership was accepted or refused: the oldest that were handed on, one answer each. Without an
   * argument all are accepted.
   */
  acknowledge(answers?: readonly MessageAnswer[]): void {
    let next = 0;
    let done = 0;
    for (const owed of this.owed) {
      let answer: MessageAnswer = 0;
      if ((owed & (knownBit | completionBit)) === 0 && answers) {
        if (next === answers.length) break;
        answer = answers[next++] ?? 0;
      }
      done++;
      if (typeof answer === 'number') this.answer(owed, answer);
      else this.answer(owed, answer.reasonCode, answer.properties);
    }
    // The usual case is one, and popping it costs less than a new list.
    if (done === 1 && this.owed.length === 1) this.owed.pop();
    else this.owed = done === this.owed.length ? [] : this.owed.slice(done);
  }

  /** What has this identifier must not be under way while a QoS 2 message has it [MQTT-2.2.1-3]. */
  checkFree(packetIdentifier: number): void {
    if (this.received.has(packetIdentifier)) this.inUse(packetIdentifier);
  }

  /** Completes QoS 2 [MQTT-4.3.3-11], whether or not its message has expired meanwhile [MQTT-4.3.3-13]. */
  pubrel({ packetIdentifier, reasonCode }: Pubrel): void {
    const known = this.received.delete(packetIdentifier); // [MQTT-4.3.3-12]
    if (!known && reasonCode !== packetIdentifierNotFound)
      this.mistaken('acknowledgementUnmatched', packetIdentifier, 'PUBREL'); // [MQTT-2.2.1-5]
    if (!this.closed(packetIdentifier)) this.carriedOver++;
    // Who does not wait for PUBREC still gets it before PUBCOMP.
    if (known && this.owed.some((owed) => (owed & ~knownBit) === (packetIdentifier | qos2Bit))) {
      this.owed.push(packetIdentifier | completionBit);
    } else this.write('PUBCOMP', packetIdentifier, known ? 0 : packetIdentifierNotFound);
  }

  private inUse(packetIdentifier: number): void {
    this.mistaken('packetIdentifierInUse', packetIdentifier);
  }

  private mistaken(id: ViolationId, value: number, subject?: 'PUBREL'): void {
    this.words?.mistaken({ id, offset: 0, value, ...(subject && { subject }) });
  }

  /** Whether it was open; it is not any more. */
  private closed(packetIdentifier: number): boolean {
    const was = this.open?.delete(packetIdentifier) === true;
    if (this.open?.size === 0) this.open = undefined;
    return was;
  }

  private answer(owed: number, reasonCode: number, own?: Properties): void {
    const packetIdentifier = owed & 0xffff; // [MQTT-3.3.4-1]
    if ((owed & completionBit) !== 0) return this.write('PUBCOMP', packetIdentifier, 0);
    if ((owed & qos2Bit) === 0) {
      this.unacknowledgedQos1--;
      this.write('PUBACK', packetIdentifier, reasonCode, own); // [MQTT-4.3.2-4]
      return;
    }
    this.write('PUBREC', packetIdentifier, reasonCode, own); // [MQTT-4.3.3-8]
    if (reasonCode >= 0x80) {
      this.received.delete(packetIdentifier); // [MQTT-4.3.3-9]
      this.closed(packetIdentifier);
    }
  }

  private checkQuota(): void {
    const { receiveMaximum } = this.limits;
    if (this.unacknowledgedQos1 + (this.open?.size ?? 0) >= receiveMaximum + this.carriedOver) {
      throw new ProtocolViolation({ id: 'receiveMaximumExceeded', offset: 0, value: receiveMaximum }); // [MQTT-3.3.4-9]
    }
  }

  private write(
    type: Exclude<AcknowledgementType, 'PUBREL'>,
    packetIdentifier: number,
    reasonCode: number,
    own?: Properties,
  ): void {
    if (reasonCode === 0) return this.out.acknowledge(type, packetIdentifier);
    const properties = (reasonCode >= 0x80 && this.words?.remark(reasonCode, own)) || noProperties;
    this.out.write({ type, packetIdentifier, reasonCode, properties }, this.limits.version);
  }
}
