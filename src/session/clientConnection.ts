import { assertNever } from '../base/assert';
import type { Connack, ControlPacket, ProtocolVersion } from '../protocol/controlPacket';
import type { Sender } from '../protocol/dissectionContext';
import type { Properties } from '../protocol/properties';
import { reasonCodeIn } from '../protocol/reasonCodes';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import { ProtocolViolation, violationTable } from '../protocol/violations';
import { type AuthenticationProblem, ClientAuthentication, reasonCodeOf } from './clientAuthentication';
import type {
  ClientCommand,
  ClientConnectionOptions,
  ClientDelivery,
  ClientEnding,
  ClientOutcome,
} from './clientContract';
import { ClientLiveness } from './clientLiveness';
import { ClientPublishing } from './clientPublishing';
import { FirstBytes, olderServersConnack } from './connackDetection';
import { writeDisconnect } from './disconnectPacket';
import type { TimerName, TransportFailure } from './effects';
import { InboundFlow } from './inboundFlow';
import { negotiate, type Negotiated } from './negotiated';
import { PacketConnection } from './packetConnection';
import { PendingRequests } from './pendingRequests';
import { PublishMessage } from './publishMessage';
import type { SessionChanges } from './sessionChanges';
import { TopicAliases } from './topicAliases';
import { type ClientPhase, clientTransitions, type ListeningPhase, type Row } from './transitions';

/** The client's side of one Network Connection: CONNECT to DISCONNECT. */
export class ClientConnection extends PacketConnection<
  ClientCommand,
  ClientDelivery,
  ClientOutcome,
  ClientEnding
> {
  private phase: ClientPhase = 'idle';
  private transitions: { readonly phase: ListeningPhase; readonly row: Row<ClientPhase> } | undefined;
  /** The Session had begun before this connection. */
  private readonly hadSession: boolean;
  private readonly firstBytes: FirstBytes;
  private negotiated: Negotiated | undefined;
  private inbound: InboundFlow;
  private readonly publishing: ClientPublishing;
  private readonly inboundAliases: TopicAliases;
  private readonly authentication: ClientAuthentication;
  private readonly requests: PendingRequests;
  private connectSentAt = 0;
  /** Ends the doubt about the Session, where the answer does. */
  private trust: (() => void) | undefined;
  private readonly liveness = new ClientLiveness({
    arm: (timer, at) => this.arm(timer, at),
    disarm: (timer) => this.disarm(timer),
    ping: () => this.out.write({ type: 'PINGREQ' }, this.version),
  });

  constructor(private readonly options: ClientConnectionOptions) {
    const { connect, session, out } = options;
    super(connect.protocolVersion, out, connect.properties.maximumPacketSize);
    this.hadSession = session.hasBegun;
    this.firstBytes = new FirstBytes(connect.protocolVersion);
    this.authentication = new ClientAuthentication(connect);
    this.inboundAliases = new TopicAliases(connect.properties.topicAliasMaximum ?? 0);
    const receiveMaximum = connect.properties.receiveMaximum ?? 65_535;
    this.inbound = new InboundFlow(session.received, out, { version: this.version, receiveMaximum });
    this.publishing = new ClientPublishing(
      session,
      out,
      this.version,
      options.chooseTopicAliases ?? true,
      options.qos2InFlightBefore5,
      (outcome) => this.settle(outcome),
    );
    this.requests = new PendingRequests(
      session,
      out,
      this.version,
      () => this.negotiated?.properties ?? noProperties,
      (outcome) => this.settle(outcome),
    );
  }

  /** See {@link ClientPublishing.leave}. */
  leave(message: PublishMessage): Violation | undefined {
    return this.publishing.leave(message);
  }

  /** See {@link OutboundFlow.nextExpiry}. */
  nextExpiry(at: number): number {
    return this.publishing.flow?.nextExpiry(at) ?? Infinity;
  }

  protected override get peer(): Sender {
    return 'server';
  }

  protected override command(command: ClientCommand, at: number): void {
    switch (command.kind) {
      case 'connect':
        this.phase = 'awaitingConnack';
        this.options.session.hasBegun = true;
        this.trust = this.options.session.doubtAll();
        this.connectSentAt = at;
        this.arm('connect', at + this.options.connackPatience);
        this.guarded(() => this.out.write(this.options.connect, this.version));
        break;
      case 'resume':
        this.publishing.flow?.resume(at);
        break;
      case 'publish':
        this.publishing.send(new PublishMessage(command.packet, command.ticket, at), at);
        break;
      case 'send':
        this.publishing.send(command.message, at);
        break;
      case 'sendRun':
        this.publishing.sendRun(command.run, at);
        break;
      case 'expireUnsent':
        this.publishing.flow?.expireUnsent(at);
        break;
      case 'subscribe':
      case 'unsubscribe':
        this.requests.add(command);
        break;
      case 'pause':
        this.pause(command.paused, at);
        break;
      case 'disconnect':
        this.guarded(() => {
          if (this.hasAnswer) this.sendDisconnect(command.reasonCode, command.properties);
        });
        this.end({ kind: 'disconnected' });
        break;
      case 'authenticate':
        this.guarded(() => this.out.write(this.authentication.answer(command.data), this.version));
        break;
      case 'authenticated':
        this.authenticated(at);
        break;
      case 'reauthenticate':
        this.reauthenticate(command.ticket, command.data, at);
        break;
      case 'giveUpAuthentication':
        this.giveUp(command.problem);
        break;
      default:
        assertNever(command);
    }
  }

  protected override get changes(): SessionChanges | undefined {
    return this.options.session.changes;
  }

  protected override packet(packet: ControlPacket, at: number): void {
    if (this.phase === 'idle' || this.phase === 'verifying' || this.phase === 'closed') return;
    const before = this.phase;
    const row = this.transitionsIn(before);
    // Nearly all are PUBLISH, and looking up by a name that varies costs more.
    const transition = packet.type === 'PUBLISH' ? row.PUBLISH : row[packet.type];
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
        packet.topicName = this.inboundAliases.resolve(packet); // [MQTT-3.3.2-10]
        if (packet.qos === 2 && !packet.dup) this.options.session.received.beganAnew(packet.packetIdentifier);
        if (this.inbound.accept(packet)) this.deliver(packet); // [MQTT-4.5.0-2]
        break;
      case 'PUBREL':
        this.inbound.pubrel(packet);
        break;
      case 'PUBACK':
        this.publishing.flow?.puback(packet);
        break;
      case 'PUBREC':
        this.publishing.flow?.pubrec(packet);
        break;
      case 'PUBCOMP':
        this.publishing.flow?.pubcomp(packet);
        break;
      case 'SUBACK':
      case 'UNSUBACK':
        this.requests.answer(packet);
        break;
      case 'PINGRESP':
        this.liveness.pingAnswered();
        break;
      case 'DISCONNECT':
        this.end({ kind: 'disconnectedByServer', disconnect: packet });
        break;
      case 'AUTH':
        this.deliver(this.authentication.challenged(packet, before !== 'reauthenticating'));
        break;
      case 'CONNECT':
      case 'SUBSCRIBE':
      case 'UNSUBSCRIBE':
      case 'PINGREQ':
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
    if (this.phase === 'verifying') this.authentication.hold(buffer.slice(start, end));
    else super.frame(buffer, start, end, at);
  }

  protected override bytesArrived(chunk: Uint8Array, at: number): void {
    this.liveness.heard(at);
    if (this.phase === 'awaitingConnack' && !this.firstBytes.add(chunk)) this.end(this.notMqtt());
  }

  protected override writable(writable: boolean, at: number): void {
    this.liveness.transportIs(writable, at);
    if (this.publishing.flow) this.publishing.flow.writable = writable;
  }

  protected override progressed(at: number): void {
    this.liveness.progressed(at);
  }

  protected override release(at: number): boolean {
    const { flow } = this.publishing;
    if (!flow) return false;
    this.requests.send(); // [MQTT-3.3.4-8] [MQTT-4.9.0-3]
    const more = flow.release(at);
    if (this.out.length > 0) this.liveness.sent(at);
    return more;
  }

  protected override deadline(timer: TimerName, at: number): void {
    switch (timer) {
      case 'connect':
        if (this.phase === 'connected') break;
        if (this.phase === 'awaitingConnack' && !this.firstBytes.isEmpty) this.end(this.notMqtt());
        else if (this.authentication.isOwing || this.phase === 'reauthenticating') {
          this.giveUp({ code: 'timedOut' });
        } else this.end({ kind: 'connackTimeout' });
        break;
      case 'keepAlive':
      case 'pingResponse':
        if (!this.liveness.look(timer, at)) this.end({ kind: 'keepAliveTimeout' });
        break;
      default:
        assertNever(timer);
    }
  }

  protected override endingOfTransport(failure: TransportFailure | undefined): ClientEnding {
    if (this.phase === 'awaitingConnack' && !this.firstBytes.isEmpty) return this.notMqtt();
    if (failure) return { kind: 'transport', failure, ...(!this.isConnected && { duringConnect: true }) };
    return { kind: 'closedByServer', duringConnect: !this.isConnected };
  }

  protected override breach(violation: Violation): void {
    if (this.hasAnswer && this.version === 5) {
      this.sendDisconnect(reasonCodeIn('DISCONNECT', violationTable[violation.id].reasonCode), noProperties);
    }
    this.end({ kind: 'protocol', violation });
  }

  protected override end(ending: ClientEnding): void {
    super.end(ending);
    this.phase = 'closed';
    this.publishing.end();
  }

  /** They are the same for as long as the phase is, which is for nearly all packets. */
  private transitionsIn(phase: ListeningPhase): Row<ClientPhase> {
    const known = this.transitions;
    if (known?.phase === phase) return known.row;
    const row = clientTransitions(phase, this.version, this.authentication.isAgreed);
    this.transitions = { phase, row };
    return row;
  }

  private get isConnected(): boolean {
    return this.phase === 'connected' || this.phase === 'reauthenticating';
  }

  /** The server has answered CONNECT in some way, so that it hears why this side goes. */
  private get hasAnswer(): boolean {
    return this.isConnected || this.phase === 'authenticating' || this.phase === 'verifying';
  }

  private connack(packet: Connack, at: number): void {
    if (packet.reasonCode !== 0) return this.refused(packet, this.version);
    const challenge = this.authentication.accepted(packet);
    if (!challenge) return this.begin(packet, at);
    this.pauseReading(true);
    this.deliver(challenge);
  }

  /** The connection is up. */
  private begin(packet: Connack, at: number): void {
    const { connect, session } = this.options;
    this.phase = 'connected';
    this.disarm('connect');
    const sessionPresent = packet.sessionPresent && this.version !== 3; // Its bit is reserved in 3.1.
    if (sessionPresent && connect.cleanStart) {
      throw new ProtocolViolation({ id: 'sessionPresentUnexpected', offset: 2 }); // [MQTT-3.2.2-2] [MQTT-3.2.2-4]
    }
    // Before 5.0 a client may go on with a Session it knows nothing of.
    if (sessionPresent && !this.hadSession && this.version === 5) {
      session.hasBegun = false;
      this.sendDisconnect(0, noProperties);
      return this.end({ kind: 'sessionUnknown' }); // [MQTT-3.2.2-4]
    }
    if (sessionPresent) this.trust?.();
    session.startedClean();
    // MQTT 3.1 has no Session Present: there the Session is taken to be kept whenever that was asked for.
    const present = sessionPresent || (this.version === 3 && !connect.cleanStart);
    const negotiated = negotiate(connect, packet);
    this.negotiated = negotiated;
    const flow = this.publishing.begin(negotiated, present);
    flow.writable = this.liveness.isWritable;
    this.liveness.begin(negotiated.keepAlive, this.connectSentAt, at);
    this.deliver({ type: 'connected', sessionPresent, negotiated });
    if (this.options.resumesOnCommand) flow.isHeld = true;
    else flow.resume(at);
  }

  private refused(connack: Connack, version: ProtocolVersion): void {
    this.options.session.hasBegun = this.hadSession;
    this.trust?.();
    this.end({ kind: 'refusedByServer', version, connack });
  }

  private pause(paused: boolean, at: number): void {
    this.liveness.readingIs(!paused, at);
    this.pauseReading(paused);
  }

  /** What the server sent last proves what it had to. */
  private authenticated(at: number): void {
    const { ticket, properties, connack, backlog } = this.authentication.completed();
    if (connack) {
      this.guarded(() => {
        this.begin(connack, at);
        for (const packet of backlog) this.frame(packet, 0, packet.length, at);
      }, this.peer);
      return this.pauseReading(!this.liveness.isReading);
    }
    this.phase = 'connected';
    this.disarm('connect');
    this.settle({ kind: 'reauthenticated', ticket, properties });
  }

  private reauthenticate(ticket: number, data: Uint8Array | undefined, at: number): void {
    if (this.phase !== 'connected') throw new Error(`reauthenticate while ${this.phase}`);
    try {
      this.out.write(this.authentication.begin(ticket, data), this.version, this.publishing.mostBytes);
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      return this.settle({ kind: 'rejected', ticket, violation: error.violation });
    }
    this.phase = 'reauthenticating';
    this.arm('connect', at + this.options.connackPatience);
  }

  /** [MQTT-4.12.1-2] */
  private giveUp(problem: AuthenticationProblem): void {
    if (this.hasAnswer) this.sendDisconnect(reasonCodeOf(problem), noProperties);
    this.end({ kind: 'authenticationFailed', problem });
  }

  private sendDisconnect(reasonCode: number, properties: Properties): void {
    const packet = { type: 'DISCONNECT', reasonCode, properties } as const;
    writeDisconnect(this.out, packet, this.version, this.publishing.mostBytes);
  }

  private notMqtt(): ClientEnding {
    return { kind: 'notMqtt', firstBytes: this.firstBytes.shown() };
  }
}
