import type { Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { InflightStore, type ReleasedMessage } from './inflightStore';
import { ReceivedIdentifiers } from './receivedIdentifiers';
import { SessionChanges } from './sessionChanges';
import { SessionDoubt } from './sessionDoubt';
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
const noneOwed: ReadonlySet<string> = new Set();

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
  /** What a journal knows of {@link isDoubted}. */
  private wasDoubted = false;

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

  /** For a client: what was granted and the server may not have any more, until SUBACK has come for each. */
  get owedSubscriptions(): ReadonlySet<string> {
    return this.received.doubt?.topicFilters ?? noneOwed;
  }

  /**
   * For a client: CONNECT is about to be sent, and from then on all of the Session is in doubt, see {@link SessionDoubt}.
   * Returns what is to be called where the answer says that nothing has changed: the Session is there, or CONNECT was refused.
   */
  doubtAll(): () => void {
    const { doubt } = this.received;
    this.received.doubt = new SessionDoubt(this.subscriptions.keys(), this.received);
    this.received.doubtChanged = () => this.doubtChanged();
    this.doubtChanged();
    return () => {
      this.received.doubt = doubt;
      this.doubtChanged();
    };
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
    this.answered(granted.subscription.topicFilter);
  }

  unsubscribed(topicFilter: string): void {
    if (this.granted?.delete(topicFilter)) this.changes?.add({ kind: 'unsubscribed', topicFilter });
    this.answered(topicFilter);
  }

  /** Starts over [MQTT-3.1.2-4]. */
  clear(): void {
    this.outbound.clear();
    this.received.clear();
    this.granted = undefined;
    this.received.doubt = undefined;
    this.doubtChanged();
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
    this.doubtChanged();
    return this.outbound.startAnew();
  }

  private answered(topicFilter: string): void {
    const { doubt } = this.received;
    if (!doubt) return;
    doubt.answered(topicFilter);
    this.doubtChanged();
  }

  private doubtChanged(): void {
    const { received, wasDoubted } = this;
    if (received.doubt?.isEmpty === true) received.doubt = undefined;
    const doubted = received.doubt !== undefined;
    if (doubted === wasDoubted) return;
    this.wasDoubted = doubted;
    this.changes?.add({ kind: 'doubted', doubted });
  }
}
