import type { QoS } from '../protocol/controlPacket';
import { splitSharedFilter } from '../protocol/topics';
import type { BrokerSession, BrokerSubscription } from './brokerSession';
import { ShareGroup } from './shareGroup';
import { SubscriptionTrie } from './subscriptionTrie';

/** The one copy of a message a session gets, however many of its subscriptions match (3.3.4). */
export interface Share {
  readonly session: BrokerSession;
  /** The highest of the subscriptions [MQTT-3.3.4-2]. */
  readonly qos: QoS;
  readonly retainAsPublished: boolean;
  /** Those of all matching subscriptions that have one [MQTT-3.3.4-4]. */
  readonly identifiers: readonly number[];
}

export interface Recipient extends Share {
  /** What is left of it for messages of the session itself, without its No Local subscriptions [MQTT-3.8.3-3]. */
  readonly ofItself: Share | undefined;
}

/** Who gets the messages of a Topic Name. */
export interface Route {
  readonly recipients: readonly Recipient[];
  /** Shared subscriptions that match: one member of each gets a copy, whatever it gets besides (4.8.2). */
  readonly groups: readonly ShareGroup[];
}

/** How many topics are remembered with their recipients, how long such a topic is, and how long all are, in characters. */
const mostCached = 10_000;
const longestCached = 256;
const mostCachedCharacters = 500_000;

/** How many recipients all remembered routes have at most. */
const mostCachedRecipients = 1_000_000;

/** Finds who gets a message. What was found for a topic is remembered until a subscription changes. */
export class Router {
  private readonly trie = new SubscriptionTrie<BrokerSession, BrokerSubscription>();
  private readonly groups = new Map<string, ShareGroup>();
  private readonly groupTrie = new SubscriptionTrie<string, ShareGroup>();
  private readonly cache = new Map<string, Route>();
  private cachedCharacters = 0;
  private cachedRecipients = 0;
  private count = 0;
  /** Bytes of all subscriptions, about, and how many Sessions have any. */
  private held = 0;
  private subscribers = 0;

  /** All subscriptions, and those of them that are shared. */
  get size(): number {
    return this.count;
  }

  get sharedCount(): number {
    return this.groups.size;
  }

  /** Whether all subscriptions take more than these bytes, and those of the session its equal part of them. */
  isBeyond(session: BrokerSession, most: number): boolean {
    return this.held > most && session.subscriptionBytes >= most / Math.max(1, this.subscribers);
  }

  /** Returns whether the session had no subscription with this filter. */
  subscribe(session: BrokerSession, topicFilter: string, subscription: BrokerSubscription): boolean {
    this.forgetTopics();
    if (session.subscriptions.size === 0) this.subscribers++;
    this.held -= session.subscriptionBytes;
    session.subscribe(topicFilter, subscription);
    this.held += session.subscriptionBytes;
    const isNew = subscription.isShared
      ? this.groupOf(topicFilter).add(session, subscription)
      : this.trie.add(topicFilter, session, subscription);
    if (isNew) this.count++;
    return isNew;
  }

  /** Returns whether there was such a subscription. */
  unsubscribe(session: BrokerSession, topicFilter: string): boolean {
    const subscription = session.subscriptions.get(topicFilter);
    if (!subscription) return false;
    this.forgetTopics();
    this.count--;
    this.held -= session.subscriptionBytes;
    session.unsubscribe(topicFilter);
    this.held += session.subscriptionBytes;
    if (session.subscriptions.size === 0) this.subscribers--;
    if (!subscription.isShared) return this.trie.remove(topicFilter, session);
    const group = this.groups.get(topicFilter);
    const removed = group?.remove(session) ?? false;
    if (group?.isEmpty) {
      this.groups.delete(topicFilter);
      this.groupTrie.remove(group.filter, topicFilter);
    }
    return removed;
  }

  unsubscribeAll(session: BrokerSession): void {
    for (const topicFilter of [...session.subscriptions.keys()]) this.unsubscribe(session, topicFilter);
  }

  /** The shared subscription with this filter, if anybody has it. */
  group(topicFilter: string): ShareGroup | undefined {
    return this.groups.get(topicFilter);
  }

  route(topicName: string): Route {
    const known = this.cache.get(topicName);
    if (known) return known;
    const sessions: BrokerSession[] = [];
    const subscriptions: BrokerSubscription[] = [];
    this.trie.match(topicName, (session, subscription) => {
      sessions.push(session);
      subscriptions.push(subscription);
    });
    const recipients = recipientsOf(sessions, subscriptions);
    const groups: ShareGroup[] = [];
    if (this.groups.size > 0) this.groupTrie.match(topicName, (_name, group) => groups.push(group));
    const route = { recipients, groups };
    this.remember(topicName, route);
    return route;
  }

  /** How many characters of Topic Names are remembered. */
  get rememberedCharacters(): number {
    return this.cachedCharacters;
  }

  private groupOf(topicFilter: string): ShareGroup {
    let group = this.groups.get(topicFilter);
    if (!group) {
      group = new ShareGroup(topicFilter, splitSharedFilter(topicFilter).filter);
      this.groups.set(topicFilter, group);
      this.groupTrie.add(group.filter, topicFilter, group);
    }
    return group;
  }

  private remember(topicName: string, route: Route): void {
    if (topicName.length > longestCached) return;
    const characters = this.cachedCharacters + topicName.length;
    const recipients = this.cachedRecipients + route.recipients.length;
    if (
      this.cache.size >= mostCached ||
      characters > mostCachedCharacters ||
      recipients > mostCachedRecipients
    ) {
      this.forgetTopics();
    }
    this.cache.set(topicName, route);
    this.cachedCharacters += topicName.length;
    this.cachedRecipients += route.recipients.length;
  }

  private forgetTopics(): void {
    if (this.cache.size === 0) return;
    this.cache.clear();
    this.cachedCharacters = 0;
    this.cachedRecipients = 0;
  }
}

const noIdentifiers: readonly number[] = [];

/** @param sessions whose the subscription at the same place is; one that has several is there several times */
function recipientsOf(
  sessions: readonly BrokerSession[],
  subscriptions: readonly BrokerSubscription[],
): Recipient[] {
  const recipients: Recipient[] = [];
  if (sessions.length > 1) {
    const several = new Map<BrokerSession, BrokerSubscription[]>();
    for (const [index, session] of sessions.entries()) {
      const subscription = subscriptions[index];
      if (!subscription) continue;
      const others = several.get(session);
      if (others) others.push(subscription);
      else several.set(session, [subscription]);
    }
    for (const [session, own] of several) recipients.push(recipient(session, own));
  } else {
    const [session] = sessions;
    if (session) recipients.push(recipient(session, subscriptions));
  }
  return recipients;
}

function recipient(session: BrokerSession, subscriptions: readonly BrokerSubscription[]): Recipient {
  const share = merge(session, subscriptions);
  const { qos, retainAsPublished, identifiers } = share;
  const others = subscriptions.some(({ noLocal }) => noLocal)
    ? subscriptions.filter(({ noLocal }) => !noLocal)
    : subscriptions;
  const ofItself =
    others === subscriptions ? share : others.length === 0 ? undefined : merge(session, others);
  return { session, qos, retainAsPublished, identifiers, ofItself };
}

function merge(session: BrokerSession, subscriptions: readonly BrokerSubscription[]): Share {
  let qos: QoS = 0;
  let retainAsPublished = false;
  let identifiers: number[] | undefined;
  for (const subscription of subscriptions) {
    if (subscription.qos > qos) qos = subscription.qos;
    if (subscription.retainAsPublished) retainAsPublished = true;
    if (subscription.identifier !== undefined) (identifiers ??= []).push(subscription.identifier);
  }
  return { session, qos, retainAsPublished, identifiers: identifiers ?? noIdentifiers };
}
