import type { QoS } from '../protocol/controlPacket';
import type { BrokerSession, BrokerSubscription } from './brokerSession';
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

/** How many topics are remembered with their recipients, how long such a topic is, and how long all are, in characters. */
const mostCached = 10_000;
const longestCached = 256;
const mostCachedCharacters = 500_000;

/** Finds who gets a message. What was found for a topic is remembered until a subscription changes. */
export class Router {
  private readonly trie = new SubscriptionTrie<BrokerSession, BrokerSubscription>();
  private readonly cache = new Map<string, readonly Recipient[]>();
  private cachedCharacters = 0;

  /** Returns whether the session had no subscription with this filter. */
  subscribe(session: BrokerSession, topicFilter: string, subscription: BrokerSubscription): boolean {
    this.forgetTopics();
    session.subscriptions.set(topicFilter, subscription);
    return this.trie.add(topicFilter, session, subscription);
  }

  /** Returns whether there was such a subscription. */
  unsubscribe(session: BrokerSession, topicFilter: string): boolean {
    this.forgetTopics();
    session.subscriptions.delete(topicFilter);
    return this.trie.remove(topicFilter, session);
  }

  unsubscribeAll(session: BrokerSession): void {
    for (const topicFilter of [...session.subscriptions.keys()]) this.unsubscribe(session, topicFilter);
  }

  recipients(topicName: string): readonly Recipient[] {
    const known = this.cache.get(topicName);
    if (known) return known;
    const bySession = new Map<BrokerSession, BrokerSubscription[]>();
    this.trie.match(topicName, (session, subscription) => {
      const others = bySession.get(session);
      if (others) others.push(subscription);
      else bySession.set(session, [subscription]);
    });
    const recipients = [...bySession].map(([session, subscriptions]) => recipient(session, subscriptions));
    this.remember(topicName, recipients);
    return recipients;
  }

  /** How many characters of Topic Names are remembered. */
  get rememberedCharacters(): number {
    return this.cachedCharacters;
  }

  private remember(topicName: string, recipients: readonly Recipient[]): void {
    if (topicName.length > longestCached) return;
    const characters = this.cachedCharacters + topicName.length;
    if (this.cache.size >= mostCached || characters > mostCachedCharacters) this.forgetTopics();
    this.cache.set(topicName, recipients);
    this.cachedCharacters += topicName.length;
  }

  private forgetTopics(): void {
    this.cache.clear();
    this.cachedCharacters = 0;
  }
}

function recipient(session: BrokerSession, subscriptions: readonly BrokerSubscription[]): Recipient {
  const share = merge(session, subscriptions);
  const others = subscriptions.filter(({ noLocal }) => !noLocal);
  return { ...share, ofItself: others.length === 0 ? undefined : merge(session, others) };
}

function merge(session: BrokerSession, subscriptions: readonly BrokerSubscription[]): Share {
  let qos: QoS = 0;
  for (const subscription of subscriptions) if (subscription.qos > qos) qos = subscription.qos;
  return {
    session,
    qos,
    retainAsPublished: subscriptions.some(({ retainAsPublished }) => retainAsPublished),
    identifiers: subscriptions.flatMap(({ identifier }) => (identifier === undefined ? [] : [identifier])),
  };
}
