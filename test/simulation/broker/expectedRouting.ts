import type { Connect, Publish, QoS, Subscribe, Unsubscribe } from '../../../src/protocol/controlPacket';
import type { ServerEnding } from '../../../src/session/serverContract';
import { numberIn } from '../messages';
import { type Delivery, ExpectedSession, type ExpectedSubscription, type Lifetime } from './expectedSession';
import { UndoLog } from './undoLog';

interface Message extends Lifetime {
  readonly number: number;
  readonly topicName: string;
  readonly qos: QoS;
  readonly retain: boolean;
}

interface Taken {
  readonly session: ExpectedSession;
  /** The broker's process ended before that was safe. */
  isUndone: boolean;
  /** It is for somebody who outlives the process; of what is for nobody there is nothing to be lost. */
  isKept: boolean;
}

const neverExpires = 0xffffffff;

/** The number of a message whose payload is empty. */
const emptyMessage = 0;

export const messageNumber = (payload: Uint8Array): number | undefined =>
  payload.length === 0 ? emptyMessage : numberIn(payload);

/**
 * What the specification says becomes of everything a broker has read, in the order in which it did: the plainest form
 * there is, which looks at every filter of every Session for every message.
 */
export class ExpectedRouting {
  readonly sessions = new Map<string, ExpectedSession>();
  readonly retained = new Map<string, Message>();
  /** All there ever was, those that are over included. */
  readonly everySession: ExpectedSession[] = [];
  readonly shared: Delivery[] = [];
  /** The Sessions that a message was taken from. */
  readonly takenFrom = new Map<number, Taken[]>();
  /** What is not safe yet. */
  readonly undo = new UndoLog();

  constructor(
    readonly now: () => number,
    private readonly complain: (what: string) => void,
  ) {}

  /** A client is let in. */
  connected(connect: Connect, peer: string, sessionPresent: boolean): ExpectedSession {
    this.advance(this.now() - 1);
    const { clientIdentifier, cleanStart, protocolVersion, properties } = connect;
    const stored = this.sessions.get(clientIdentifier);
    if (stored?.peer !== undefined) this.complain(`two connections have ${clientIdentifier} [MQTT-3.1.4-3]`);
    const isPresent = stored !== undefined && !cleanStart;
    if (isPresent !== sessionPresent) {
      this.complain(`Session Present of ${clientIdentifier} is ${sessionPresent} [MQTT-3.2.2-2]`);
    }
    if (stored && cleanStart) this.end(stored);
    let session = stored;
    if (!session || cleanStart) {
      session = new ExpectedSession(clientIdentifier, protocolVersion);
      this.everySession.push(session);
      this.undo.put(this.sessions, clientIdentifier, session);
    }
    const { undo } = this;
    undo.set(session, 'will', connect.will);
    undo.set(session, 'willAt', undefined);
    undo.set(session, 'endsAt', undefined);
    undo.set(session, 'leftAt', undefined);
    const beforeFive = cleanStart ? 0 : neverExpires;
    undo.set(session, 'expiry', protocolVersion === 5 ? (properties.sessionExpiryInterval ?? 0) : beforeFive);
    session.peer = peer;
    session.connections++;
    return session;
  }

  /** The connection of a Session is over. */
  disconnected(session: ExpectedSession, ending: ServerEnding): void {
    const { undo } = this;
    if (ending.kind === 'disconnectedByClient') {
      const { reasonCode, properties } = ending.disconnect;
      if (reasonCode === 0) undo.set(session, 'will', undefined); // [MQTT-3.14.4-3]
      undo.set(session, 'expiry', properties.sessionExpiryInterval ?? session.expiry);
    }
    session.peer = undefined;
    undo.set(session, 'leftAt', this.now());
    this.leave(session, this.now());
  }

  /** What is due until then: wills that waited, Sessions whose time is over. */
  advance(until: number): void {
    for (const session of [...this.sessions.values()]) {
      const { willAt = Infinity, endsAt = Infinity } = session;
      if (willAt <= until && willAt <= endsAt) this.publishWill(session);
      if (endsAt <= until) this.end(session);
    }
  }

  /** The process of the broker ends: what was not safe has never been. */
  kill(): void {
    this.undo.rollBack();
    for (const session of [...this.sessions.values()]) {
      session.peer = undefined;
      session.willAt = session.endsAt = undefined;
      if (session.expiry > 0) continue;
      if (session.will) session.subscriptions.clear();
      else {
        session.hasEnded = true;
        this.sessions.delete(session.clientIdentifier);
      }
    }
  }

  /** The process of a broker that keeps nothing ends. */
  lose(): void {
    this.undo.commit();
    for (const session of this.sessions.values()) {
      session.hasEnded = true;
      session.peer = undefined;
    }
    this.sessions.clear();
    this.retained.clear();
  }

  /** Another takes up what there is. */
  restarted(): void {
    for (const session of [...this.sessions.values()]) {
      if (session.leftAt === undefined) this.undo.set(session, 'leftAt', this.now());
      this.leave(session, session.leftAt ?? this.now());
    }
  }

  published(packet: Publish, topicName: string, session: ExpectedSession): void {
    const { qos, packetIdentifier, retain } = packet;
    if (qos === 2) {
      if (session.received.has(packetIdentifier)) return; // [MQTT-4.3.3-10]
      this.undo.put(session.received, packetIdentifier, true);
    }
    const number = messageNumber(packet.payload);
    if (number === undefined) return this.complain('the broker read a message nobody has published');
    const taken = { session, isUndone: false, isKept: true };
    this.undo.push(() => (taken.isUndone = true));
    this.takenFrom.set(number, [...(this.takenFrom.get(number) ?? []), taken]);
    const { messageExpiryInterval: expiry } = packet.properties;
    const message = { number, topicName, qos, retain, since: this.now(), expiry };
    taken.isKept = this.route(message, packet.payload.length === 0, session);
  }

  /** Returns the Reason Codes of the answer. */
  subscribed({ subscriptions, properties }: Subscribe, session: ExpectedSession): number[] {
    const identifier = properties.subscriptionIdentifiers?.[0];
    const wanted: (readonly [filter: string, qos: QoS])[] = [];
    for (const { topicFilter, qos, noLocal, retainAsPublished, retainHandling } of subscriptions) {
      const isNew = !session.subscriptions.has(topicFilter);
      this.undo.put(session.subscriptions, topicFilter, { qos, noLocal, retainAsPublished, identifier });
      const isShared = groupFilter(topicFilter) !== undefined;
      if (isShared) session.everShared.add(topicFilter);
      if (!isShared && (retainHandling === 0 || (retainHandling === 1 && isNew)))
        wanted.push([topicFilter, qos]);
    }
    const identifiers = identifier === undefined ? [] : [identifier];
    for (const [filter, qos] of wanted) {
      for (const message of this.retained.values()) {
        if (!matches(filter, message.topicName) || this.hasExpired(message)) continue;
        this.owe(session, { ...message, qos: lower(qos, message.qos), retain: true }, identifiers);
      }
    }
    return subscriptions.map(({ qos }) => qos);
  }

  /** Returns the Reason Codes of the answer. */
  unsubscribed({ topicFilters }: Unsubscribe, session: ExpectedSession): number[] {
    return topicFilters.map((filter) => (this.undo.remove(session.subscriptions, filter) ? 0 : 0x11));
  }

  /** Nobody has to get it any more [MQTT-3.3.2-5]. */
  hasExpired({ since, expiry }: Lifetime, at = this.now()): boolean {
    return expiry !== undefined && at >= since + expiry * 1000;
  }

  private leave(session: ExpectedSession, at: number): void {
    const delay = session.will?.properties.willDelayInterval ?? 0;
    if (session.will && delay === 0) this.publishWill(session);
    else if (session.will) this.undo.set(session, 'willAt', at + delay * 1000);
    if (session.expiry === 0) this.end(session);
    else if (session.expiry !== neverExpires) this.undo.set(session, 'endsAt', at + session.expiry * 1000);
  }

  private end(session: ExpectedSession): void {
    if (session.willAt !== undefined) this.publishWill(session); // [MQTT-3.1.2-8]
    this.undo.set(session, 'hasEnded', true);
    this.undo.remove(this.sessions, session.clientIdentifier);
  }

  private publishWill(session: ExpectedSession): void {
    const { will } = session;
    this.undo.set(session, 'willAt', undefined);
    this.undo.set(session, 'will', undefined); // [MQTT-3.1.2-10]
    const number = will && messageNumber(will.payload);
    if (!will || number === undefined) return;
    const { topicName, qos, retain } = will;
    this.route({ number, topicName, qos, retain, since: this.now(), expiry: undefined }, false, session);
  }

  /** Returns whether it is for somebody who outlives the process of the broker. */
  private route(message: Message, isEmpty: boolean, publisher: ExpectedSession): boolean {
    const { topicName, retain } = message;
    let isKept = false;
    if (retain && isEmpty) this.undo.remove(this.retained, topicName);
    else if (retain) this.undo.put(this.retained, topicName, message); // [MQTT-3.3.1-5]
    const groups = new Set<string>();
    for (const session of this.sessions.values()) {
      const matching: ExpectedSubscription[] = [];
      for (const [filter, subscription] of session.subscriptions) {
        const shared = groupFilter(filter);
        if (shared !== undefined && matches(shared, topicName)) groups.add(filter);
        if (shared !== undefined || !matches(filter, topicName)) continue;
        if (!subscription.noLocal || session !== publisher) matching.push(subscription); // [MQTT-3.8.3-3]
      }
      if (matching.length === 0) continue;
      const qos = lower(message.qos, Math.max(...matching.map((each) => each.qos)) as QoS); // [MQTT-3.3.4-2]
      const keepsRetain = retain && matching.some((each) => each.retainAsPublished);
      const identifiers = matching.flatMap(({ identifier }) => identifier ?? []); // [MQTT-3.3.4-4]
      this.owe(session, { ...message, qos, retain: keepsRetain }, identifiers);
      isKept ||= qos > 0 && session.expiry > 0;
    }
    for (const group of groups) this.oweGroup(group, message);
    return isKept;
  }

  private owe(session: ExpectedSession, message: Message, of: readonly number[]) {
    const { number, topicName, qos, retain, since, expiry } = message;
    const { peer } = session;
    if (qos === 0 && peer === undefined) return;
    const identifiers = [...of].sort((one, other) => one - other);
    this.add(session.deliveries, {
      ...{ number, topicName, qos, retain, identifiers, since, expiry },
      ...{ peer: qos === 0 ? peer : undefined, group: undefined, owner: session },
      ...{ state: 'waiting', isUndone: false },
    });
  }

  private oweGroup(group: string, { number, topicName, qos, since, expiry }: Message): void {
    this.add(this.shared, {
      ...{ number, topicName, qos, retain: false, identifiers: [], since, expiry },
      ...{ peer: undefined, group, owner: undefined },
      ...{ state: 'waiting', isUndone: false },
    });
  }

  private add(deliveries: Delivery[], delivery: Delivery): void {
    deliveries.push(delivery);
    this.undo.push(() => (delivery.isUndone = true));
  }
}

function lower(one: QoS, other: QoS): QoS {
  return one < other ? one : other;
}

/** The Topic Filter of a shared subscription, if it is one. */
function groupFilter(filter: string): string | undefined {
  return /^\$share\/[^/]+\/(.+)$/.exec(filter)?.[1];
}

function matches(filter: string, topicName: string): boolean {
  const wanted = filter.split('/');
  const levels = topicName.split('/');
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
