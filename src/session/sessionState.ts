import type { Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { InflightStore, type ReleasedMessage } from './inflightStore';
import { SessionChanges } from './sessionChanges';
import { keptSubscription } from './keptSubscription';

/** A subscription the server granted, and the Reason Code it did so with. */
export interface GrantedSubscription {
  readonly subscription: Subscription;
  /** Of its SUBSCRIBE. */
  readonly properties: Properties;
  readonly reasonCode: number;
}

/** Of all that have none. */
const noneGranted: ReadonlyMap<string, GrantedSubscription> = new Map();

/**
 * What outlives a Network Connection on either side (4.1). A server keeps the subscriptions besides; they are not needed
 * to run the protocol.
 */
export class SessionState {
  /** Messages that were sent or wait to be. */
  readonly outbound = new InflightStore();
  /** Packet Identifiers of QoS 2 messages that were received and not released yet. */
  readonly received = new ReceivedIdentifiers();
  /** For a client: what it subscribed to, by Topic Filter, to be made again where the server has lost it. */
  private granted: Map<string, GrantedSubscription> | undefined;
  private begun = false;

  /**
   * For a client: there is such a Session, be it with nothing in flight. That CONNACK accepted it is not asked for: an
   * answer that got lost has begun it just the same.
   */
  get hasBegun(): boolean {
    return this.begun;
  }

  set hasBegun(begun: boolean) {
    if (begun === this.begun) return;
    this.begun = begun;
    this.changes?.add({ kind: 'begun', begun });
  }

  /**
   * For a client: its part of the Session got lost, and the server may still have the other one. What that says is of
   * messages and Packet Identifiers that mean something else by now, so both start over [MQTT-3.1.2-4].
   */
  mustStartClean = false;

  /** For a client: a server has begun a new Session with it, so that nothing is left that nobody knows. */
  startedClean(): void {
    if (!this.mustStartClean) return;
    this.mustStartClean = false;
    this.changes?.add({ kind: 'startedClean' });
  }

  get subscriptions(): ReadonlyMap<string, GrantedSubscription> {
    return this.granted ?? noneGranted;
  }

  /** What a journal has not been told yet; undefined where there is none. */
  get changes(): SessionChanges | undefined {
    return this.outbound.changes;
  }

  /** Nothing is in flight in either direction. */
  get isEmpty(): boolean {
    return (
      this.outbound.identifiersInUse === 0 && this.outbound.queue.length === 0 && this.received.size === 0
    );
  }

  /**
   * From now on every step is noted for a journal, beginning with what it does not know.
   * @param lastEntry the highest entry that the journal has
   */
  noteChanges(lastEntry = 0): SessionChanges {
    return this.noteIn(new SessionChanges(lastEntry));
  }

  /** The same for notes that somebody else has made ready. */
  noteIn<Changes extends SessionChanges>(changes: Changes): Changes {
    this.outbound.changes = changes;
    this.received.changes = changes;
    return changes;
  }

  subscribed(granted: GrantedSubscription): void {
    (this.granted ??= new Map()).set(granted.subscription.topicFilter, granted);
    this.changes?.add({ kind: 'subscribed', subscription: keptSubscription(granted) });
  }

  unsubscribed(topicFilter: string): void {
    if (this.granted?.delete(topicFilter)) this.changes?.add({ kind: 'unsubscribed', topicFilter });
  }

  /** Starts over [MQTT-3.1.2-4]. */
  clear(): void {
    this.outbound.clear();
    this.received.clear();
    this.granted = undefined;
    this.changes?.cleared();
  }

  /**
   * The server has lost the Session, and so has this side [MQTT-3.2.2-5]: it takes nothing up from where it stood. Messages
   * that the server did not take are new ones from here on, since they were promised to be published; so one whose
   * acknowledgement got lost may arrive twice. Those the server took are returned, and those that were abandoned. What is
   * subscribed to stays known, to be subscribed to again.
   */
  startAnew(): readonly ReleasedMessage[] {
    if (!this.isEmpty) this.changes?.add({ kind: 'lost' });
    this.received.clear();
    return this.outbound.startAnew();
  }
}

/** A set of Packet Identifiers whose changes a journal may hear of. */
class ReceivedIdentifiers {
  private identifiers: Set<number> | undefined;
  changes: SessionChanges | undefined;

  get size(): number {
    return this.identifiers?.size ?? 0;
  }

  has(packetIdentifier: number): boolean {
    return this.identifiers?.has(packetIdentifier) === true;
  }

  add(packetIdentifier: number): void {
    if (this.changes && !this.has(packetIdentifier)) this.changes.add({ kind: 'received', packetIdentifier });
    (this.identifiers ??= new Set()).add(packetIdentifier);
  }

  delete(packetIdentifier: number): boolean {
    const known = this.identifiers?.delete(packetIdentifier) === true;
    if (this.identifiers?.size === 0) this.identifiers = undefined;
    if (known) this.changes?.add({ kind: 'receivedReleased', packetIdentifier });
    return known;
  }

  clear(): void {
    this.identifiers = undefined;
  }

  [Symbol.iterator](): Iterator<number> {
    return (this.identifiers ?? noneReceived).values();
  }
}

/** Of all that have none. */
const noneReceived: ReadonlySet<number> = new Set();
