import type { Event } from '../base/lifecycle';
import { Emitter } from '../base/lifecycle';
import { PacketWriter } from '../protocol/codec';
import type { Connect } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import type { Transport } from '../session/effects';
import type { ServerEnding } from '../session/serverContract';
import type { Verdict } from './accessControl';
import { connackProperties, refusal, sessionExpiryInterval } from './admission';
import { BrokerConnection } from './brokerConnection';
import type { ConnectionHost } from './brokerConnection';
import type { BrokerDependencies, BrokerOptions } from './brokerOptions';
import type { BrokerFailure, ClientConnected, ConnectionEnded } from './brokerEvents';
import type { BrokerSession } from './brokerSession';
import { Exchange } from './exchange';
import { SessionStore } from './sessionStore';
import { WillSchedule } from './willSchedule';

export type { BrokerDependencies, BrokerOptions } from './brokerOptions';

const defaultQueueBytes = 16_777_216;

const normalDisconnection = 0x00;
const unspecifiedError = 0x80;
const badUserNameOrPassword = 0x86;
const serverShuttingDown = 0x8b;
const sessionTakenOver = 0x8e;

/** An MQTT server: takes connections, keeps Sessions and retained messages, and routes what is published. */
export class Broker {
  private readonly out = new PacketWriter();
  private readonly connections = new Set<BrokerConnection>();
  private readonly exchange: Exchange;
  private readonly sessions: SessionStore;
  private readonly wills: WillSchedule;
  private readonly connected = new Emitter<ClientConnected>();
  private readonly disconnected = new Emitter<ConnectionEnded>();
  private readonly failed = new Emitter<BrokerFailure>();
  private readonly queueBytes: number;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  readonly onDidConnect: Event<ClientConnected> = this.connected.event;
  readonly onDidDisconnect: Event<ConnectionEnded> = this.disconnected.event;
  readonly onDidFail: Event<BrokerFailure> = this.failed.event;

  private readonly host: ConnectionHost = {
    connect: (connection, packet) => this.connect(connection, packet),
    publish: (connection, packet, at) => this.exchange.publish(packet, connection.session, connection, at),
    subscribe: (connection, packet, at) => {
      if (connection.session) this.exchange.subscribe(connection, connection.session, packet, at);
    },
    unsubscribe: (connection, packet) => {
      if (connection.session) this.exchange.unsubscribe(connection, connection.session, packet);
    },
    failed: (connection, error) => this.fail(connection, error),
    ended: (connection, ending, at) => this.ended(connection, ending, at),
    closed: (connection) => this.closed(connection),
  };

  constructor(
    private readonly options: BrokerOptions,
    private readonly dependencies: BrokerDependencies,
  ) {
    const { clock } = dependencies;
    this.queueBytes = options.queueBytes ?? defaultQueueBytes;
    this.exchange = new Exchange(this.queueBytes);
    this.wills = new WillSchedule(clock, (session) => this.publishWill(session));
    this.sessions = new SessionStore(clock, (session) => {
      this.wills.sessionEnds(session);
      this.exchange.forget(session);
    });
  }

  /** Serves a connection that was opened. */
  accept(transport: Transport, listener = 'mqtt'): void {
    const { clock } = this.dependencies;
    const origin = { peer: transport.peer, listener, security: transport.security };
    const connection = new BrokerConnection(transport, this.host, {
      origin,
      clock,
      out: this.out,
      tap: this.dependencies.tap?.(transport.peer, origin),
      maximumPacketSize: this.options.maximumPacketSize,
      queueBytes: this.queueBytes,
    });
    this.connections.add(connection);
    connection.start();
  }

  /** Tells every client that the server goes, resolves when all connections are closed, and forgets everything. */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    const idle = new Promise<void>((resolve) => (this.whenIdle = resolve));
    for (const connection of [...this.connections]) connection.disconnectNow(serverShuttingDown);
    if (this.connections.size > 0) await idle;
    this.wills.dispose();
    this.sessions.dispose();
    this.connected.dispose();
    this.disconnected.dispose();
    this.failed.dispose();
  }

  private connect(connection: BrokerConnection, packet: Connect): void {
    const refuse = (reasonCode: number) =>
      connection.tell({ kind: 'refuse', reasonCode, properties: noProperties });
    const reasonCode = refusal(packet);
    if (reasonCode !== undefined) return refuse(reasonCode);
    const { userName, password } = packet;
    const assigned = packet.clientIdentifier === '' ? this.dependencies.newIdentifier() : undefined; // [MQTT-3.1.3-6]
    const clientIdentifier = assigned ?? packet.clientIdentifier;
    const decide = (verdict: Verdict) => {
      if (verdict === false || (verdict !== true && !verdict.isAllowed))
        refuse((verdict !== false && verdict.reasonCode) || badUserNameOrPassword); // [MQTT-3.1.4-2]
      else if (!connection.hasEnded) this.admit(connection, packet, clientIdentifier, assigned);
    };
    const { accessControl } = this.options;
    if (!accessControl) return decide(true);
    const answer = accessControl.authenticate({
      ...connection.origin,
      version: packet.protocolVersion,
      clientIdentifier,
      userName,
      password,
    });
    if (!(answer instanceof Promise)) decide(answer);
    else {
      void answer.then(decide).catch((error: unknown) => {
        refuse(unspecifiedError);
        this.fail(connection, error);
      });
    }
  }

  private admit(
    connection: BrokerConnection,
    packet: Connect,
    clientIdentifier: string,
    assigned: string | undefined,
  ): void {
    const { cleanStart, protocolVersion, will } = packet;
    this.sessions.get(clientIdentifier)?.connection?.disconnectNow(sessionTakenOver); // [MQTT-3.1.4-3]
    // That may have ended its session, too.
    const stored = this.sessions.get(clientIdentifier);
    if (stored && cleanStart) this.sessions.end(stored); // [MQTT-3.1.2-4] [MQTT-3.1.4-4]
    const resumed = cleanStart ? undefined : stored; // [MQTT-3.1.2-5]
    const session = resumed ?? this.sessions.create(clientIdentifier); // [MQTT-3.1.2-6]
    this.sessions.keep(session);
    this.wills.cancel(session);
    session.will = will; // [MQTT-3.1.2-7]
    session.expiryInterval = sessionExpiryInterval(packet);
    session.connection = connection;
    connection.session = session;
    const sessionPresent = resumed !== undefined; // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
    const properties =
      protocolVersion === 5 ? connackProperties(assigned, this.options.maximumPacketSize) : noProperties;
    const { state } = session;
    const { queueBytes } = this;
    connection.tell({
      kind: 'accept',
      acceptance: { session: state, sessionPresent, properties, queueBytes },
    });
    const { peer } = connection;
    this.connected.fire({ clientIdentifier, peer, version: protocolVersion, sessionPresent });
  }

  private ended(connection: BrokerConnection, ending: ServerEnding, at: number): void {
    const { session, connect, peer } = connection;
    let { droppedMessages } = connection;
    if (session) {
      droppedMessages += session.droppedMessages;
      session.droppedMessages = 0;
      session.connection = undefined;
      if (ending.kind === 'disconnectedByClient') {
        const { reasonCode, properties } = ending.disconnect;
        if (reasonCode === normalDisconnection) session.will = undefined; // [MQTT-3.14.4-3]
        session.expiryInterval = properties.sessionExpiryInterval ?? session.expiryInterval;
      }
      if (session.will) this.wills.start(session, at);
      this.sessions.leave(session, at);
    }
    this.disconnected.fire({
      clientIdentifier: session?.clientIdentifier ?? connect?.clientIdentifier,
      version: connect?.protocolVersion,
      peer,
      ending,
      droppedMessages,
    });
  }

  private fail({ session, connect, peer }: BrokerConnection, error: unknown): void {
    const clientIdentifier = session?.clientIdentifier ?? connect?.clientIdentifier;
    this.failed.fire({ clientIdentifier, peer, error });
  }

  private closed(connection: BrokerConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) this.whenIdle?.();
  }

  /** [MQTT-3.1.2-14] [MQTT-3.1.2-15] */
  private publishWill(session: BrokerSession): void {
    const { will } = session;
    if (!will) return;
    const properties = { ...will.properties };
    delete properties.willDelayInterval;
    const { topicName, payload, qos, retain } = will;
    const packet = {
      type: 'PUBLISH',
      dup: false,
      packetIdentifier: 0,
      topicName,
      payload,
      qos,
      retain,
    } as const;
    this.exchange.publish({ ...packet, properties }, session, undefined, this.dependencies.clock.now());
  }
}
