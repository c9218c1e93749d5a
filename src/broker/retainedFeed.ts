import type { QoS } from '../protocol/controlPacket';
import type { BrokerLimits } from './brokerOptions';
import type { BrokerSession } from './brokerSession';
import type { RetainedPlace, RetainedStore } from './retainedStore';
import type { RoutedMessage } from './routedMessage';

/** How many topic levels are looked at for one client in one turn of the event loop. */
const levelsPerSlice = 2_000;

/** Where retained messages come from, and who may have them. */
export interface RetainedSource {
  readonly retained: RetainedStore;
  readonly limits: BrokerLimits;
  isFor(session: BrokerSession, topicName: string): boolean;
  /** The Message Expiry Interval of one has passed. */
  expired(message: RoutedMessage): void;
  /** A subscription of which {@link RetainedFeed.keptFor} was asked has got all. */
  fed(session: BrokerSession, topicFilter: string): void;
}

/** A subscription whose retained messages are not all sent. */
interface Pending {
  readonly topicFilter: string;
  readonly qos: QoS;
  readonly identifiers: readonly number[];
  /** What is retained after this number was routed to the subscription already [MQTT-3.3.1-12]. */
  readonly upTo: number;
  /** What waits in the Session already: Topic Names, and when the message was received. */
  readonly except: ReadonlyMap<string, number> | undefined;
  /** Somebody has written down that it is pending. */
  isKept: boolean;
  places: Iterator<RetainedPlace | undefined> | undefined;
  /** Found, and there was no room for it. */
  next: RetainedPlace | undefined;
}

/**
 * Sends a Session the retained messages of its new subscriptions as its client takes them: what is to come is a place in the
 * store, not a copy. It lasts as long as the Session, not as its connection.
 */
export class RetainedFeed {
  /** By Topic Filter: one that is subscribed to again begins anew, however often that is (3.8.4). */
  private readonly pending = new Map<string, Pending>();
  private levelsLeft = levelsPerSlice;

  constructor(
    private readonly session: BrokerSession,
    private readonly source: RetainedSource,
  ) {}

  add(topicFilter: string, qos: QoS, identifiers: readonly number[]): void {
    this.begin(topicFilter, qos, identifiers, undefined);
  }

  /**
   * Begins anew after a restart, which nobody knows how far it had come before.
   * @param except what waits in the Session still and does not come twice: Topic Names, and when the message was received
   */
  restore(
    topicFilter: string,
    qos: QoS,
    identifiers: readonly number[],
    except: ReadonlyMap<string, number> | undefined,
  ): void {
    this.begin(topicFilter, qos, identifiers, except).isKept = true;
  }

  /** Whether a subscription has still to get some. Whoever writes that down is told when it has got them, too. */
  keptFor(topicFilter: string): boolean {
    const pending = this.pending.get(topicFilter);
    if (pending) pending.isKept = true;
    return pending !== undefined;
  }

  /** The subscription is over [MQTT-3.10.4-2]. */
  remove(topicFilter: string): void {
    this.pending.delete(topicFilter);
  }

  /** Sends as much as the client has room for and this turn has time for; called whenever the connection has done something. */
  go(): void {
    const { session } = this;
    for (const each of this.pending.values()) {
      if (!this.send(each)) return;
      this.pending.delete(each.topicFilter);
      if (each.isKept) this.source.fed(session, each.topicFilter);
    }
    if (session.retainedFeed === this) session.retainedFeed = undefined;
  }

  /** Returns whether that was all of it. */
  private send(pending: Pending): boolean {
    const { session, source } = this;
    const { connection } = session;
    if (!connection) return false;
    const { clock } = connection;
    pending.places ??= source.retained.places(pending.topicFilter);
    for (;;) {
      if (!pending.next) {
        if (this.levelsLeft === 0) return false;
        const found = pending.places.next();
        if (--this.levelsLeft === 0) this.goOnLater();
        if (found.done === true) return true;
        pending.next = found.value;
      }
      // What was found may be another by now, or gone.
      const message = pending.next?.message;
      if (message?.hasExpired(clock.now())) source.expired(message);
      else if (message && this.isWanted(pending, message)) {
        const outgoing = message.alone(pending.qos, true, pending.identifiers); // [MQTT-3.3.1-8] (3.1.1)
        if (!session.hasRoomFor(outgoing, source.limits)) return false;
        session.receive(outgoing, source.limits, undefined);
      }
      pending.next = undefined;
    }
  }

  private isWanted({ next, upTo, except }: Pending, { packet, receivedAt }: RoutedMessage): boolean {
    const { topicName } = packet;
    if (next === undefined || next.number > upTo || except?.get(topicName) === receivedAt) return false;
    return this.source.isFor(this.session, topicName);
  }

  private begin(
    topicFilter: string,
    qos: QoS,
    identifiers: readonly number[],
    except: ReadonlyMap<string, number> | undefined,
  ): Pending {
    const upTo = this.source.retained.latest;
    const pending: Pending = {
      ...{ topicFilter, qos, identifiers, upTo, except },
      ...{ isKept: false, places: undefined, next: undefined },
    };
    this.pending.delete(topicFilter);
    this.pending.set(topicFilter, pending);
    return pending;
  }

  /** By way of the connection, which knows what to do with what goes wrong. */
  private goOnLater(): void {
    const clock = this.session.connection?.clock;
    clock?.schedule(clock.now(), () => {
      this.levelsLeft = levelsPerSlice;
      this.session.connection?.release();
    });
  }
}
