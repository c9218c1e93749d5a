import type { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { largestPacket } from '../protocol/packetFramer';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, type Violation } from '../protocol/violations';
import { againstAnnounced } from './announced';
import type { ClientOutcome } from './clientContract';
import type { OutboundMessage } from './inflightStore';
import type { Negotiated } from './negotiated';
import { OutboundAliases } from './outboundAliases';
import { OutboundFlow } from './outboundFlow';
import { PublishMessage } from './publishMessage';
import type { PublishRun } from './publishRun';
import type { SessionState } from './sessionState';
import { TopicAliases } from './topicAliases';

/** What a client sends on one Network Connection, from what the Session has to what the server said it takes. */
export class ClientPublishing {
  /** Where messages go once CONNACK has accepted. */
  flow: OutboundFlow | undefined;
  private negotiated: Negotiated | undefined;
  /** What the aliases of its owner stand for in the order of publishing, which is not that of sending. */
  private ownersAliases = new TopicAliases(0);

  constructor(
    private readonly session: SessionState,
    private readonly out: PacketWriter,
    private readonly version: ProtocolVersion,
    private readonly choosingAliases: boolean,
    /** How many QoS 2 messages may be in flight below 5.0. */
    private readonly qos2Maximum: number | undefined,
    private readonly settle: (outcome: ClientOutcome) => void,
  ) {}

  /** The largest packet the server takes, in bytes. */
  get mostBytes(): number {
    return Math.min(this.negotiated?.maximumPacketSize ?? largestPacket, largestPacket);
  }

  /**
   * CONNACK has accepted; {@link OutboundFlow.resume} follows.
   * @param goesOn whether the server kept the Session
   */
  begin(negotiated: Negotiated, goesOn: boolean): OutboundFlow {
    if (!goesOn) this.sessionLost(); // [MQTT-3.2.2-5]
    this.negotiated = negotiated;
    this.ownersAliases = new TopicAliases(negotiated.topicAliasMaximum);
    this.flow = new OutboundFlow(
      this.session.outbound,
      this.out,
      {
        version: this.version,
        receiveMaximum: negotiated.receiveMaximum,
        maximumPacketSize: this.mostBytes,
        queueBytes: Infinity,
        ...(this.version !== 5 && this.qos2Maximum !== undefined && { qos2Maximum: this.qos2Maximum }),
        ...(!takesAll(negotiated) && { refuses: (message) => violationOf(message, negotiated) }),
        aliases: new OutboundAliases(negotiated.topicAliasMaximum, this.choosingAliases),
      },
      {
        completed: (ticket, reasonCode, packetIdentifier, properties) =>
          this.settle({ kind: 'published', ticket, reasonCode, packetIdentifier, properties }),
        rejected: (ticket, violation) => this.settle({ kind: 'rejected', ticket, violation }),
        expired: (ticket) => this.settle({ kind: 'expired', ticket }),
        unencodable: (ticket, error) => this.settle({ kind: 'unencodable', ticket, error }),
      },
    );
    this.refuseUnannounced(negotiated);
    return this.flow;
  }

  send(message: PublishMessage, at: number): void {
    if (!this.flow || !this.negotiated) throw new Error('publish before CONNACK');
    message.isTaken = true;
    const violation =
      againstAnnounced(message.packet, this.negotiated.properties) ?? message.resolve(this.ownersAliases);
    if (violation) this.refuse(message, violation);
    else if (message.hasExpired(at)) this.settle({ kind: 'expired', ticket: message.ticket });
    else {
      try {
        this.flow.publish(message, at);
      } catch (error) {
        this.settle(unkeptOutcome(message.ticket, error));
      }
    }
  }

  sendRun(run: PublishRun, at: number): void {
    if (!this.flow) throw new Error('publish before CONNACK');
    this.flow.publish(run, at);
  }

  /** A message that was handed over and never sent goes out on another connection. Returns the rule it breaks where it cannot. */
  leave(message: PublishMessage): Violation | undefined {
    const violation = message.resolve(this.ownersAliases);
    return message.leave() ? undefined : violation;
  }

  /** The connection is over; what waits goes out on another. */
  end(): void {
    const { outbound } = this.session;
    outbound.endAllRequests();
    for (const message of outbound.queue) {
      if (message instanceof PublishMessage) message.leave();
    }
  }

  private sessionLost(): void {
    for (const [packetIdentifier, ticket, violation] of this.session.startAnew()) {
      if (ticket === 0) continue;
      if (violation) this.settle({ kind: 'rejected', ticket, violation });
      else
        this.settle({
          kind: 'published',
          ticket,
          reasonCode: 0,
          packetIdentifier,
          properties: noProperties,
          sessionLost: true,
        });
    }
  }

  /** What was queued before the server said what it takes. */
  private refuseUnannounced(negotiated: Negotiated): void {
    const { outbound } = this.session;
    if (takesAll(negotiated)) return;
    for (const message of outbound.takeOut((message) => violationOf(message, negotiated) !== undefined)) {
      const violation = violationOf(message, negotiated);
      if (violation) this.refuse(message, violation);
    }
  }

  private refuse(message: OutboundMessage, violation: Violation): void {
    this.session.outbound.forget(message);
    if (message.ticket !== 0) this.settle({ kind: 'rejected', ticket: message.ticket, violation });
  }
}

function takesAll({ maximumQoS, retainAvailable }: Negotiated): boolean {
  return maximumQoS === 2 && retainAvailable;
}

/** [MQTT-3.2.2-11] [MQTT-3.2.2-14] */
function violationOf(message: OutboundMessage, { properties }: Negotiated): Violation | undefined {
  return message instanceof PublishMessage ? againstAnnounced(message.packet, properties) : undefined;
}

/** Of a message that has to wait and that the journal cannot have, as encoding it threw `error`. */
export function unkeptOutcome(ticket: number, error: unknown): ClientOutcome {
  return error instanceof ProtocolViolation
    ? { kind: 'rejected', ticket, violation: error.violation }
    : { kind: 'unencodable', ticket, error };
}
