import { splitSharedFilter, topicFilterProblem } from '../protocol/topics';
import type { MessageAnswer } from '../session/serverContract';
import type { AccessControl } from './accessControl';
import type { BrokerConnection } from './brokerConnection';
import type { DenialGround } from './brokerEvents';
import type { BrokerLimits } from './brokerOptions';
import type { BrokerSession } from './brokerSession';
import type { ExchangeNews } from './exchange';
import { ofLimit } from './explanations';
import type { Router } from './router';
import { isTooDeep } from './topicDepth';

const notAuthorized = 0x87;
const topicFilterInvalid = 0x8f;
const quotaExceeded = 0x97;
const sharedSubscriptionsNotSupported = 0x9e;
const wildcardSubscriptionsNotSupported = 0xa2;

/** What decides which subscriptions there may be. */
export interface SubscriptionRules {
  readonly limits: BrokerLimits;
  readonly router: Router;
  readonly accessControl: AccessControl | undefined;
  /** Hears of what a client may not have, of which it is told no reason before 5.0. */
  readonly news: Pick<ExchangeNews, 'deny'>;
}

/** What SUBACK says of a Topic Filter that is refused; undefined where the client may subscribe to it. */
export function subscriptionRefusal(
  { client, connect }: BrokerConnection,
  session: BrokerSession,
  topicFilter: string,
  { limits, router, accessControl, news }: SubscriptionRules,
): MessageAnswer | undefined {
  const isShared = topicFilter.startsWith('$share/');
  const { filter } = isShared ? splitSharedFilter(topicFilter) : { filter: topicFilter };
  const denies = (ground: DenialGround, reasonCode: number): number => {
    if (client) news.deny(client, { action: 'subscribe', topic: topicFilter, ...ground });
    return reasonCode;
  };
  // 5.0 has checked it already; before, where servers share just the same, it was an ordinary filter.
  if (isShared && topicFilterProblem(topicFilter) !== undefined) return topicFilterInvalid; // [MQTT-4.8.2-1] [MQTT-4.8.2-2]
  if (isTooDeep(filter, limits.topicLevels)) return denies({ reason: 'topicLevels' }, topicFilterInvalid);
  if (connect?.protocolVersion !== 5 && !limits.wildcardSubscriptionAvailable && /[+#]/.test(filter)) {
    const ground = { reason: 'unavailable', feature: 'wildcardSubscriptionAvailable' } as const;
    return denies(ground, wildcardSubscriptionsNotSupported); // [MQTT-3.8.3-2] (3.1.1)
  }
  if (isShared && !limits.sharedSubscriptionAvailable) {
    const ground = { reason: 'unavailable', feature: 'sharedSubscriptionAvailable' } as const;
    return denies(ground, sharedSubscriptionsNotSupported);
  }
  if (client && accessControl?.maySubscribe?.(client, filter) === false)
    return denies({ reason: 'rules' }, notAuthorized);
  const isOneTooMany = session.subscriptions.size >= limits.subscriptionsPerSession;
  const isFull = isOneTooMany || router.isBeyond(session, limits.subscriptionBytes);
  if (!isFull || session.subscriptions.has(topicFilter)) return undefined;
  const limit = isOneTooMany ? 'subscriptionsPerSession' : 'subscriptionBytes';
  const reasonCode = denies({ reason: 'subscriptionQuota', limit }, quotaExceeded);
  return { reasonCode, properties: ofLimit(limit) };
}
