import { assertNever } from '../base/assert';
import type { Connect, ControlPacket, Disconnect, Publish } from '../protocol/controlPacket';
import type { Sender } from '../protocol/dissectionContext';
import { connectVersion } from '../protocol/connectVersion';
import { largestPacket } from '../protocol/packetFramer';
import { noProperties, type Properties } from '../protocol/properties';
import { reasonCodeIn } from '../protocol/reasonCodes';
import { ProtocolViolation, type Violation, violationOfSide, violationTable } from '../protocol/violations';
import { connackForVersion } from './connackForVersion';
import { brokenByDisconnect, writeDisconnect } from './disconnectPacket';
import type { TimerName, TransportFailure } from './effects';
import { httpAnswer } from './httpAnswer';
import { ServerKeepAlive } from './keepAlive';
import type { OutboundFlow, SentCounts } from './outboundFlow';
import { PacketConnection } from './packetConnection';
import { wantsRemarks, writeAnswer } from './serverAnswer';
import { ServerAuthentication } from './serverAuthentication';
import { ServerBacklog } from './serverBacklog';
import type {
  Acceptance,
  EndingCause,
  RefusalCause,
  ServerCommand,
  ServerConnectionOptions,
  ServerDelivery,
  ServerEnding,
} from './serverContract';
import { endingOn, explained, reasonProperties, toldOf, writeRefusal } from './serverFarewell';
import { isExcessive, plainPuback } from './serverFrames';
import { ServerInbound } from './serverInbound';
import { serverOutbound } from './serverOutbound';
import { SharedRun } from './sharedRun';
import { payloadViolation } from './textPayload';
import { type ServerPhase, serverTransition } from './transitions';

const defaultConnectTimeout = 10_000;

const [keepAliveTimeout, serverUnavailable, quotaExceeded] = [0x8d, 0x88, 0x97] as const;

/** The server's side of one Network Connection. */
export class ServerConnection extends PacketConnection<ServerCommand, ServerDelivery, never, ServerEnding> {
  private phase: ServerPhase = 'awaitingConnect';
  private connect: Connect | undefined;
  private authentication: ServerAuthentication | undefined;
  /** When the last packet came, in milliseconds since the epoch. */
  lastHeard = 0;
  /** What was received: bytes, packets, those that are PUBLISH and the bytes of their payloads. */
  receivedBytes = 0;
  receivedPackets = 0;
  receivedMessages = 0;
  receivedPayload = 0;
  /** What comes before the client is let in. */
  backlog: ServerBacklog | undefined = new ServerBacklog();
  private inbound: ServerInbound | undefined;
  private outbound: OutboundFlow | undefined;
  private keepAlive: ServerKeepAlive | undefined;
  private paused = false;
  /** The client has said that it goes, behind what is not answered yet: `part` follows that. */
  parting: Disconnect | undefined;
  private readonly run: SharedRun;

  constructor(private readonly options: ServerConnectionOptions) {
    super(4, options.out, options.maximumPacketSize);
    this.run = options.run ?? new SharedRun();
  }

  /** What is sent to the client; undefined before it is let in. */
  get sender(): SentCounts | undefined {
    return this.outbound;
  }

  protected override command(command: ServerCommand, at: number): void {
    switch (command.kind) {
      case 'begin':
        this.arm('connect', at + (this.options.connectTimeout ?? defaultConnectTimeout));
        break;
      case 'accept':
        if (this.phase === 'deciding') this.accept(command.acceptance, at);
        break;
      case 'refuse':
        if (this.phase === 'deciding') this.refuse(command.reasonCode, command.properties, command.cause);
        break;
      case 'publish':
        this.outbound?.publish(command.message, at);
        break;
      case 'publishAll':
        if (this.outbound) {
          const { outbound, out, version, ahead } = this;
          this.ahead = this.run.publish(command.messages, outbound, out, version, at, ahead);
        }
        command.messages.length = 0;
        break;
      case 'release':
        this.release(at);
        break;
      case 'acknowledge':
        this.inbound?.acknowledge(command.answers);
        break;
      case 'suback':
      case 'unsuback':
        this.guarded(() => writeAnswer(this.out, command, this.version, this.mostBytes, this));
        break;
      case 'challenge':
        this.challenge(command.data, at);
        break;
      case 'reauthenticated':
        if (this.authentication) this.send(this.authentication.completed(command.data));
        break;
      case 'pauseReading':
        this.setPaused(command.paused, at);
        break;
      case 'part':
        if (this.parting) this.end({ kind: 'disconnectedByClient', disconnect: this.parting });
        break;
      case 'disconnect':
        this.sendDisconnect(command.reasonCode, reasonProperties(command.reasonString), command.cause);
        this.end({ kind: 'disconnectedByServer', reasonCode: command.reasonCode, cause: command.cause });
        break;
      default:
        assertNever(command);
    }
  }

  protected override packet(packet: ControlPacket, at: number): void {
    if (this.phase === 'deciding' || this.phase === 'closed') return;
    const transition = serverTransition(this.phase, packet.type);
    if ('violation' in transition) {
      throw new ProtocolViolation({ id: transition.violation, offset: 0, value: packet.type });
    }
    this.heard(at);
    switch (packet.type) {
      case 'CONNECT':
        this.connect = packet;
        this.version = packet.protocolVersion;
        this.authentication = new ServerAuthentication(packet);
        this.deliver(packet);
        break;
      case 'PUBLISH':
        this.publish(packet);
        break;
      case 'PUBREL':
        this.inbound?.pubrel(packet);
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
      case 'SUBSCRIBE':
        this.inbound?.subscribe(packet);
        this.deliver(packet);
        break;
      case 'UNSUBSCRIBE':
        this.inbound?.request(packet);
        this.deliver(packet);
        break;
      case 'PINGREQ':
        this.out.write({ type: 'PINGRESP' }, this.version); // [MQTT-3.12.4-1]
        break;
      case 'DISCONNECT':
        this.disconnect(packet);
        break;
      case 'AUTH':
        if (this.authentication)
          this.deliver(this.authentication.received(packet, this.phase === 'connected'));
        break;
      case 'CONNACK':
      case 'SUBACK':
      case 'UNSUBACK':
      case 'PINGRESP':
        break; // The table lets none of them through.
      default:
        assertNever(packet);
    }
    // Only now: a packet that breaks a rule leads nowhere.
    this.phase = transition.to;
  }

  /** What follows CONNECT waits for its answer: after a refusal nothing of it may be processed [MQTT-3.1.4-6]. */
  protected override frame(buffer: Uint8Array, start: number, end: number, at: number): void {
    if (this.phase === 'deciding') return this.backlog?.hold(new Uint8Array(buffer.subarray(start, end)));
    if (this.phase === 'awaitingConnect') {
      // A CONNECT that cannot be decoded is refused in the words of its own version.
      this.version = connectVersion(buffer, start, end) ?? 4;
      // Its will and password outlive the call.
      return super.frame(new Uint8Array(buffer.subarray(start, end)), 0, end - start, at);
    }
    // Of a plain PUBACK no object is made: a subscriber sends one for each message.
    const packetIdentifier = this.phase === 'connected' && !this.isOver ? plainPuback(buffer, start, end) : 0;
    if (packetIdentifier > 0) {
      this.heard(at);
      this.outbound?.acknowledged(packetIdentifier);
    } else if (!this.isOver && isExcessive(buffer, start, end, this.version)) {
      this.command({ kind: 'disconnect', reasonCode: quotaExceeded, cause: 'fieldBytes' }, at);
    } else super.frame(buffer, start, end, at);
  }

  protected override get peer(): Sender {
    return 'client';
  }

  /** Nothing is to be made of what comes behind bytes that cannot be cut into packets. */
  protected override get isDeaf(): boolean {
    return this.isOver || this.backlog?.isBroken === true;
  }

  protected override bytesArrived(chunk: Uint8Array, at: number): void {
    this.receivedBytes += chunk.length;
    // In the middle of a long packet a client cannot send another, but goes on with it.
    if (this.framer.isMidPacket) this.keepAlive?.heard(at);
    if (this.phase === 'connected' || this.phase === 'closed') return;
    const { violation, isStrange, foreign } = this.backlog?.arrived(chunk) ?? {};
    if (this.phase === 'awaitingConnect') this.version = this.backlog?.version ?? 4;
    if (!violation || this.isDeaf) return;
    if (foreign === 'http') this.out.append(httpAnswer(this.options));
    if (isStrange) this.end({ kind: 'protocol', violation, ...(foreign && { foreign }) });
    else this.endFor(violation);
  }

  protected override writable(writable: boolean, at: number, heldBack: boolean): void {
    this.keepAlive?.holdBack(heldBack, at);
    if (this.outbound) this.outbound.writable = writable;
  }

  protected override release(at: number): boolean {
    return this.parting ? false : (this.outbound?.release(at) ?? false);
  }

  protected override deadline(timer: TimerName, at: number): void {
    switch (timer) {
      case 'connect':
        if (this.phase === 'awaitingConnect') this.end({ kind: 'connectTimeout' });
        else if (this.phase !== 'connected') this.refuse(serverUnavailable, noProperties);
        break;
      case 'keepAlive':
        this.checkKeepAlive(at);
        break;
      case 'pingResponse':
        break; // Only clients ask for it.
      default:
        assertNever(timer);
    }
  }

  protected override endingOfTransport(failure: TransportFailure | undefined): ServerEnding {
    const violation = this.backlog?.take().violation;
    if (violation) return { kind: 'protocol', violation };
    if (this.parting) return { kind: 'disconnectedByClient', disconnect: this.parting };
    return { kind: 'dropped', failure, ...(this.framer.isMidPacket && { lacking: this.framer.missing }) };
  }

  /**
   * While CONNECT waits for its answer what is wrong behind it waits, too: that CONNECT is whole, so that whether it is
   * accepted, with all that it brings about, is said first and by who decides it [MQTT-3.1.4-5].
   */
  protected override breach(violation: Violation): void {
    if (this.phase === 'deciding' && this.backlog) {
      this.backlog.breaks(violation);
      this.framer.forget();
    } else this.endFor(violation);
  }

  private endFor(violation: Violation): void {
    const { reasonCode } = violationTable[violation.id];
    const { version, connect, outbound, framer } = this;
    const { refusedSize } = framer;
    const ending = endingOn(violation, { version, connect, isLetIn: outbound !== undefined, refusedSize });
    const properties = toldOf(violation, ending, version, this.options);
    if (outbound) this.sendDisconnect(reasonCodeIn('DISCONNECT', reasonCode), properties);
    // A first packet that is no CONNECT comes from something that does not speak MQTT: it gets no answer.
    else if (violation.id !== 'firstPacketNotConnect')
      writeRefusal(this.out, reasonCodeIn('CONNACK', reasonCode), properties, version, this.mostBytes);
    this.end(ending); // [MQTT-3.1.4-1] [MQTT-3.1.4-1] (3.1.1)
  }

  protected override end(ending: ServerEnding): void {
    super.end(ending);
    this.phase = 'closed';
  }

  /** The largest packet the client takes; every acknowledgement of one message is smaller than the CONNACK it took. */
  private get mostBytes(): number {
    return this.connect?.properties.maximumPacketSize ?? largestPacket;
  }

  private accept(acceptance: Acceptance, at: number): void {
    const { connect, version, authentication } = this;
    if (!connect) return;
    this.phase = 'connected';
    const { sessionPresent, authenticationData } = acceptance;
    const properties = { ...acceptance.properties, ...authentication?.accepted(authenticationData) };
    const connack = { type: 'CONNACK', sessionPresent, reasonCode: 0, properties } as const;
    // [MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT-3.1.2-24]
    this.send(connackForVersion(connack, version) ?? connack);
    if (this.isOver) return;
    this.disarm('connect');
    this.inbound = new ServerInbound(acceptance, properties, this.out, version, this);
    this.outbound = serverOutbound(connect, acceptance, this.out, this);
    const keepAlive = properties.serverKeepAlive ?? connect.keepAlive; // [MQTT-3.2.2-22]
    if (keepAlive > 0) {
      this.keepAlive = new ServerKeepAlive(keepAlive, at);
      this.arm('keepAlive', this.keepAlive.dueAt);
    }
    const isNoText = connect.will && payloadViolation(connect.will, 'willPayloadNotUtf8');
    if (isNoText) this.mistaken(isNoText, 1);
    this.outbound.resume(at);
    this.replay(at);
  }

  private refuse(reasonCode: number, properties: Properties, cause?: RefusalCause): void {
    const told = this.explained(reasonCode, properties, cause);
    writeRefusal(this.out, reasonCode, told, this.version, this.mostBytes);
    this.end({ kind: 'refused', reasonCode, ...(cause && { cause }) }); // [MQTT-3.2.2-7]
  }

  private heard(at: number): void {
    this.lastHeard = at;
    this.receivedPackets++;
    this.keepAlive?.heard(at);
  }

  private challenge(data: Uint8Array | undefined, at: number): void {
    const { authentication } = this;
    if (!authentication || (this.phase !== 'deciding' && this.phase !== 'connected')) return;
    const isBefore = this.phase === 'deciding';
    if (isBefore) this.phase = 'authenticating';
    this.send(authentication.challenge(data));
    if (isBefore) this.replay(at);
  }

  /** Deals with what came while nothing could be. */
  private replay(at: number): void {
    const { packets = [], violation } = this.backlog?.take() ?? {};
    if (this.phase === 'connected') this.backlog = undefined;
    this.guarded(() => {
      for (const packet of packets) this.frame(packet, 0, packet.length, at);
      if (violation && !this.isOver) throw new ProtocolViolation(violation);
    }, this.peer);
  }

  private send(packet: ControlPacket): void {
    this.guarded(() => this.out.write(packet, this.version, this.mostBytes)); // [MQTT-3.1.2-24]
  }

  /** What an acknowledgement says about a refusal. */
  remark(reasonCode: number, own = noProperties): Properties {
    return wantsRemarks(this.connect, this.mostBytes) ? this.explained(reasonCode, own) : noProperties;
  }

  mistaken(violation: Violation, packet = this.receivedPackets): void {
    this.deliver({ type: 'mistake', violation: violationOfSide(violation, this.peer), packet });
  }

  private explained(reasonCode: number, properties: Properties, cause?: EndingCause): Properties {
    return explained(reasonCode, properties, this.version, this.options, cause);
  }

  private publish(packet: Publish): void {
    this.receivedMessages++;
    this.receivedPayload += packet.payload.length;
    if (this.inbound?.publish(packet)) this.deliver(packet);
  }

  private disconnect(packet: Disconnect): void {
    const violation = brokenByDisconnect(packet, this.connect);
    if (violation) this.breach(violation);
    else if (this.isDelivering) this.parting = packet;
    else this.end({ kind: 'disconnectedByClient', disconnect: packet });
  }

  private setPaused(paused: boolean, at: number): void {
    if (paused === this.paused) return;
    this.paused = paused;
    this.keepAlive?.heard(at);
    this.pauseReading(paused);
  }

  private checkKeepAlive(at: number): void {
    const { keepAlive } = this;
    if (!keepAlive) return;
    if (this.paused) keepAlive.heard(at);
    const lookAt = keepAlive.look(at);
    if (keepAlive.isListening) this.listen();
    if (lookAt !== undefined) return this.arm('keepAlive', lookAt);
    this.sendDisconnect(keepAliveTimeout);
    this.end({ kind: 'keepAliveTimeout' }); // [MQTT-3.1.2-22]
  }

  /** Before 5.0 a server has no word for it and only closes [MQTT-3.14.0-1]. */
  private sendDisconnect(reasonCode: number, given = noProperties, cause?: EndingCause): void {
    if (this.version !== 5 || this.outbound === undefined) return;
    const properties = this.explained(reasonCode, given, cause);
    writeDisconnect(this.out, { type: 'DISCONNECT', reasonCode, properties }, this.version, this.mostBytes);
  }
}
