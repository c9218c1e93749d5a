import { added } from '../base/added';
import { assertNever } from '../base/assert';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type { Auth, Connect, Publish, Subscribe, Unsubscribe } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import type { CaptureTap, Transport } from '../session/effects';
import { Pump, type PumpOutlet } from '../session/pump';
import { ServerConnection } from '../session/serverConnection';
import type {
  DisconnectCause,
  MessageAnswer,
  Mistake,
  ServerCommand,
  ServerConnectionOptions,
  ServerDelivery,
  ServerEnding,
} from '../session/serverContract';
import type { AdmittedClient, Origin, ServerAuthentication } from './accessControl';
import type { BrokerLimits } from './brokerOptions';
import type { ConnectionOwner, SameMistakes } from './brokerEvents';
import type { BrokerSession } from './brokerSession';
import type { OutgoingPublish } from './routedMessage';
import type { UnfinishedPackets } from './unfinishedPackets';

/** What a connection asks of the broker it belongs to. */
export interface ConnectionHost {
  connect(connection: BrokerConnection, packet: Connect): void;
  /** Returns what PUBACK or PUBREC says. The packet's bytes are gone after the call. */
  publish(connection: BrokerConnection, packet: Publish, at: number): MessageAnswer;
  subscribe(connection: BrokerConnection, packet: Subscribe): void;
  unsubscribe(connection: BrokerConnection, packet: Unsubscribe): void;
  authenticate(connection: BrokerConnection, packet: Auth): void;
  /** The client broke a rule, as often as these are at once, and stays. */
  mistaken(connection: BrokerConnection, mistakes: SameMistakes): void;
  /** Serving a packet threw; the client was answered with 0x83. */
  failed(connection: BrokerConnection, error: unknown): void;
  ended(connection: BrokerConnection, ending: ServerEnding, at: number): void;
  closed(connection: BrokerConnection): void;
}

const implementationError = 0x83;
const quotaExceeded = 0x97;

/**
 * How long publishers wait for a subscriber that is full, in milliseconds: less than what clients wait for PINGRESP, which
 * they do not get meanwhile.
 */
const waitPatience = 4_000;

const release: ServerCommand = { kind: 'release' };

const doNothing = (): void => undefined;

export interface ConnectionSettings {
  readonly origin: Origin;
  readonly clock: Clock;
  readonly tap: CaptureTap | undefined;
  readonly limits: BrokerLimits;
  /** Of all connections of the broker. */
  readonly protocol: ServerConnectionOptions;
  readonly unfinished: UnfinishedPackets;
}

/** One client's Network Connection, and who waits for whom on account of it. */
export class BrokerConnection implements PumpOutlet<ServerDelivery, never, ServerEnding> {
  readonly peer: string;
  readonly origin: Origin;
  /** CONNECT, once it has arrived. */
  connect: Connect | undefined;
  /** Set while the client is connected. */
  session: BrokerSession | undefined;
  /** The same for rules about topics. */
  client: AdmittedClient | undefined;
  /** The exchange of its Authentication Method that goes on. */
  authentication: ServerAuthentication | undefined;
  /** What that leads to when it succeeds. */
  whenAuthenticated: (step: {
    readonly userName: string | undefined;
    readonly data?: Uint8Array | undefined;
  }) => void = doNothing;
  /** When it was let in, in milliseconds since the epoch, and the Keep Alive in force, in seconds. */
  connectedSince = 0;
  keepAlive = 0;
  hasEnded = false;
  readonly protocol: ServerConnection;
  private readonly pump: Pump<ServerCommand, ServerDelivery, never, ServerEnding>;
  private readonly limits: BrokerLimits;
  private readonly unfinished: UnfinishedPackets;
  private unfinishedBytes = 0;
  readonly clock: Clock;
  /** Clients whose messages find no room: this connection is not read from until they have caught up. */
  private waitsFor: Set<BrokerConnection> | undefined;
  private waiting: Set<BrokerConnection> | undefined;
  /** How long others still wait for this client. */
  private patience: Disposable | undefined;
  private hasBeenWaitedFor = false;
  /** QoS 0 messages that were sent in this turn. */
  private outbox: { readonly kind: 'publishAll'; readonly messages: OutgoingPublish[] } | undefined;
  /** Bytes of the QoS 0 messages that were sent since the last round of work. */
  private inHand = 0;

  constructor(
    transport: Transport,
    private readonly host: ConnectionHost,
    { origin, clock, tap, limits, protocol, unfinished }: ConnectionSettings,
  ) {
    this.peer = transport.peer;
    this.origin = origin;
    this.limits = limits;
    this.unfinished = unfinished;
    this.clock = clock;
    this.protocol = new ServerConnection(protocol);
    this.pump = new Pump(this.protocol, transport, clock, this, tap);
  }

  /** Messages that were not sent because the client is slower than they come, was gone, or takes no packets that large. */
  get droppedMessages(): number {
    const inOutbox = this.hasEnded ? (this.outbox?.messages.length ?? 0) : 0;
    return inOutbox + (this.protocol.sender?.droppedMessages ?? 0);
  }

  /** Bytes of QoS 0 messages that have not been handed to the transport. */
  get waitingBytes(): number {
    return this.inHand + (this.protocol.sender?.waitingBytes ?? 0);
  }

  /** Who it is of, as far as CONNECT says that, which may not have been in order or whole. */
  get whose(): ConnectionOwner {
    const { session, client, connect } = this;
    const { peer, listener } = this.origin;
    const clientIdentifier =
      session?.clientIdentifier ?? connect?.clientIdentifier ?? this.protocol.backlog?.clientIdentifier;
    const userName = client?.userName ?? connect?.userName;
    return { clientIdentifier, userName, version: connect?.protocolVersion, peer, listener };
  }

  get sentBytes(): number {
    return this.pump.sentBytes;
  }

  start(): void {
    this.pump.start();
    this.tell({ kind: 'begin' });
  }

  tell(command: ServerCommand): void {
    this.pump.submit(command);
  }

  /** Sends a QoS 0 message; returns false where more than may wait were sent in this turn already. */
  send(message: OutgoingPublish): boolean {
    this.inHand += message.size;
    if (this.inHand > this.limits.writeBufferBytes + message.size) return false;
    const outbox = (this.outbox ??= { kind: 'publishAll', messages: [] });
    outbox.messages.push(message);
    if (outbox.messages.length === 1) this.pump.submit(outbox);
    return true;
  }

  /** Sends what was put in the Session's queue. */
  release(): void {
    this.pump.submitOnce(release);
  }

  /** Ends the connection before this returns. */
  disconnectNow(reasonCode: number, reasonString?: string, cause?: DisconnectCause): void {
    this.tell({ kind: 'disconnect', reasonCode, reasonString, cause });
    this.pump.flush();
  }

  /**
   * Whether others may wait for this client. Not while it waits itself: its acknowledgements are not read then, and two
   * that wait for each other would never go on. And not once others have waited long enough.
   */
  get canBeWaitedFor(): boolean {
    return this.waitsFor === undefined && !this.hasBeenWaitedFor;
  }

  /** Stops reading until `slow` has caught up, or there was patience enough with it. */
  waitFor(slow: BrokerConnection): void {
    if (slow === this || this.waitsFor?.has(slow)) return;
    (this.waitsFor ??= new Set()).add(slow);
    (slow.waiting ??= new Set()).add(this);
    slow.patience ??= slow.startPatience();
    this.tell({ kind: 'pauseReading', paused: true });
  }

  /** Its pump's, like what else a {@link PumpOutlet} has. */
  delivered(packets: readonly ServerDelivery[], at: number): void {
    let answers: MessageAnswer[] | undefined;
    let mistakes: Mistake[] | undefined;
    for (const packet of packets) {
      if (packet.type === 'mistake') {
        mistakes = added(mistakes, packet);
        continue;
      }
      try {
        const answer = this.serve(packet, at);
        if (answer !== undefined) answers = added(answers, answer);
      } catch (error) {
        // One packet that fails takes no other's answer: acknowledgements are told apart by their order alone.
        if (packet.type !== 'PUBLISH') this.giveUp();
        else if (this.connect?.protocolVersion !== 5) this.giveUpMessage(packet);
        else if (packet.qos > 0) answers = added(answers, implementationError);
        this.host.failed(this, error);
      }
    }
    if (mistakes) {
      for (const same of together(mistakes)) this.host.mistaken(this, same);
    }
    if (answers) this.tell({ kind: 'acknowledge', answers });
    if (this.protocol.parting) this.tell({ kind: 'part' });
  }

  /** Returns what the acknowledgement says that is owed, if one is. */
  private serve(packet: Exclude<ServerDelivery, Mistake>, at: number): MessageAnswer | undefined {
    switch (packet.type) {
      case 'CONNECT':
        this.connect = packet;
        this.host.connect(this, packet);
        return undefined;
      case 'PUBLISH': {
        const answer = this.host.publish(this, packet, at);
        return packet.qos > 0 ? answer : undefined;
      }
      case 'SUBSCRIBE':
        this.host.subscribe(this, packet);
        return undefined;
      case 'UNSUBSCRIBE':
        this.host.unsubscribe(this, packet);
        return undefined;
      case 'AUTH':
        this.host.authenticate(this, packet);
        return undefined;
      default:
        return assertNever(packet);
    }
  }

  /**
   * Before 5.0 an acknowledgement cannot say that a message was not taken: it has to come again, over another connection
   * [MQTT-4.8.0-2] (3.1.1), and is no repetition of one that was.
   */
  private giveUpMessage({ qos, packetIdentifier }: Publish): void {
    if (qos === 2) this.session?.state.received.delete(packetIdentifier);
    this.giveUp();
  }

  /** How far a request got that failed is not known, so the connection does not go on. */
  private giveUp(): void {
    if (this.session) this.tell({ kind: 'disconnect', reasonCode: implementationError });
    else this.tell({ kind: 'refuse', reasonCode: implementationError, properties: noProperties });
  }

  ended(ending: ServerEnding, at: number): void {
    this.hasEnded = true;
    for (const slow of this.waitsFor ?? []) slow.isNotWaitedForBy(this);
    this.waitsFor = undefined;
    this.host.ended(this, ending, at);
    this.wake();
  }

  closed(): void {
    this.countUnfinished(0);
    this.host.closed(this);
  }

  settled(): void {
    // Nobody waits for the outcome of a message.
  }

  /** One client must not end the server for all others. */
  faulted(error: unknown): void {
    this.host.failed(this, error);
  }

  private isNotWaitedForBy(publisher: BrokerConnection): void {
    this.waiting?.delete(publisher);
    if (!this.waiting?.size) this.wake();
  }

  /** Retained messages follow where there is room; and once half of the queue is gone those who waited go on. */
  worked(): void {
    this.inHand = 0;
    this.countUnfinished(this.protocol.unfinishedBytes);
    this.session?.retainedFeed?.go();
    if ((this.waiting === undefined && !this.hasBeenWaitedFor) || this.session?.isFull(this.limits, 0.5))
      return;
    this.hasBeenWaitedFor = false;
    this.wake();
  }

  private countUnfinished(bytes: number): void {
    if (bytes === this.unfinishedBytes) return;
    this.unfinishedBytes = bytes;
    this.unfinished.set(this, bytes);
  }

  /** A client that takes nothing at all while others wait for it has to go; one that is slow misses what does not fit. */
  private startPatience(): Disposable {
    const taken = this.session?.state.outbound.takenMessages;
    return this.clock.schedule(this.clock.now() + waitPatience, () => {
      if (taken === this.session?.state.outbound.takenMessages)
        this.disconnectNow(quotaExceeded, undefined, 'takesNothing');
      else {
        this.hasBeenWaitedFor = true;
        this.wake();
      }
    });
  }

  private wake(): void {
    this.patience?.dispose();
    this.patience = undefined;
    const { waiting = [] } = this;
    this.waiting = undefined;
    for (const publisher of waiting) {
      publisher.waitsFor?.delete(this);
      if (publisher.waitsFor?.size) continue;
      publisher.waitsFor = undefined;
      publisher.tell({ kind: 'pauseReading', paused: false });
    }
  }
}

/** Those of each kind, in their order: a chunk can hold thousands, and one says it all. */
function together(mistakes: readonly Mistake[]): Iterable<SameMistakes> {
  const found = new Map<string, [Mistake, ...Mistake[]]>();
  for (const mistake of mistakes) {
    const { id, subject = '' } = mistake.violation;
    const key = `${id} ${subject}`;
    const known = found.get(key);
    if (known) known.push(mistake);
    else found.set(key, [mistake]);
  }
  return found.values();
}
