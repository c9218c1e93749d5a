import type { Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { GrantedSubscription } from '../session/sessionState';
import { ClientError } from './clientFailure';

/** What became of subscriptions that were made again: a Reason Code for each, or why they could not be asked for. */
export type Resubscription = { readonly subscriptions: readonly Subscription[] } & (
  { readonly reasonCodes: readonly number[] } | { readonly error: unknown }
);

/** How many filters go into one SUBSCRIBE: few enough that a server with a small Maximum Packet Size takes it. */
const mostFilters = 32;

/**
 * Subscribes to all that was granted.
 * @param report hears what became of each request, unless the connection ended meanwhile: that is told by the client's state,
 * and the next one tries again
 */
export function subscribeAgain(
  granted: Iterable<GrantedSubscription>,
  subscribe: (
    subscriptions: readonly Subscription[],
    properties: Properties,
  ) => Promise<{ readonly reasonCodes: readonly number[] }>,
  report: (resubscription: Resubscription) => void,
): void {
  for (const { subscriptions, properties } of requestsFor(granted)) {
    subscribe(subscriptions, properties).then(
      ({ reasonCodes }) => report({ subscriptions, reasonCodes }),
      (error: unknown) => {
        if (!(error instanceof ClientError)) report({ subscriptions, error });
      },
    );
  }
}

/** The SUBSCRIBE packets that make subscriptions again: filters with the same Properties share one. */
function requestsFor(
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
