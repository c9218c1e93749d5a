import { assertNever } from '../base/assert';
import type { Connect, ControlPacket, Disconnect, Publish, Subscribe } from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import { connectVersion } from '../protocol/connectVersion';
import { largestPacket } from '../protocol/packetFramer';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation, ViolationId } from '../protocol/violations';
import { ProtocolViolation, violationTable } from '../protocol/violations';
import { againstAnnounced } from './announced';
import { ConnectDetection } from './connectDetection';
import { connackForVersion } from './connackForVersion';
import type { TimerName, TransportFailure } from './effects';
import { InboundFlow } from './inboundFlow';
import { ServerKeepAlive } from './keepAlive';
import { OutboundFlow } from './outboundFlow';
import { PacketConnection } from './packetConnection';
import type { Acceptance, ServerCommand, ServerDelivery, ServerEnding } from './serverContract';
import { TopicAliases } from './topicAliases';
import type { ServerPhase } from './transitions';
import { serverTransition } from './transitions';

export interface ServerConnectionOptions {
  readonly out: PacketWriter;
  /** Bytes; the largest packet that is taken. */
  readonly maximumPacketSize: number | undefined;
}

/** How long a client may take to send CONNECT, and the server to decide about it, in milliseconds (3.1.4). */
const connectPatience = 10_000;

const keepAliveTimeout = 0x8d;
const serverUnavailable = 0x88;

/** What they are broken by does not speak MQTT and gets no answer. */
const speakNoMqtt: ReadonlySet<ViolationId> = new Set<ViolationId>([
  'firstPacketNotConnect',
  'tlsOnPlainPort',
  'httpOnPlainPort',
]);

/** How many bytes may arrive before the client is accepted: CONNECT with every field full, and something sent along. */
const bytesBeforeAcceptance = 1_048_576;

/** The server's side of one Network Connection. */
export class ServerConnection extends PacketConnection<ServerCommand, ServerDelivery, never, ServerEnding> {
  private phase: ServerPhase = 'awaitingConnect';
  private connect: Connect | undefined;
  /** Packets that came between CONNECT and its answer. */
  private backlog: Uint8Array[] = [];
  private unaccepted = 0;
  private readonly firstBytes = new ConnectDetection();
  private inbound: InboundFlow | undefined;
  private outbound: OutboundFlow | undefined;
  private aliases = new TopicAliases(0);
  /** The Properties of CONNACK. */
  private announced = noProperties;
  private keepAlive: ServerKeepAlive | undefined;
  private paused = false;

  constructor({ out, maximumPacketSize }: ServerConnectionOptions) {
    super(4, out, maximumPacketSize);
  }

  /** Messages that were not sent because the client is slower than they come, or takes no packets that large. */
  get droppedMessages(): number {
    return this.outbound?.droppedMessages ?? 0;
  }

  protected override command(command: ServerCommand, at: number): void {
    switch (command.kind) {
      case 'begin':
        this.arm('connect', at + connectPatience);
        break;
      case 'accept':
        if (this.phase === 'deciding') this.accept(command.acceptance, at);
        break;
      case 'refuse':
        if (this.phase === 'deciding') this.refuse(command.reasonCode, command.properties);
        break;
      case 'publish':
        this.outbound?.publish(command.message, at);
        break;
      case 'release':
        this.outbound?.release(at);
        break;
      case 'acknowledge':
        this.inbound?.acknowledge(command.reasonCodes);
        break;
      case 'suback':
      case 'unsuback':
        this.answer(command.kind, command.packetIdentifier, command.reasonCodes);
        break;
      case 'pauseReading':
        this.setPaused(command.paused, at);
        break;
      case 'disconnect':
        this.sendDisconnect(command.reasonCode);
        this.end({ kind: 'disconnectedByServer', reasonCode: command.reasonCode });
        break;
      default:
        assertNever(command);
    }
  }

  protected override packet(packet: ControlPacket, at: number): void {
    if (this.phase !== 'awaitingConnect' && this.phase !== 'connected') return;
    const transition = serverTransition(this.phase, packet.type);
    if ('violation' in transition) {
      throw new ProtocolViolation({ id: transition.violation, offset: 0, value: packet.type });
    }
    this.phase = transition.to;
    this.keepAlive?.heard(at);
    switch (packet.type) {
      case 'CONNECT':
        this.connect = packet;
        this.version = packet.protocolVersion;
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
        this.checkAnnounced(packet);
        this.deliver(packet);
        break;
      case 'UNSUBSCRIBE':
        this.deliver(packet);
        break;
      case 'PINGREQ':
        this.out.write({ type: 'PINGRESP' }, this.version); // [MQTT-3.12.4-1]
        break;
      case 'DISCONNECT':
        this.disconnect(packet);
        break;
      case 'CONNACK':
      case 'SUBACK':
      case 'UNSUBACK':
      case 'PINGRESP':
      case 'AUTH':
        break; // The table lets none of them through.
      default:
        assertNever(packet);
    }
  }

  /** What follows CONNECT waits for its answer: after a refusal nothing of it may be processed [MQTT-3.1.4-6]. */
  protected override frame(buffer: Uint8Array, start: number, end: number, at: number): void {
    if (this.phase === 'deciding') {
      this.backlog.push(new Uint8Array(buffer.subarray(start, end)));
      return;
    }
    if (this.phase === 'awaitingConnect') {
      // A CONNECT that cannot be decoded is refused in the words of its own version.
      this.version = connectVersion(buffer, start, end) ?? 4;
      // Its will and password outlive the call.
      const own = new Uint8Array(buffer.subarray(start, end));
      super.frame(own, 0, own.length, at);
    } else super.frame(buffer, start, end, at);
  }

  protected override bytesArrived(chunk: Uint8Array, at: number): void {
    // In the middle of a long packet a client cannot send another, but goes on with it.
    if (this.framer.isMidPacket) this.keepAlive?.heard(at);
    if (this.phase !== 'awaitingConnect' && this.phase !== 'deciding') return;
    if (this.phase === 'awaitingConnect') {
      const violation = this.firstBytes.add(chunk); // [MQTT-3.1.0-1]
      if (violation) return this.breach(violation);
    }
    this.unaccepted += chunk.length;
    if (this.unaccepted > bytesBeforeAcceptance) {
      this.breach({ id: 'packetTooLarge', offset: 1, value: this.unaccepted });
    }
  }

  protected override writable(writable: boolean): void {
    if (this.outbound) this.outbound.writable = writable;
  }

  protected override release(at: number): boolean {
    return this.outbound?.release(at) ?? false;
  }

  protected override deadline(timer: TimerName, at: number): void {
    switch (timer) {
      case 'connect':
        if (this.phase === 'awaitingConnect') this.end({ kind: 'connectTimeout' });
        else if (this.phase === 'deciding') this.refuse(serverUnavailable, noProperties);
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
    return { kind: 'dropped', failure };
  }

  protected override breach(violation: Violation): void {
    const { reasonCode } = violationTable[violation.id];
    if (this.phase === 'connected') this.sendDisconnect(reasonCode);
    else if (!speakNoMqtt.has(violation.id)) this.sendRefusal(reasonCode, noProperties);
    this.end({ kind: 'protocol', violation });
  }

  protected override end(ending: ServerEnding): void {
    super.end(ending);
    this.phase = 'closed';
  }

  /** The largest packet the client takes; every acknowledgement of one message is smaller than the CONNACK it took. */
  private get mostBytes(): number {
    return this.connect?.properties.maximumPacketSize ?? largestPacket;
  }

  private accept({ session, sessionPresent, properties, queueBytes }: Acceptance, at: number): void {
    const { connect } = this;
    if (!connect) return;
    const { version } = this;
    const connack = { type: 'CONNACK', sessionPresent, reasonCode: 0, properties } as const;
    // [MQTT-3.1.4-5] [MQTT-3.2.0-1] [MQTT-3.1.2-24]
    this.guarded(() =>
      this.out.write(connackForVersion(connack, version) ?? connack, version, this.mostBytes),
    );
    if (this.isOver) return;
    this.phase = 'connected';
    this.disarm('connect');
    this.announced = properties;
    this.aliases = new TopicAliases(properties.topicAliasMaximum ?? 0);
    const receiveMaximum = properties.receiveMaximum ?? 65_535;
    this.inbound = new InboundFlow(session.received, this.out, { version, receiveMaximum });
    this.outbound = new OutboundFlow(
      session.outbound,
      this.out,
      {
        version,
        receiveMaximum: connect.properties.receiveMaximum ?? 65_535,
        maximumPacketSize: this.mostBytes,
        queueBytes,
      },
      { completed: () => undefined, rejected: () => undefined, expired: () => undefined },
    );
    const keepAlive = properties.serverKeepAlive ?? connect.keepAlive; // [MQTT-3.2.2-22]
    if (keepAlive > 0) {
      this.keepAlive = new ServerKeepAlive(keepAlive, at);
      this.arm('keepAlive', this.keepAlive.dueAt);
    }
    this.outbound.resume(at);
    this.guarded(() => {
      for (const packet of this.backlog) this.frame(packet, 0, packet.length, at);
    });
    this.backlog = [];
  }

  private refuse(reasonCode: number, properties: Properties): void {
    this.sendRefusal(reasonCode, properties);
    this.backlog = [];
    this.end({ kind: 'refused', reasonCode }); // [MQTT-3.2.2-7]
  }

  private sendRefusal(reasonCode: number, properties: Properties): void {
    const connack = { type: 'CONNACK', sessionPresent: false, reasonCode, properties } as const; // [MQTT-3.2.2-6]
    const translated = connackForVersion(connack, this.version);
    if (!translated) return;
    try {
      this.out.write(translated, this.version, this.mostBytes);
    } catch (error) {
      // A client that takes no packet of this size is closed without one [MQTT-3.1.2-24].
      if (!(error instanceof ProtocolViolation) || error.violation.id !== 'packetTooLarge') throw error;
    }
  }

  private publish(packet: Publish): void {
    if (packet.properties.subscriptionIdentifiers !== undefined) {
      throw new ProtocolViolation({ id: 'subscriptionIdentifierFromClient', offset: 0 }); // [MQTT-3.3.4-6]
    }
    this.checkAnnounced(packet);
    packet.topicName = this.aliases.resolve(packet); // [MQTT-3.3.2-12]
    if (this.inbound?.publish(packet)) this.deliver(packet);
    else this.inbound?.acknowledge([]);
  }

  private checkAnnounced(packet: Publish | Subscribe): void {
    const violation = this.version === 5 && againstAnnounced(packet, this.announced);
    if (violation) throw new ProtocolViolation(violation);
  }

  private answer(kind: 'suback' | 'unsuback', packetIdentifier: number, reasonCodes: number[]): void {
    const type = kind === 'suback' ? 'SUBACK' : 'UNSUBACK';
    const codes =
      kind === 'unsuback' || this.version === 5
        ? reasonCodes
        : reasonCodes.map((code) => (code >= 0x80 ? 0x80 : code));
    const packet = { type, packetIdentifier, properties: noProperties, reasonCodes: codes } as const;
    this.guarded(() => this.out.write(packet, this.version, this.mostBytes)); // [MQTT-3.8.4-2] [MQTT-3.1.2-24]
  }

  private disconnect(packet: Disconnect): void {
    const asked = packet.properties.sessionExpiryInterval ?? 0;
    if (asked > 0 && (this.connect?.properties.sessionExpiryInterval ?? 0) === 0) {
      this.sendDisconnect(violationTable.sessionExpiryAfterZero.reasonCode);
      this.end({ kind: 'protocol', violation: { id: 'sessionExpiryAfterZero', offset: 0 } });
    } else this.end({ kind: 'disconnectedByClient', disconnect: packet });
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
    if (at < keepAlive.dueAt) return this.arm('keepAlive', keepAlive.dueAt);
    this.sendDisconnect(keepAliveTimeout);
    this.end({ kind: 'keepAliveTimeout' }); // [MQTT-3.1.2-22]
  }

  /** Before 5.0 a server has no word for it and only closes [MQTT-3.14.0-1]. */
  private sendDisconnect(reasonCode: number): void {
    if (this.version !== 5 || this.outbound === undefined) return;
    this.out.write({ type: 'DISCONNECT', reasonCode, properties: noProperties }, this.version);
  }
}
