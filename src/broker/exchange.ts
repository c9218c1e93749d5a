import type { Clock } from '../base/clock';
import type { Disposable } from '../base/lifecycle';
import type { Publish, QoS, Subscribe, Subscription, Unsubscribe } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';
import type { MessageAnswer } from '../session/serverContract';
import type { AccessControl, AdmittedClient } from './accessControl';
import type { BrokerConnection } from './brokerConnection';
import type { Denial, DenialGround, RetainedLimit } from './brokerEvents';
import type { BrokerLimits } from './brokerOptions';
import type { BrokerSession, BrokerSubscription, QueueLimit } from './brokerSession';
import { ofLimit, ofServer } from './explanations';
import { ForbiddenMessages } from './forbiddenMessages';
import type { StateKeeper } from './stateKeeper';
import { RetainedExpiry } from './retainedExpiry';
import { RetainedFeed, type RetainedSource } from './retainedFeed';
import { isOfServer, RetainedStore } from './retainedStore';
import type { OutgoingPublish } from './routedMessage';
import { RoutedMessage } from './routedMessage';
import type { Route } from './router';
import { Router } from './router';
import type { ShareGroup } from './shareGroup';
import { subscriptionRefusal, type SubscriptionRules } from './subscriptionRefusal';
import { isTooDeep } from './topicDepth';

const success = 0x00;
const noMatchingSubscribers = 0x10;
const noSubscriptionExisted = 0x11;
const notAuthorized = 0x87;
const topicNameInvalid = 0x90;
const quotaExceeded = 0x97;
const qosNotSupported = 0x9b;

/** What is told of messages and subscriptions that come to nothing. */
export interface ExchangeNews {
  /** Somebody was not allowed to. */
  deny(client: AdmittedClient, denial: Denial): void;
  /** A message for a client that is away found no room, the first since it went. */
  drop(session: BrokerSession, topic: string, limit: QueueLimit): void;
}

/** Where messages change hands: who subscribed to what, and what is retained. */
export class Exchange implements Disposable {
  readonly router = new Router();
  readonly retained: RetainedStore;
  private readonly expiry: RetainedExpiry;
  private readonly retainedSource: RetainedSource;
  private readonly rules: SubscriptionRules;
  /** What waits for clients that may not have it. */
  readonly forbidden = new ForbiddenMessages({
    areAsked: () => this.mayReceive !== undefined,
    isFor: (session, topicName) => this.isFor(session, topicName),
  });

  constructor(
    private readonly limits: BrokerLimits,
    private readonly keeper: StateKeeper,
    private readonly accessControl: AccessControl | undefined,
    private readonly news: ExchangeNews,
    clock: Clock,
  ) {
    this.expiry = new RetainedExpiry(clock, (topicName, at) => {
      if (this.retained.get(topicName)?.hasExpired(at)) this.clearRetained(topicName);
    });
    this.retained = new RetainedStore(this.expiry);
    const { retained, router } = this;
    this.rules = { limits, router, accessControl, news };
    this.retainedSource = {
      ...{ retained, limits },
      isFor: (session, topicName) => this.mayReceive === undefined || this.isFor(session, topicName),
      expired: ({ packet }) => this.clearRetained(packet.topicName),
      fed: (session, topicFilter) => this.keeper.fed(session, topicFilter),
    };
  }

  /**
   * Routes a message of a client, and returns what PUBACK or PUBREC says. Its bytes are copied where they outlive the turn.
   * @param publisher the session it comes from: No Local keeps it from there
   * @param connection waits while a subscriber is slower than the messages come
   */
  publish(
    packet: Publish,
    publisher: BrokerSession,
    connection: BrokerConnection,
    at: number,
  ): MessageAnswer {
    const { topicName } = packet;
    const { client } = connection;
    if (isOfServer(topicName)) {
      // Where no acknowledgement can say so, somebody has to see it at least.
      if (client) this.news.deny(client, { action: 'publish', reason: 'serverTopic', topic: topicName });
      return { reasonCode: topicNameInvalid, properties: ofServer };
    }
    if (isTooDeep(topicName, this.limits.topicLevels)) {
      // Where no acknowledgement can say so the connection ends: the message must not look accepted [MQTT-3.3.5-2] (3.1.1).
      const hasNoAnswer = packet.qos === 0 || connection.connect?.protocolVersion !== 5;
      if (hasNoAnswer) {
        connection.tell({ kind: 'disconnect', reasonCode: topicNameInvalid, cause: 'topicLevels' });
      } else if (client)
        this.news.deny(client, { action: 'publish', reason: 'topicLevels', topic: topicName });
      return topicNameInvalid;
    }
    if (packet.qos > this.limits.maximumQoS) {
      // CONNACK had no word for it before 5.0.
      connection.tell({ kind: 'disconnect', reasonCode: qosNotSupported, cause: 'maximumQoS' });
      return qosNotSupported;
    }
    if (client && this.deniesPublish(client, topicName)) return notAuthorized;
    const message = new RoutedMessage(withoutHop(packet), at, false);
    return this.pass(message, publisher, connection);
  }

  /** Whether the rules keep a client from publishing to a topic, which is told then. */
  deniesPublish(client: AdmittedClient, topicName: string): boolean {
    const denies = this.accessControl?.mayPublish?.(client, topicName) === false;
    if (denies) this.news.deny(client, { action: 'publish', reason: 'rules', topic: topicName });
    return denies;
  }

  /**
   * Routes a will, unless the rules keep its client from publishing it by now: they may be others than when it connected
   * (5.4.2).
   */
  publishWill(packet: Publish, session: BrokerSession, at: number): void {
    const { client } = session;
    if (client && this.deniesPublish(client, packet.topicName)) return;
    this.publishOwn(packet, session, at);
  }

  /** Routes a message that no connection waits for: a will [MQTT-3.1.2-14] [MQTT-3.1.2-15], or one of the broker's own. */
  publishOwn(packet: Publish, publisher: BrokerSession | undefined, at: number): void {
    this.pass(new RoutedMessage(packet, at), publisher, undefined);
  }

  /** Subscribes, answers, and begins to send the retained messages that match. */
  subscribe(connection: BrokerConnection, session: BrokerSession, packet: Subscribe): void {
    const identifier = packet.properties.subscriptionIdentifiers?.[0];
    const { packetIdentifier } = packet;
    const identifiers = identifier === undefined ? [] : [identifier];
    const granted = new Map<string, BrokerSubscription>();
    let firstRefusal: MessageAnswer | undefined;
    // In the order in which they were asked for [MQTT-3.9.3-1] [MQTT-3.9.3-1] (3.1.1).
    const reasonCodes = packet.subscriptions.map((asked) => {
      const { topicFilter } = asked;
      const isShared = topicFilter.startsWith('$share/');
      const refusal = subscriptionRefusal(connection, session, topicFilter, this.rules);
      if (refusal !== undefined) {
        firstRefusal ??= refusal;
        return typeof refusal === 'number' ? refusal : refusal.reasonCode;
      }
      const qos = Math.min(asked.qos, this.limits.maximumQoS) as QoS; // [MQTT-3.2.2-10]
      const { noLocal, retainAsPublished } = asked;
      const subscription = { qos, noLocal, retainAsPublished, identifier, isShared };
      const isNew = this.router.subscribe(session, topicFilter, subscription);
      granted.set(topicFilter, subscription);
      // Nothing that is retained goes to shared ones (4.8.2); what is queued for one that is replaced stays [MQTT-3.8.4-4].
      if (!isShared && wantsRetained(asked, isNew)) this.feedOf(session).add(topicFilter, qos, identifiers);
      return qos;
    });
    // [MQTT-3.8.4-1] [MQTT-3.8.4-5] [MQTT-3.8.4-6] [MQTT-3.8.4-7]
    const told = typeof firstRefusal === 'object' && { properties: firstRefusal.properties };
    connection.tell({ kind: 'suback', packetIdentifier, reasonCodes, ...told });
    try {
      session.retainedFeed?.go();
    } finally {
      // Only now it is known which have to wait for retained messages; nothing has left so far.
      for (const [topicFilter, each] of granted) this.keeper.subscribed(session, topicFilter, each);
    }
  }

  /** What sends a Session the retained messages of its new subscriptions. */
  feedOf(session: BrokerSession): RetainedFeed {
    return (session.retainedFeed ??= new RetainedFeed(session, this.retainedSource));
  }

  unsubscribe(connection: BrokerConnection, session: BrokerSession, packet: Unsubscribe): void {
    const { packetIdentifier, topicFilters } = packet;
    // [MQTT-3.11.3-1]; what is queued or on its way goes on to its end [MQTT-3.10.4-3] [MQTT-3.10.4-3] (3.1.1).
    const reasonCodes = topicFilters.map((topicFilter) => {
      if (!this.router.unsubscribe(session, topicFilter)) return noSubscriptionExisted;
      this.keeper.unsubscribed(session, topicFilter);
      session.retainedFeed?.remove(topicFilter);
      return success;
    });
    connection.tell({ kind: 'unsuback', packetIdentifier, reasonCodes }); // [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6]
  }

  /** A client goes on with a Session, in which messages may wait that are not for it. */
  resumed(session: BrokerSession, client: AdmittedClient): void {
    session.client = client;
    this.forbidden.resumed(session);
  }

  /**
   * The session's connection is over: what waits there for a shared subscription and was never sent goes to other members
   * that are connected. What was sent stays: the client may have it (4.8.2) [MQTT-4.8.2-4].
   */
  left(session: BrokerSession): void {
    this.redistribute(session, (group) => group.hasConnected(session));
  }

  /**
   * The session is over, and its subscriptions with it. Of what it had of shared subscriptions others get all but QoS 2 that
   * was sent, which is for nobody else [MQTT-4.8.2-5].
   */
  forget(session: BrokerSession): void {
    const { outbound } = session.state;
    const unacknowledged = [...outbound.unacknowledged.values()];
    this.redistribute(session, () => true);
    for (const message of unacknowledged) {
      const { group, message: routed, qos } = message as OutgoingPublish;
      if (group && qos === 1) this.handToOne(group, routed, undefined, session);
    }
    this.router.unsubscribeAll(session);
    session.retainedFeed = undefined;
  }

  /** Nothing happens at its time any more. */
  dispose(): void {
    this.expiry.dispose();
    this.forbidden.stop();
  }

  /** Removes the retained message of a topic; returns whether there was one. */
  clearRetained(topicName: string): boolean {
    if (!this.retained.remove(topicName)) return false;
    this.keeper.retainedRemoved(topicName);
    return true;
  }

  private pass(
    message: RoutedMessage,
    publisher: BrokerSession | undefined,
    connection: BrokerConnection | undefined,
  ): MessageAnswer {
    const { packet } = message;
    const { retain } = packet;
    const route = this.router.route(packet.topicName);
    const refused = retain ? this.retain(message, publisher) : 0; // [MQTT-3.3.1-8]
    const taken = this.distribute(message, route, publisher, connection);
    return refused !== 0 ? refused : taken === 0 ? noMatchingSubscribers : success;
  }

  private distribute(
    message: RoutedMessage,
    { recipients, groups }: Route,
    publisher: BrokerSession | undefined,
    connection: BrokerConnection | undefined,
  ): number {
    const { retain } = message.packet;
    const { mayReceive } = this;
    let taken = 0;
    message.hasSeveral = recipients.length > 1;
    for (const recipient of recipients) {
      const share = recipient.session === publisher ? recipient.ofItself : recipient;
      if (!share) continue; // [MQTT-3.8.3-3]
      if (mayReceive && !this.isFor(share.session, message.packet.topicName)) continue;
      taken++;
      // [MQTT-3.3.1-12] [MQTT-3.3.1-13]
      this.hand(
        share.session,
        message.as(share.qos, share.retainAsPublished && retain, share.identifiers),
        connection,
      );
    }
    for (const group of groups) if (this.handToOne(group, message, connection)) taken++;
    return taken;
  }

  private handToOne(
    group: ShareGroup,
    message: RoutedMessage,
    connection: BrokerConnection | undefined,
    except?: BrokerSession,
  ): boolean {
    const { packet } = message;
    const isMeant = (member: BrokerSession) =>
      member !== except && (!this.mayReceive || this.isFor(member, packet.topicName));
    const canTake = (member: BrokerSession) => !member.isFull(this.limits);
    const formFor = (member: BrokerSession) => {
      const subscription = group.of(member);
      if (!subscription) return undefined;
      const { qos, retainAsPublished, identifier } = subscription;
      const identifiers = identifier === undefined ? [] : [identifier];
      return message.alone(qos, retainAsPublished && packet.retain, identifiers, group);
    };
    const fits = (member: BrokerSession) => {
      const { protocolVersion = 5, properties } = member.connection?.connect ?? {};
      const mostBytes = properties?.maximumPacketSize;
      return mostBytes === undefined || formFor(member)?.isWithin(mostBytes, protocolVersion) === true;
    };
    // One that would have to discard it is chosen last (3.1.2.11.4) [MQTT-3.1.2-25].
    const session =
      group.choose(packet.qos, canTake, (member) => isMeant(member) && fits(member)) ??
      group.choose(packet.qos, canTake, isMeant);
    const form = session && formFor(session);
    if (!form) return false;
    this.hand(session, form, connection);
    return true;
  }

  /** What is asked for each message and receiver; undefined where everybody may have everything. */
  private get mayReceive(): AccessControl['mayReceive'] {
    return this.accessControl?.mayReceive;
  }

  /** Whether the rules let a Session have messages of this topic, by whoever uses it or did last. */
  private isFor({ client }: BrokerSession, topicName: string): boolean {
    return client === undefined || this.mayReceive?.(client, topicName) !== false;
  }

  private hand(
    session: BrokerSession,
    message: OutgoingPublish,
    connection: BrokerConnection | undefined,
  ): void {
    const reception = session.receive(message, this.limits, connection);
    if (reception === 'full' && session.connection) connection?.waitFor(session.connection);
    // What comes at QoS 0 for a client that is away is not meant to wait at all.
    if (reception !== 'dropped' || session.connection || message.qos === 0) return;
    const limit = session.droppedMessages === 1 ? session.reachedLimit(this.limits) : undefined;
    if (limit) this.news.drop(session, message.message.packet.topicName, limit);
  }

  private redistribute(session: BrokerSession, isFor: (group: ShareGroup) => boolean): void {
    const { outbound } = session.state;
    if (outbound.queue.length === 0 || ![...session.subscriptions.values()].some(({ isShared }) => isShared))
      return;
    const moved = outbound.takeOut((message) => {
      const { group } = message as OutgoingPublish;
      return group !== undefined && isFor(group);
    });
    for (const message of moved) {
      outbound.forget(message);
      const { group, message: routed } = message as OutgoingPublish;
      if (group) this.handToOne(group, routed, undefined, session);
    }
  }

  /** Returns what is said of a refusal, or 0. */
  private retain(message: RoutedMessage, publisher: BrokerSession | undefined): MessageAnswer {
    const { topicName, payload } = message.packet;
    const isRemoval = payload.length === 0;
    const deny = (ground: DenialGround) => {
      if (publisher?.client)
        this.news.deny(publisher.client, { action: 'publish', topic: topicName, ...ground });
    };
    if (!this.limits.retainAvailable) {
      // Before 5.0 a client cannot know: its message is taken, so that somebody has to see it at least.
      if (!isRemoval) deny({ reason: 'unavailable', feature: 'retainAvailable' });
      return 0;
    }
    const isOwn = isOfServer(topicName);
    // The server's own are few, and take nobody's place.
    const limit = isRemoval || isOwn ? undefined : this.retainedLimit(message);
    if (limit) {
      deny({ reason: 'retainedQuota', limit });
      return { reasonCode: quotaExceeded, properties: ofLimit(limit) };
    }
    const had = isRemoval && this.retained.get(topicName) !== undefined;
    this.retained.set(message);
    if (isOwn) return 0; // It is made anew.
    if (!isRemoval) this.keeper.retained(message);
    else if (had) this.keeper.retainedRemoved(topicName);
    return 0;
  }

  /** The limit for which a message cannot be retained; undefined where it can. */
  private retainedLimit(message: RoutedMessage): RetainedLimit | undefined {
    const { retained, limits } = this;
    const reached = (): RetainedLimit | undefined => {
      const before = retained.get(message.packet.topicName);
      const bytes = retained.bytes - retained.bytesOfServer + retained.growth(message);
      const count = retained.size - retained.ofServer + (before ? 0 : 1);
      if (count > limits.retainedMessages) return 'retainedMessages';
      return bytes > limits.retainedBytes ? 'retainedBytes' : undefined;
    };
    if (!reached()) return undefined;
    for (const { packet } of retained.sweep(message.receivedAt))
      this.keeper.retainedRemoved(packet.topicName);
    return reached();
  }
}

/** Retain Handling (3.8.3.1) [MQTT-3.3.1-9] [MQTT-3.3.1-10] [MQTT-3.3.1-11]. */
function wantsRetained({ retainHandling }: Subscription, isNew: boolean): boolean {
  return retainHandling === 0 || (retainHandling === 1 && isNew);
}

/** The message of a packet, without what belongs to the publisher's connection [MQTT-3.3.1-3]. */
function withoutHop(packet: Publish): Publish {
  if (packet.properties === noProperties || packet.properties.topicAlias === undefined) return packet;
  const properties = { ...packet.properties };
  delete properties.topicAlias;
  packet.properties = properties;
  return packet;
}
