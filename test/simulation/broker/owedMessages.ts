import type { Publish } from '../../../src/protocol/controlPacket';
import { type ExpectedRouting, messageNumber } from './expectedRouting';
import type { Delivery, ExpectedSession, Lifetime, Told } from './expectedSession';

/** How long the gate before a journal may hold back what was written, in milliseconds. */
const mostHeldBack = 100;

/** Holds what a broker sends on one connection against what its Session is owed. */
export class OwedMessages {
  constructor(
    private readonly session: ExpectedSession,
    private readonly peer: string,
    private readonly routing: ExpectedRouting,
    private readonly complain: (what: string) => void,
  ) {}

  sent(packet: Publish, topicName: string): void {
    const number = messageNumber(packet.payload);
    if (number === undefined) return this.complain('sent a message nobody has published');
    if (packet.qos === 0) return this.sentOnce(packet, number, topicName);
    const { session } = this;
    const { packetIdentifier, dup } = packet;
    const inFlight = session.inFlight.get(packetIdentifier);
    if (inFlight) {
      const isSame = inFlight.number === number && inFlight.topicName === topicName;
      if (!isSame)
        this.complain(`used #${packetIdentifier} for message ${number}, which has it [MQTT-2.2.1-4]`);
      if (inFlight.state === 'recorded') this.complain(`sent message ${number} again after PUBREC`);
      if (!dup) this.complain(`sent message ${number} again without DUP [MQTT-3.3.1-1]`);
      return;
    }
    // What was sent on a connection that broke before anything of it left is sent again, too.
    if (dup && session.connections < 2)
      this.complain(`sent message ${number} for the first time with DUP [MQTT-3.3.1-1]`);
    const delivery =
      (dup ? this.heldBack(packet, number, topicName) : undefined) ??
      this.nextOwn(packet, number, topicName, false) ??
      // The broker may have sent one while it had not expired, which never left.
      this.nextShared(packet, number, topicName, dup ? 'either' : false) ??
      // One that has expired, if there is nothing else: that is told.
      this.nextOwn(packet, number, topicName, true) ??
      this.nextShared(packet, number, topicName, true);
    if (!delivery) return this.complain(`sent message ${number} of ${topicName}, which is not owed`);
    this.checkExpiry(delivery, packet);
    delivery.state = 'sent';
    delivery.sentQos = packet.qos;
    delivery.owner = session;
    session.inFlight.set(packetIdentifier, delivery);
  }

  /**
   * How many QoS 0 messages for this connection the broker has not written to it, at least and at most: of shared ones nobody
   * knows whom they were for, and what is retained may follow on another connection.
   */
  unsent(): readonly [least: number, most: number] {
    const { session, peer, routing } = this;
    const own = session.deliveries.filter(
      ({ qos, state, ...each }) =>
        qos === 0 && each.peer === peer && (state === 'waiting' || state === 'skipped'),
    );
    const shared = routing.shared.filter(
      ({ qos, group = '', ...each }) =>
        qos === 0 && each.state === 'waiting' && session.everShared.has(group),
    );
    const least = own.filter((each) => !each.retain && each.expiry === undefined);
    return [least.length, own.length + shared.length];
  }

  /** Returns whether there is room for another message now. */
  acknowledged(type: 'PUBACK' | 'PUBREC' | 'PUBCOMP', identifier: number): boolean {
    const { inFlight } = this.session;
    const { undo } = this.routing;
    const delivery = inFlight.get(identifier);
    if (!delivery) return false;
    if (type === 'PUBREC') {
      if (delivery.state === 'sent') undo.set(delivery, 'state', 'recorded');
      return false;
    }
    undo.set(delivery, 'state', 'done');
    undo.remove(inFlight, identifier);
    return true;
  }

  released(identifier: number): void {
    if (this.session.inFlight.get(identifier)?.state === 'recorded') return;
    this.complain(`sent PUBREL #${identifier} for no PUBREC`);
  }

  /** QoS 0: what comes later than another one has overtaken it. */
  private sentOnce(packet: Publish, number: number, topicName: string): void {
    for (const delivery of this.session.deliveries) {
      if (delivery.state !== 'waiting' || delivery.qos > 0 || delivery.peer !== this.peer) continue;
      if (delivery.topicName !== topicName || !isOneKind(delivery.number, number)) continue;
      if (delivery.number === number && this.isExactly(delivery, packet)) {
        this.checkExpiry(delivery, packet);
        delivery.state = 'done';
        return;
      }
      // A slow client misses some.
      delivery.state = 'skipped';
    }
    const shared =
      this.nextShared(packet, number, topicName, false) ?? this.nextShared(packet, number, topicName, true);
    if (shared) {
      this.checkExpiry(shared, packet);
      shared.state = 'done';
      shared.owner = this.session;
    } else if (!this.followsLater(packet, number, topicName))
      this.complain(`sent message ${number} of ${topicName} at QoS 0, which is not owed`);
  }

  /** Retained messages that a slow client had no room for come later, on another connection too, and after a crash again. */
  private followsLater({ retain, qos }: Publish, number: number, topicName: string): boolean {
    return this.session.deliveries.some(
      (each) =>
        retain && each.retain && each.number === number && each.topicName === topicName && each.qos === qos,
    );
  }

  /** The first of this publisher, topic and QoS has to be it (4.6). */
  private nextOwn(
    packet: Publish,
    number: number,
    topicName: string,
    hasExpired: boolean,
  ): Delivery | undefined {
    const next = this.session.deliveries.find(
      (each) =>
        each.state === 'waiting' &&
        !each.isUndone &&
        this.routing.hasExpired(each) === hasExpired &&
        (!hasExpired || each.number === number) &&
        each.qos === packet.qos &&
        each.topicName === topicName &&
        isOneKind(each.number, number),
    );
    if (!next) return undefined;
    if (next.number !== number)
      this.complain(`sent message ${number} where ${next.number} is next [MQTT-4.6.0-6]`);
    if (!this.isExactly(next, packet))
      this.complain(
        `sent message ${number} with other flags or Subscription Identifiers [MQTT-3.3.1-12] [MQTT-3.3.4-3]`,
      );
    return next;
  }

  private nextShared(
    packet: Publish,
    number: number,
    topicName: string,
    hasExpired: boolean | 'either',
  ): Delivery | undefined {
    const { session } = this;
    const { qos } = packet;
    const candidates = this.routing.shared.filter(({ number: its, topicName: topic, isUndone, ...each }) => {
      if (its !== number || topic !== topicName || isUndone || each.group === undefined) return false;
      if (!session.everShared.has(each.group)) return false;
      // It was routed at the QoS of the subscription as it was then.
      if (qos > each.qos) return false;
      if (hasExpired !== 'either' && this.routing.hasExpired(each) !== hasExpired) return false;
      if (each.state === 'waiting') return true;
      // One that was sent goes to another member when its own is over, but not at QoS 2 [MQTT-4.8.2-5].
      return each.sentQos === 1 && each.owner?.hasEnded === true;
    });
    // Where a message was published twice, the time that is left tells one from the other.
    return candidates.find((each) => this.isTimeRight(each, packet)) ?? candidates[0];
  }

  /** It does not begin its way once it has expired, and the seconds it waited are taken off [MQTT-3.3.2-5] [MQTT-3.3.2-6]. */
  private checkExpiry(delivery: Delivery, packet: Publish): void {
    const { number, expiry } = delivery;
    if (!packet.dup && this.routing.hasExpired(delivery, this.writtenAt(delivery)))
      this.complain(`sent message ${number}, which has expired [MQTT-3.3.2-5]`);
    delivery.told = { at: this.routing.now(), expiry: packet.properties.messageExpiryInterval };
    if (this.isTimeRight(delivery, packet) || this.isOther(delivery, packet)) return;
    const told = packet.properties.messageExpiryInterval ?? 'no';
    this.complain(`sent message ${number} with ${told} s of ${expiry ?? 'no'} [MQTT-3.3.2-6]`);
  }

  private isTimeRight(delivery: Lifetime, { properties }: Publish): boolean {
    return this.isRight(delivery, {
      at: this.routing.now(),
      expiry: properties.messageExpiryInterval,
    });
  }

  private isRight({ since, expiry }: Lifetime, told: Told): boolean {
    const leftAt = (at: number) =>
      expiry === undefined ? undefined : Math.max(0, expiry - Math.floor((at - since) / 1000));
    const right = [leftAt(Math.max(since, told.at - mostHeldBack)), leftAt(told.at)];
    return this.session.version !== 5 || right.includes(told.expiry);
  }

  /**
   * Where a message of a shared subscription was published twice with other times, one that was taken for the other before
   * may have been this one: both are right then with their times exchanged.
   */
  private isOther(delivery: Delivery, packet: Publish): boolean {
    if (delivery.group === undefined) return false;
    const other = this.routing.shared.find(
      (each) =>
        each !== delivery &&
        each.number === delivery.number &&
        each.topicName === delivery.topicName &&
        each.told !== undefined &&
        this.isTimeRight(each, packet) &&
        this.isRight(delivery, each.told),
    );
    if (!other) return false;
    const { since, expiry } = delivery;
    [delivery.since, delivery.expiry] = [other.since, other.expiry];
    [other.since, other.expiry] = [since, expiry];
    return true;
  }

  /** The broker wrote it at most so long ago: what follows from steps that are not safe yet is held back. */
  private writtenAt({ since }: Delivery): number {
    return Math.max(since, this.routing.now() - mostHeldBack);
  }

  /** What was written and never left, as the disk failed: the broker cannot know that, and sends it again. */
  private heldBack({ qos }: Publish, number: number, topicName: string): Delivery | undefined {
    return this.session.deliveries.find(
      (each) =>
        each.number === number &&
        each.topicName === topicName &&
        each.qos === qos &&
        each.state === 'waiting' &&
        !each.isUndone &&
        this.routing.hasExpired(each),
    );
  }

  private isExactly({ retain, identifiers }: Delivery, packet: Publish): boolean {
    const got = packet.properties.subscriptionIdentifiers ?? [];
    const isV5 = this.session.version === 5;
    const sorted = [...got].sort((one, other) => one - other);
    return retain === packet.retain && (!isV5 || sorted.join() === identifiers.join());
  }
}

/** Messages of one publisher are numbered in one thousand. */
function isOneKind(one: number, other: number): boolean {
  return Math.floor(one / 1000) === Math.floor(other / 1000);
}
