import { inSlices, type Pace } from '../base/slices';
import { PacketWriter } from '../protocol/codec';
import type { Connect } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';
import { takesConnack } from '../session/connackSize';
import { serverDisconnectViolation } from '../session/disconnectPacket';
import type { Transport } from '../session/effects';
import type { OutboundMessage } from '../session/inflightStore';
import type { RefusalCause, ServerConnectionOptions } from '../session/serverContract';
import { SharedRun } from '../session/sharedRun';
import { keepAliveOf, connackProperties, refusal, sessionExpiryInterval } from './admission';
import { BrokerConnection } from './brokerConnection';
import type { KeptBroker } from './brokerJournal';
import { carriedState } from './carriedState';
import type { ConnectionHost } from './brokerConnection';
import { BrokerEmitters } from './brokerEvents';
import type { BrokerDependencies, BrokerLimits, BrokerOptions, LiveLimits } from './brokerOptions';
import { defaultLimits, limitsAmong } from './brokerOptions';
import type { BrokerSession } from './brokerSession';
import type { ClientStatus, RetainedStatus } from './brokerStatus';
import { clientStatus, retainedStatus, retainedStatusOf } from './clientStatus';
import { Departures } from './departures';
import type { Admitted } from './doorkeeper';
import { Doorkeeper } from './doorkeeper';
import { Exchange } from './exchange';
import { explain } from './explanations';
import { GatedTransport, SafetyGate } from './gatedTransport';
import { QueuedTotal } from './queuedTotal';
import { Restoration } from './restoration';
import { SessionStore } from './sessionStore';
import { StateKeeper } from './stateKeeper';
import { SysTopics } from './sysTopics';
import { Totals } from './totals';
import { UnfinishedPackets } from './unfinishedPackets';
import { WillSchedule } from './willSchedule';

export type { BrokerDependencies, BrokerOptions } from './brokerOptions';

const serverShuttingDown = 0x8b;
const notAuthorized = 0x87;
const sessionTakenOver = 0x8e;
const administrativeAction = 0x98;
const packetTooLarge = 0x95;
const quotaExceeded = 0x97;

/** Connections beyond the maximum that may wait to be told so; further ones are closed without a word. */
const mostInTheDoor = 1_000;

/** An MQTT server: takes connections, keeps Sessions and retained messages, and routes what is published. */
export class Broker {
  /** The options with every default filled in. */
  readonly limits: BrokerLimits;
  /** Of all connections. */
  private protocol: ServerConnectionOptions;
  private readonly connections = new Set<BrokerConnection>();
  private readonly totals: Totals;
  private readonly gate: SafetyGate | undefined;
  private readonly keeper: StateKeeper;
  private readonly exchange: Exchange;
  private readonly sessions: SessionStore;
  private readonly queued: QueuedTotal;
  private readonly unfinished: UnfinishedPackets;
  private readonly departures: Departures;
  private readonly doorkeeper: Doorkeeper;
  private readonly restoration: Restoration | undefined;
  private sys: SysTopics | undefined;
  private readonly emitters = new BrokerEmitters();
  private readying: Promise<void> | undefined;
  private whenIdle: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  readonly onDidConnect = this.emitters.connected.event;
  readonly onDidDisconnect = this.emitters.disconnected.event;
  readonly onDidFail = this.emitters.failed.event;
  readonly onDidTakeOver = this.emitters.takenOver.event;
  readonly onDidDeny = this.emitters.denied.event;
  readonly onDidMistake = this.emitters.mistaken.event;
  readonly onDidDrop = this.emitters.dropped.event;

  /** How many messages of the journal could not be read, and were left out. */
  get unreadableMessages(): number {
    return this.restoration?.unreadable ?? 0;
  }

  private readonly host: ConnectionHost = {
    connect: (connection, packet) => this.connect(connection, packet),
    authenticate: (connection, packet) => this.doorkeeper.authenticate(connection, packet),
    publish: (connection, packet, at) => {
      const { session } = connection;
      return session ? this.exchange.publish(packet, session, connection, at) : notAuthorized;
    },
    subscribe: (connection, packet) => {
      if (connection.session) this.exchange.subscribe(connection, connection.session, packet);
    },
    unsubscribe: (connection, packet) => {
      if (connection.session) this.exchange.unsubscribe(connection, connection.session, packet);
    },
    mistaken: (connection, mistakes) => {
      if (connection.session) connection.session.violations += mistakes.length;
      this.emitters.mistake(connection, mistakes);
    },
    failed: (connection, error) => this.emitters.fail(connection, error),
    ended: (connection, ending, at) => {
      const { droppedMessages } = this.departures.ended(connection, ending, at);
      const { receivedPackets } = connection.protocol;
      this.emitters.disconnected.fire({ ...connection.whose, ending, droppedMessages, receivedPackets });
    },
    closed: (connection) => this.closed(connection),
  };

  constructor(
    private readonly options: BrokerOptions,
    private readonly dependencies: BrokerDependencies,
  ) {
    const { clock } = dependencies;
    const { accessControl, journal } = options;
    this.limits = { ...defaultLimits, ...limitsAmong(options) };
    const { maximumPacketSize, connectTimeout } = this.limits;
    this.protocol = {
      ...{ maximumPacketSize, connectTimeout, explain },
      ...{ out: new PacketWriter(), run: new SharedRun() },
      webSocketPorts: () => dependencies.webSocketPorts?.() ?? [],
    };
    this.gate = journal && new SafetyGate(journal);
    this.keeper = new StateKeeper(this.gate);
    this.exchange = new Exchange(this.limits, this.keeper, accessControl, this.emitters, clock);
    this.totals = new Totals(this.connections, this.protocol.out);
    const wills = new WillSchedule(clock, this.exchange);
    this.unfinished = new UnfinishedPackets(this.limits.unfinishedBytes);
    this.queued = new QueuedTotal(this.limits.totalQueueBytes, () => this.sessions.size);
    const ended = (session: BrokerSession) => {
      wills.sessionEnds(session);
      this.exchange.forget(session);
      this.keeper.ended(session);
    };
    this.sessions = new SessionStore(clock, ended, this.queued);
    const { sessions, exchange, keeper, totals, limits } = this;
    this.departures = new Departures({ sessions, exchange, keeper, wills, totals, limits });
    this.doorkeeper = new Doorkeeper(accessControl, {
      admit: (connection, packet, admitted) => this.admit(connection, packet, admitted),
      failed: (connection, error) => this.emitters.fail(connection, error),
      newIdentifier: () => dependencies.newIdentifier(),
    });
    const kept = this.gate?.kept ?? options.carried;
    const { departures } = this;
    this.restoration = kept && new Restoration(kept, { sessions, exchange, keeper, departures, clock });
    if (dependencies.pace) return;
    while (this.restoration?.step() === false);
    this.begin();
  }

  /**
   * Resolves when what was kept is taken up, in slices where the dependencies have a pace. Nobody may connect before; without a
   * pace it is so at once.
   */
  ready(): Promise<void> {
    return (this.readying ??= this.takeUp());
  }

  /**
   * Serves a connection that was opened.
   * @param listener the name of the listener it came in by
   */
  accept(transport: Transport, listener = 'mqtt'): void {
    if (this.closing || this.connections.size >= this.limits.maximumConnections + mostInTheDoor) {
      transport.dispose();
      return;
    }
    const { clock } = this.dependencies;
    const origin = { peer: transport.peer, listener, security: transport.security };
    const gated = this.gate ? new GatedTransport(transport, this.gate) : transport;
    const connection = new BrokerConnection(gated, this.host, {
      ...{ origin, clock, limits: this.limits, protocol: this.protocol, unfinished: this.unfinished },
      tap: this.dependencies.tap?.(transport.peer, origin),
    });
    this.connections.add(connection);
    this.totals.opened();
    connection.start();
  }

  /** How long a client may take to send CONNECT, in milliseconds. */
  get connectTimeout(): number {
    return this.limits.connectTimeout;
  }

  /**
   * Takes other limits over. Who is connected keeps what CONNACK promised, and nothing is taken away that is beyond a bound
   * by now: only more of it is refused.
   */
  applyLimits(limits: LiveLimits): void {
    Object.assign(this.limits, limitsAmong(limits));
    const { maximumPacketSize, connectTimeout, unfinishedBytes, totalQueueBytes } = this.limits;
    this.protocol = { ...this.protocol, maximumPacketSize, connectTimeout };
    this.unfinished.most = unfinishedBytes;
    this.queued.most = totalQueueBytes;
  }

  /**
   * The rules of its access control are others: what waits for clients that may not have it any more goes. They hold at once;
   * resolves when all of it is gone, or other rules are applied.
   */
  applyRules(): Promise<void> {
    return this.exchange.forbidden.rulesChanged(this.sessions.all(), this.dependencies.pace);
  }

  /** How many bytes of messages wait for all clients, for their turn, their acknowledgement or a slow connection. */
  get queuedBytes(): number {
    return this.queued.bytes;
  }

  /** How many bytes there are of packets that are not whole yet. */
  get unfinishedBytes(): number {
    return this.unfinished.bytes;
  }

  /** Every client that is connected or has a Session, as it is now. */
  clients(): ClientStatus[] {
    return Array.from(this.sessions.all(), clientStatus);
  }

  client(clientIdentifier: string): ClientStatus | undefined {
    const session = this.sessions.get(clientIdentifier);
    return session && clientStatus(session);
  }

  /**
   * Sends a client away, before this returns. Returns whether it was connected; or the rule that DISCONNECT would break, be it
   * that no server may give that reason, and nothing is done.
   * @param reasonCode of DISCONNECT, which only 5.0 has; 0x98 administrative action if absent
   * @param reasonString for the client's people
   */
  disconnect(
    clientIdentifier: string,
    reasonCode = administrativeAction,
    reasonString?: string,
  ): boolean | Violation {
    const violation = serverDisconnectViolation(reasonCode, reasonString);
    if (violation) return violation;
    const connection = this.sessions.get(clientIdentifier)?.connection;
    connection?.disconnectNow(reasonCode, reasonString);
    return connection !== undefined;
  }

  /** Ends a Session with all that belongs to it, and its connection. Returns whether there was one. */
  forgetSession(clientIdentifier: string): boolean {
    const session = this.sessions.get(clientIdentifier);
    if (!session) return false;
    session.connection?.disconnectNow(administrativeAction);
    // Going may have ended it already.
    if (this.sessions.get(clientIdentifier) === session) this.sessions.end(session);
    return true;
  }

  /** All retained messages but those of `$SYS`, in no order. */
  retainedMessages(): RetainedStatus[] {
    return retainedStatus(this.exchange.retained, this.dependencies.clock.now());
  }

  /** How many there are, with those that have expired within the last second; nothing is gone through for it. */
  get retainedCount(): number {
    const { retained } = this.exchange;
    return retained.size - retained.ofServer;
  }

  /** The retained message of a Topic Name, but for those of `$SYS`. */
  retainedMessage(topicName: string): RetainedStatus | undefined {
    return retainedStatusOf(this.exchange.retained, topicName, this.dependencies.clock.now());
  }

  /** Removes retained messages: that of a Topic Name, or all but those of `$SYS`. Returns how many there were. */
  clearRetained(topicName?: string): number {
    const topics =
      topicName === undefined ? this.retainedMessages().map((each) => each.topicName) : [topicName];
    return topics.filter((topic) => this.exchange.clearRetained(topic)).length;
  }

  /** Tells every client that the server goes, resolves when all connections are closed, and forgets everything. */
  close(): Promise<void> {
    return (this.closing ??= this.shutDown());
  }

  /** Sessions and retained messages as they are, after {@link close} as they were then: for the broker that goes on with them. */
  carried(pace: Pace): Promise<KeptBroker> {
    return carriedState(this.sessions, this.exchange.retained, pace);
  }

  private async takeUp(): Promise<void> {
    const { restoration } = this;
    const { pace } = this.dependencies;
    const wanted = () => this.closing === undefined;
    if (pace && restoration) await inSlices(() => restoration.step(), { pace, wanted });
    if (wanted()) this.begin();
  }

  private begin(): void {
    if (this.emitters.hasBegun) return;
    const { dependencies, exchange, sessions, totals } = this;
    const { sysInterval: interval = 0 } = this.options;
    if (interval > 0) this.sys = new SysTopics({ ...dependencies, interval, exchange, sessions, totals });
    this.emitters.hasBegun = true;
  }

  private async shutDown(): Promise<void> {
    const idle = new Promise<void>((resolve) => (this.whenIdle = resolve));
    this.sys?.dispose();
    for (const connection of [...this.connections]) connection.disconnectNow(serverShuttingDown);
    if (this.connections.size > 0) await idle;
    this.departures.dispose();
    this.sessions.dispose();
    this.exchange.dispose();
    await this.gate?.close();
    this.emitters.dispose();
  }

  private connect(connection: BrokerConnection, packet: Connect): void {
    this.totals.connectCame();
    // Who takes over from itself takes no other's place: a device that was reset has left its connection behind.
    const takesOver = this.sessions.get(packet.clientIdentifier)?.connection !== undefined;
    const isOneTooMany = !takesOver && this.totals.connectedClients >= this.limits.maximumConnections;
    const refused = isOneTooMany
      ? { reasonCode: quotaExceeded, cause: 'maximumConnections' as const }
      : refusal(packet, this.limits);
    if (refused) connection.tell({ kind: 'refuse', properties: {}, ...refused });
    else this.doorkeeper.connect(connection, packet);
  }

  private admit(connection: BrokerConnection, packet: Connect, admitted: Admitted): void {
    const { clientIdentifier, userName, authenticationData } = admitted;
    const client = { clientIdentifier, userName, origin: connection.origin };
    const refuse = (reasonCode: number, cause?: RefusalCause) =>
      connection.tell({ kind: 'refuse', reasonCode, cause, properties: {} });
    const { will, protocolVersion } = packet;
    if (will && this.exchange.deniesPublish(client, will.topicName)) return refuse(notAuthorized);
    const isNew = this.sessions.get(clientIdentifier) === undefined;
    if (isNew && this.sessions.size >= this.limits.sessions) return refuse(quotaExceeded, 'sessions');
    const assigned = admitted.isAssigned ? clientIdentifier : undefined;
    const response = this.options.responseInformation?.replace(/%c/g, () => clientIdentifier);
    const properties = connackProperties(packet, this.limits, assigned, response);
    if (!takesConnack(packet, properties, authenticationData)) return refuse(packetTooLarge);
    const [session, sessionPresent, droppedMessages] = this.sessionFor(connection, packet, clientIdentifier);
    session.will = will; // [MQTT-3.1.2-7] [MQTT-3.1.2-12] (3.1.1)
    session.expiryInterval = sessionExpiryInterval(packet, this.limits);
    session.leftAt = undefined;
    session.connection = connection;
    connection.session = session;
    connection.client = client;
    this.exchange.resumed(session, client);
    connection.connectedSince = this.dependencies.clock.now();
    connection.keepAlive = keepAliveOf(packet, this.limits);
    this.totals.letIn();
    this.keeper.changed(session);
    const { writeBufferBytes: queueBytes, outboundTopicAliases: topicAliases } = this.limits;
    const told = { sessionPresent, properties, authenticationData };
    const { forbidden } = this.exchange;
    const withholds = (message: OutboundMessage) => forbidden.withholds(session, message);
    const limits = { queueBytes, total: this.queued, topicAliases, withholds };
    const acceptance = { session: session.state, ...told, ...limits };
    connection.tell({ kind: 'accept', acceptance });
    const { peer, listener } = connection.origin;
    const version = protocolVersion;
    const who = { clientIdentifier, userName, peer, listener, version };
    this.emitters.connected.fire({ ...who, sessionPresent, droppedMessages });
  }

  /** The Session the client goes on with, or a new one; whether it is the former; and what found no room in that. */
  private sessionFor(
    connection: BrokerConnection,
    { cleanStart }: Connect,
    clientIdentifier: string,
  ): readonly [session: BrokerSession, isPresent: boolean, droppedMessages: number] {
    const inUse = this.sessions.get(clientIdentifier);
    const other = inUse?.connection;
    if (inUse && other) {
      const count = ++inUse.takeOvers;
      other.disconnectNow(sessionTakenOver); // [MQTT-3.1.4-3]
      this.emitters.takenOver.fire({
        clientIdentifier,
        fromPeer: other.peer,
        byPeer: connection.peer,
        count,
      });
    }
    // That may have ended its session, too.
    const stored = this.sessions.get(clientIdentifier);
    if (stored && cleanStart) this.sessions.end(stored); // [MQTT-3.1.2-4] [MQTT-3.1.4-4]
    const resumed = cleanStart ? undefined : stored; // [MQTT-3.1.2-5]
    const session = resumed ?? this.sessions.create(clientIdentifier); // [MQTT-3.1.2-6]
    if (!resumed && inUse) session.takeOvers = inUse.takeOvers;
    const dropped = this.departures.returned(session, stored);
    return [session, resumed !== undefined, dropped]; // [MQTT-3.2.2-2] [MQTT-3.2.2-3]
  }

  private closed(connection: BrokerConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) this.whenIdle?.();
  }
}
