import type { Subscription } from '../protocol/controlPacket';
import type { Properties, PropertyKey } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import type { GrantedSubscription } from '../session/sessionState';
import { ClientError } from './clientFailure';
import type { ClientState } from './clientOptions';

/** What became of subscriptions that were made again: a Reason Code for each, or why they could not be asked for. */
export type Resubscription = {
  readonly subscriptions: readonly Subscription[];
  /** Subscription Identifiers, where this server takes none: messages are told apart by their topics then. */
  readonly droppedProperties?: readonly PropertyKey[];
} & ({ readonly reasonCodes: readonly number[] } | { readonly error: unknown });

/** How many filters go into one SUBSCRIBE, where many are asked for at once: few enough that most servers take it. */
export const mostFiltersTogether = 32;

/**
 * Subscribes to what was granted and the server may have lost.
 * @param state what that server says it takes
 * @param report hears what became of each request, unless the connection ended meanwhile: that is told by the client's state,
 * and the next one tries again, as what was not answered is still owed
 */
export function subscribeAgain(
  granted: Iterable<GrantedSubscription>,
  state: ClientState,
  subscribe: (
    subscriptions: readonly Subscription[],
    properties: Properties,
  ) => Promise<{ readonly reasonCodes: readonly number[] }>,
  report: (resubscription: Resubscription) => void,
): void {
  const takesIdentifiers =
    state.state !== 'connected' || state.negotiated.subscriptionIdentifierAvailable || state.version !== 5;
  const ask = (subscriptions: readonly Subscription[], asked: Properties): void => {
    const drops = asked.subscriptionIdentifiers !== undefined && !takesIdentifiers;
    const properties = drops ? withoutIdentifiers(asked) : asked;
    const dropped = drops ? { droppedProperties: ['subscriptionIdentifiers'] as const } : {};
    subscribe(subscriptions, properties).then(
      ({ reasonCodes }) => report({ subscriptions, reasonCodes, ...dropped }),
      (error: unknown) => {
        if (error instanceof ClientError) return;
        // One that the server does not take, or a packet that is too large for it, is to hold up no other.
        if (error instanceof ProtocolViolation && subscriptions.length > 1) {
          for (const subscription of subscriptions) ask([subscription], asked);
        } else report({ subscriptions, error });
      },
    );
  };
  const goesOn = state.state === 'connected' && state.sessionPresent && state.version === 5;
  for (const { subscriptions, properties } of requestsFor(granted)) {
    ask(goesOn ? subscriptions.map(withoutRetainedAgain) : subscriptions, properties);
  }
}

/** The server may have it after all, and is not to send again what was retained then (3.8.3.1); before 5.0 it does. */
function withoutRetainedAgain(subscription: Subscription): Subscription {
  return subscription.retainHandling === 0 ? { ...subscription, retainHandling: 1 } : subscription;
}

function withoutIdentifiers(properties: Properties): Properties {
  const rest = { ...properties };
  delete rest.subscriptionIdentifiers;
  return rest;
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
    if (subscriptions && subscriptions.length < mostFiltersTogether) {
      subscriptions.push(subscription);
      continue;
    }
    const begun = [subscription];
    open.set(key, begun);
    requests.push({ subscriptions: begun, properties });
  }
  return requests;
}
