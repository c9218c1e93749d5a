import { assertNever } from '../base/assert';
import type { Connack, Connect, ControlPacket, ProtocolVersion, Publish } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import { largestPacket } from '../protocol/packetFramer';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import { ProtocolViolation, violationTable } from '../protocol/violations';
import { againstAnnounced } from './announced';
import type { ClientCommand, ClientDelivery, ClientEnding, ClientOutcome } from './clientContract';
import { looksLikeConnack, olderServersConnack } from './connackDetection';
import type { TimerName, TransportFailure } from './effects';
import { InboundFlow } from './inboundFlow';
import { ClientKeepAlive } from './keepAlive';
import type { Negotiated } from './negotiated';
import { negotiate } from './negotiated';
import { OutboundFlow } from './outboundFlow';
import { PacketConnection } from './packetConnection';
import { PendingRequests } from './pendingRequests';
import { PublishMessage } from './publishMessage';
import type { SessionState } from './sessionState';
import { TopicAliases } from './topicAliases';
import type { ClientPhase } from './transitions';
import { clientTransition } from './transitions';

export interface ClientConnectionOptions {
  readonly connect: Connect;
  readonly session: SessionState;
  readonly out: PacketWriter;
  /** How long CONNACK may take, in milliseconds. */
  readonly connackPatience: number;
}

/** How many bytes of something that is not MQTT are kept to show. */
const shownBytes = 256;

/** The client's side of one Network Connection: CONNECT to DISCONNECT. */
export class ClientConnection extends PacketConnection<
  ClientCommand,
  ClientDelivery,
  ClientOutcome,
  ClientEnding
> {
  private phase: ClientPhase = 'idle';
  /** The Session had begun before this connection. */
  private readonly hadSession: boolean;
  private firstBytes: number[] = [];
  private negotiated: Negotiated | undefined;
  private inbound: InboundFlow;
  private outbound: OutboundFlow | undefined;
  private readonly inboundAliases: TopicAliases;
  private outboundAliases = new TopicAliases(0);
  private readonly requests: PendingRequests;
  private keepAlive: ClientKeepAlive | undefined;

  constructor(private readonly options: ClientConnectionOptions) {
    const { connect, session, out } = options;
    super(connect.protocolVersion, out, connect.properties.maximumPacketSize);
    this.hadSession = session.hasBegun;
    this.inboundAliases = new TopicAliases(connect.properties.topicAliasMaximum ?? 0);
    const receiveMaximum = connect.properties.receiveMaximum ?? 65_535;
    this.inbound = new InboundFlow(session.received, out, { version: this.version, receiveMaximum });
    this.requests = new PendingRequests(
      session.outbound,
      out,
      this.version,
      () => this.negotiated?.properties ?? noProperties,
      (outcome) => this.settle(outcome),
    );
  }

  protected override command(command: ClientCommand, at: number): void {
    switch (command.kind) {
      case 'connect':
        this.phase = 'awaitingConnack';
        this.options.session.hasBegun = true;
        this.arm('connect', at + this.options.connackPatience);
        this.guarded(() => this.out.write(this.options.connect, this.version));
        break;
      case 'publish':
        this.publish(command.ticket, command.packet, at);
        break;
      case 'subscribe':
      case 'unsubscribe':
        this.requests.add(command);
        break;
      case 'disconnect':
        if (this.phase === 'connected') this.sendDisconnect(command.reasonCode, command.properties);
        this.end({ kind: 'disconnected' });
        break;
      default:
        assertNever(command);
    }
  }

  protected override packet(packet: ControlPacket, at: number): void {
    if (this.phase !== 'awaitingConnack' && this.phase !== 'connected') return;
    const transition = clientTransition(this.phase, packet.type, this.version);
    if ('violation' in transition) {
      throw new ProtocolViolation({ id: transition.violation, offset: 0, value: packet.type });
    }
    // Looked at while there is still a word to be said about it.
    if (packet.type === 'DISCONNECT' && packet.properties.sessionExpiryInterval !== undefined) {
      throw new ProtocolViolation({ id: 'sessionExpiryFromServer', offset: 0 }); // [MQTT-3.14.2-2]
    }
    this.phase = transition.to;
    switch (packet.type) {
      case 'CONNACK':
        this.connack(packet, at);
        break;
      case 'PUBLISH':
        packet.topicName = this.inboundAliases.resolve(packet);
        if (this.inbound.publish(packet)) this.deliver(packet);
        this.inbound.acknowledge(); // [MQTT-4.5.0-2]
        break;
      case 'PUBREL':
        this.inbound.pubrel(packet);
        break;
      case 'PUBACK':
        this.outbound?.puback(packet);
        break;
      case 'PUBREC':
        this.outbound?.pubrec(packet);
        break;
      case 'PUBCOMP':
        this.outbound?.pubcomp(packet);
        break;
      case 'SUBACK':
      case 'UNSUBACK':
        this.requests.answer(packet);
        break;
      case 'PINGRESP':
        this.keepAlive?.pingAnswered();
        this.disarm('pingResponse');
        break;
      case 'DISCONNECT':
        this.end({ kind: 'disconnectedByServer', disconnect: packet });
        break;
      case 'CONNECT':
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
      case 'PINGREQ':
      case 'AUTH':
        break; // The table lets none of them through.
      default:
        assertNever(packet);
    }
  }

  protected override frame(buffer: Uint8Array, start: number, end: number, at: number): void {
    if (this.phase === 'awaitingConnack') {
      const refusal = olderServersConnack(buffer, start, end, this.version);
      if (refusal) return this.refused(refusal, 4);
    }
    super.frame(buffer, start, end, at);
  }

  /** Whether it is MQTT at all shows in the first bytes, long before a Remaining Length made of text is complete. */
  protected override bytesArrived(chunk: Uint8Array, at: number): void {
    this.keepAlive?.heard(at);
    if (this.phase !== 'awaitingConnack') return;
    if (this.firstBytes.length < shownBytes) {
      this.firstBytes.push(...chunk.subarray(0, shownBytes - this.firstBytes.length));
    }
    if (!looksLikeConnack(this.firstBytes, this.version)) this.endAsNotMqtt();
  }

  protected override writable(writable: boolean, at: number): void {
    if (!this.outbound) return;
    if (writable && !this.outbound.writable) this.keepAlive?.caughtUp(at);
    this.outbound.writable = writable;
  }

  protected override release(at: number): boolean {
    if (!this.outbound) return false;
    this.requests.send();
    const more = this.outbound.release(at);
    if (this.out.length > 0) this.keepAlive?.sent(at);
    return more;
  }

  protected override deadline(timer: TimerName, at: number): void {
    switch (timer) {
      case 'connect':
        if (this.phase !== 'awaitingConnack') break;
        if (this.firstBytes.length > 0) this.endAsNotMqtt();
        else this.end({ kind: 'connackTimeout' });
        break;
      case 'keepAlive':
        this.ping(at);
        break;
      case 'pingResponse': {
        const patience = this.keepAlive?.patienceEnds(at, this.outbound?.writable ?? true);
        if (patience !== undefined) this.arm('pingResponse', patience);
        else this.end({ kind: 'keepAliveTimeout' });
        break;
      }
      default:
        assertNever(timer);
    }
  }

  protected override endingOfTransport(failure: TransportFailure | undefined): ClientEnding {
    if (this.phase === 'awaitingConnack' && this.firstBytes.length > 0) return this.notMqtt();
    if (failure) return { kind: 'transport', failure };
    return { kind: 'closedByServer', duringConnect: this.phase !== 'connected' };
  }

  protected override breach(violation: Violation): void {
    if (this.phase === 'connected' && this.version === 5) {
      this.sendDisconnect(violationTable[violation.id].reasonCode, noProperties);
    }
    this.end({ kind: 'protocol', violation });
  }

  protected override end(ending: ClientEnding): void {
    super.end(ending);
    this.phase = 'closed';
    const { outbound } = this.options.session;
    outbound.endAllRequests();
    outbound.clearQueue(); // Nobody waits for these any more; what was sent stays in the Session.
  }

  private connack(packet: Connack, at: number): void {
    const { connect, session } = this.options;
    this.disarm('connect');
    if (packet.reasonCode !== 0) return this.refused(packet, this.version);
    if (packet.sessionPresent && connect.cleanStart) {
      throw new ProtocolViolation({ id: 'sessionPresentUnexpected', offset: 2 }); // [MQTT-3.2.2-2] [MQTT-3.2.2-4]
    }
    // Before 5.0 a client may go on with a Session it knows nothing of.
    if (packet.sessionPresent && !this.hadSession && this.version === 5) {
      session.hasBegun = false;
      this.sendDisconnect(0, noProperties);
      return this.end({ kind: 'sessionUnknown' }); // [MQTT-3.2.2-4]
    }
    // MQTT 3.1 has no Session Present: there the Session is taken to be kept whenever that was asked for.
    const present = packet.sessionPresent || (this.version === 3 && !connect.cleanStart);
    if (!present) session.clear(); // [MQTT-3.2.2-5]
    const negotiated = negotiate(connect, packet);
    this.negotiated = negotiated;
    this.outboundAliases = new TopicAliases(negotiated.topicAliasMaximum);
    this.outbound = new OutboundFlow(
      session.outbound,
      this.out,
      {
        version: this.version,
        receiveMaximum: negotiated.receiveMaximum,
        maximumPacketSize: Math.min(negotiated.maximumPacketSize, largestPacket),
        queueBytes: Infinity,
      },
      {
        completed: (ticket, reasonCode, packetIdentifier) =>
          this.settle({ kind: 'published', ticket, reasonCode, packetIdentifier }),
        rejected: (ticket, violation) => this.settle({ kind: 'rejected', ticket, violation }),
      },
    );
    if (negotiated.keepAlive > 0) {
      this.keepAlive = new ClientKeepAlive(negotiated.keepAlive, at);
      this.arm('keepAlive', this.keepAlive.pingDueAt);
    }
    this.deliver({ type: 'connected', sessionPresent: packet.sessionPresent, negotiated });
    this.outbound.resume(at);
  }

  private refused(connack: Connack, version: ProtocolVersion): void {
    this.options.session.hasBegun = this.hadSession;
    this.end({ kind: 'refusedByServer', version, connack });
  }

  private publish(ticket: number, packet: Publish, at: number): void {
    if (!this.outbound || !this.negotiated) throw new Error('publish before CONNACK');
    const violation = againstAnnounced(packet, this.negotiated.properties);
    if (violation) this.settle({ kind: 'rejected', ticket, violation });
    else this.outbound.publish(new PublishMessage(packet, ticket, this.outboundAliases), at);
  }

  private ping(at: number): void {
    const { keepAlive } = this;
    if (!keepAlive) return;
    if (at >= keepAlive.pingDueAt) {
      this.out.write({ type: 'PINGREQ' }, this.version); // [MQTT-3.1.2-20]
      const patience = keepAlive.pinged(at);
      if (patience !== undefined) this.arm('pingResponse', patience);
    }
    this.arm('keepAlive', keepAlive.pingDueAt);
  }

  private sendDisconnect(reasonCode: number, properties: Properties): void {
    this.out.write({ type: 'DISCONNECT', reasonCode, properties }, this.version);
  }

  private notMqtt(): ClientEnding {
    return { kind: 'notMqtt', firstBytes: Uint8Array.from(this.firstBytes) };
  }

  private endAsNotMqtt(): void {
    this.end(this.notMqtt());
  }
}
