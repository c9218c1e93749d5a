import type { QoS, WillMessage } from '../protocol/controlPacket';
import type { HeldTotal } from '../session/heldTotal';
import { SessionState } from '../session/sessionState';
import type { AdmittedClient } from './accessControl';
import type { BrokerConnection } from './brokerConnection';
import type { BrokerLimits } from './brokerOptions';
import type { RetainedFeed } from './retainedFeed';
import type { OutgoingPublish } from './routedMessage';
import { subscriptionBytes } from './topicDepth';

export interface BrokerSubscription {
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier: number | undefined;
  /** Its filter begins with `$share/`, and means that (4.8.2). */
  readonly isShared: boolean;
}

/** How a session takes a message that is routed to it. */
export type Reception =
  | 'taken'
  /** It is kept, but there are more than the client takes: its publisher should wait. */
  | 'full'
  | 'dropped';

/** How much may wait in a Session. */
export type QueueLimits = Pick<BrokerLimits, 'queuedMessages' | 'queueBytes'>;

/** Which limit it is that no more may wait for. */
export type QueueLimit = 'queuedMessages' | 'queueBytes' | 'totalQueueBytes';

/** How many bytes of QoS 0 messages that could come later wait for a connection. */
const mostFedAhead = 131_072;

/** Of all that have none. */
const noSubscriptions: ReadonlyMap<string, BrokerSubscription> = new Map();

/** What the broker knows of one Client Identifier, for as long as its Session lasts (4.1). */
export class BrokerSession {
  readonly state = new SessionState();
  private subscribedTo: Map<string, BrokerSubscription> | undefined;
  /** About what the subscriptions take. */
  subscriptionBytes = 0;
  /** The Network Connection it is in use on. */
  connection: BrokerConnection | undefined;
  /** Who uses it, or did last. */
  client: AdmittedClient | undefined;
  will: WillMessage | undefined;
  /** Retained messages that its subscriptions have still to get. */
  retainedFeed: RetainedFeed | undefined;
  /** Seconds it is kept without a connection; 0xFFFFFFFF for ever. */
  expiryInterval = 0;
  /** When its last connection ended, in milliseconds since the epoch; undefined while there is one. */
  leftAt: number | undefined;
  /** Messages that found no place since its last connection began. */
  droppedMessages = 0;
  /** Those of connections before. */
  earlierDropped = 0;
  violations = 0;
  takeOvers = 0;
  /** Before that nothing in the queue expires, in milliseconds since the epoch. */
  private nextExpiry = 0;

  /** @param total of what waits for all clients; this Session counts in it until {@link end} */
  constructor(
    readonly clientIdentifier: string,
    private readonly total?: HeldTotal,
  ) {
    this.state.outbound.countIn(total);
  }

  /** The Session is over, and what waited for it with it. */
  end(): void {
    this.state.outbound.countIn(undefined);
  }

  get subscriptions(): ReadonlyMap<string, BrokerSubscription> {
    return this.subscribedTo ?? noSubscriptions;
  }

  subscribe(topicFilter: string, subscription: BrokerSubscription): void {
    if (!this.subscribedTo?.has(topicFilter)) this.subscriptionBytes += subscriptionBytes(topicFilter);
    (this.subscribedTo ??= new Map()).set(topicFilter, subscription);
  }

  unsubscribe(topicFilter: string): void {
    if (this.subscribedTo?.delete(topicFilter)) this.subscriptionBytes -= subscriptionBytes(topicFilter);
    if (this.subscribedTo?.size === 0) this.subscribedTo = undefined;
  }

  /** QoS 1 and 2 messages that wait, for their turn or their acknowledgement. */
  get heldMessages(): number {
    const { queue, unacknowledged } = this.state.outbound;
    return queue.length + unacknowledged.size;
  }

  /**
   * Whether more messages wait than may.
   * @param part of what may wait, from 0 to 1
   */
  isFull(limits: QueueLimits, part = 1): boolean {
    return this.reachedLimit(limits, part) !== undefined;
  }

  /** The limit for which no more may wait; undefined while it may. */
  reachedLimit({ queuedMessages, queueBytes }: QueueLimits, part = 1): QueueLimit | undefined {
    const { heldBytes } = this.state.outbound;
    if (this.heldMessages >= queuedMessages * part) return 'queuedMessages';
    if (heldBytes > queueBytes * part) return 'queueBytes';
    return this.total?.isBeyond(heldBytes, part) === true ? 'totalQueueBytes' : undefined;
  }

  /**
   * Whether there is room for a message that can wait where it is: what comes from others keeps half of the queue, and a slow
   * connection gets no more than it sends soon.
   */
  hasRoomFor({ qos, size }: OutgoingPublish, limits: BrokerLimits): boolean {
    if (qos > 0) return !this.isFull(limits, 0.5);
    const waiting = this.connection?.waitingBytes ?? 0;
    if (waiting === 0) return true;
    const most = Math.min(mostFedAhead, limits.writeBufferBytes / 2);
    return waiting + size <= most && this.total?.isBeyond(waiting + size) !== true;
  }

  /**
   * Takes a message for the client. Without a connection QoS 0 is not kept, and neither is what does not fit: nobody could
   * say when there is room again. It is not kept either where no publisher can wait for room.
   * @param publisher whose message it is, if that can wait
   */
  receive(message: OutgoingPublish, limits: QueueLimits, publisher: BrokerConnection | undefined): Reception {
    const { connection } = this;
    if (message.qos === 0) {
      if (!connection) return 'dropped';
      return connection.send(message) ? 'taken' : this.drop();
    }
    let isFull = this.isFull(limits);
    if (isFull && this.dropExpired(message.message.receivedAt)) isFull = this.isFull(limits);
    // Who waited for itself would not read its own acknowledgements.
    const canWait = publisher !== undefined && publisher !== connection;
    if (isFull && !(canWait && connection?.canBeWaitedFor)) return this.drop();
    // At once, whatever becomes of the connection: the publisher is told that it was taken.
    message.keep();
    this.nextExpiry = Math.min(this.nextExpiry, message.message.expiresAt);
    // One queue for all topics: each is ordered [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT-4.6.0-5] (3.1.1) [MQTT-4.6.0-6] (3.1.1).
    this.state.outbound.enqueue(message); // [MQTT-3.1.2-5] (3.1.1) [MQTT-4.5.0-1]
    connection?.release();
    return isFull ? 'full' : 'taken';
  }

  /**
   * Makes room of what has expired while it waited [MQTT-3.3.2-5]; returns whether it looked. It does not where it knows that
   * there is nothing, so that a flood does not go through the queue for each of its messages.
   */
  private dropExpired(at: number): boolean {
    if (at < this.nextExpiry) return false;
    const { outbound } = this.state;
    for (const expired of outbound.takeOut((each) => each.hasExpired(at))) outbound.forget(expired);
    this.nextExpiry = Infinity;
    for (const waiting of outbound.queue) {
      this.nextExpiry = Math.min(this.nextExpiry, (waiting as OutgoingPublish).message.expiresAt);
    }
    return true;
  }

  private drop(): Reception {
    this.droppedMessages++;
    return 'dropped';
  }
}
