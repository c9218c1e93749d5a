import type { ProtocolVersion, Subscription } from '../protocol/controlPacket';
import type { Properties, PropertyKey } from '../protocol/properties';
import { propertyTable } from '../protocol/properties';
import type { PublishOutcome, SubscriptionOutcome } from './clientMessages';
import type { ClientOptions } from './clientOptions';

/** What CONNECT was to say and the version that is spoken cannot; the keys are those of {@link Properties}. */
export interface DroppedFromConnect {
  readonly connect: readonly PropertyKey[];
  /** Of the will. */
  readonly will: readonly PropertyKey[];
}

/** What became of a DISCONNECT. */
export interface DisconnectOutcome {
  /** What it was to say and this version cannot; the keys are those of {@link Properties}. */
  readonly droppedProperties?: readonly PropertyKey[];
  /** Below 5.0 a DISCONNECT says 0, whatever was asked for: with 0x04 dropped, the server does not publish the will. */
  readonly droppedReasonCode?: number;
}

/** Subscription Options (3.8.3.1) that only 5.0 has. */
const subscriptionOptions = [
  'noLocal',
  'retainAsPublished',
  'retainHandling',
] as const satisfies readonly (keyof Subscription)[];

/** One of them. */
export type SubscriptionOption = (typeof subscriptionOptions)[number];

/** These only make packets smaller: nobody misses them. */
const economies: ReadonlySet<PropertyKey> = new Set(['topicAlias', 'topicAliasMaximum']);

/** The Properties that `version` cannot say, in the order of their identifiers. */
export function droppedProperties(properties: Properties, version: ProtocolVersion): readonly PropertyKey[] {
  if (version === 5) return [];
  return propertyTable.map(({ key }) => key).filter((key) => saysSomething(properties, key));
}

/** The Subscription Options that `version` cannot say and one of these subscriptions has. */
export function droppedOptions(
  subscriptions: readonly Subscription[],
  version: ProtocolVersion,
): readonly SubscriptionOption[] {
  if (version === 5) return [];
  return subscriptionOptions.filter((option) => subscriptions.some((subscription) => !!subscription[option]));
}

/** What CONNECT cannot say in `version` although its options ask for it; undefined where that is nothing. */
export function droppedFromConnect(
  { properties, receiveMaximum, maximumPacketSize, authenticator, will }: ClientOptions,
  version: ProtocolVersion,
): DroppedFromConnect | undefined {
  const asked: Properties = {
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(authenticator && { authenticationMethod: authenticator.method }),
    ...properties,
  };
  const dropped = {
    connect: droppedProperties(asked, version),
    will: droppedProperties(will?.properties ?? {}, version),
  };
  return dropped.connect.length + dropped.will.length > 0 ? dropped : undefined;
}

/** The outcome of a message, with what it was sent without. */
export function tellDropped(
  outcome: PublishOutcome,
  properties: Properties,
  version: ProtocolVersion,
): PublishOutcome {
  const dropped = droppedProperties(properties, version);
  return dropped.length === 0 ? outcome : { ...outcome, droppedProperties: dropped };
}

/** What a DISCONNECT of `version` cannot say. */
export function droppedFromDisconnect(
  reasonCode: number,
  properties: Properties,
  version: ProtocolVersion,
): DisconnectOutcome {
  const dropped = droppedProperties(properties, version);
  return {
    ...(dropped.length > 0 && { droppedProperties: dropped }),
    ...(version !== 5 && reasonCode !== 0 && { droppedReasonCode: reasonCode }),
  };
}

/** The answer to a request, with what was asked for and could not be said. */
export async function withDropped(
  answer: Promise<SubscriptionOutcome>,
  properties: readonly PropertyKey[],
  options: readonly SubscriptionOption[] = [],
): Promise<SubscriptionOutcome> {
  return {
    ...(await answer),
    ...(properties.length > 0 && { droppedProperties: properties }),
    ...(options.length > 0 && { droppedOptions: options }),
  };
}

function saysSomething(properties: Properties, key: PropertyKey): boolean {
  const value = properties[key];
  return value !== undefined && !economies.has(key) && !(Array.isArray(value) && value.length === 0);
}
