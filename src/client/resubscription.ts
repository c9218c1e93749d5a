import type { Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { GrantedSubscription } from '../session/sessionState';

/** What became of subscriptions that were made again: a Reason Code for each, or why they could not be asked for. */
export type Resubscription = { readonly subscriptions: readonly Subscription[] } & (
  { readonly reasonCodes: readonly number[] } | { readonly error: unknown }
);

/** How many filters go into one SUBSCRIBE: few enough that a server with a small Maximum Packet Size takes it. */
const mostFilters = 32;

/** The SUBSCRIBE packets that make subscriptions again: filters with the same Properties share one. */
export function requestsFor(
  granted: Iterable<GrantedSubscription>,
): readonly { readonly subscriptions: readonly Subscription[]; readonly properties: Properties }[] {
  const requests: { subscriptions: Subscription[]; properties: Properties }[] = [];
  const open = new Map<string, Subscription[]>();
  for (const { subscription, properties } of granted) {
    const key = JSON.stringify(properties);
    const subscriptions = open.get(key);
    if (subscriptions && subscriptions.length < mostFilters) {
      subscriptions.push(subscription);
      continue;
    }
    const begun = [subscription];
    open.set(key, begun);
    requests.push({ subscriptions: begun, properties });
  }
  return requests;
}
