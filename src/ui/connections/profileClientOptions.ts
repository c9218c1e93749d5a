import { encodeUtf8 } from '../../base/utf8';
import type { ClientOptions } from '../../client/mqttClient';
import type { ProtocolVersion, Subscription } from '../../protocol/controlPacket';
import { type ConnectionProfile, protocolVersionOf } from './connectionProfile';
import type { SubscribedFilter } from './subscribedFilters';

/**
 * How long a 5.0 server is asked to keep the Session of a connection that resumes it, in seconds: over a lost network or a
 * lunch break, but not for ever. Servers of older versions are not asked.
 */
const sessionExpiry = 3600;

/** How long a person waits for the next attempt at most, in milliseconds. */
const longestWait = 30_000;

/**
 * What a client is made with for a profile.
 * @param ownIdentifier the Client Identifier for profiles without one
 * @param random gives a number from 0 up to, but not including, 1
 */
export function profileClientOptions(
  profile: ConnectionProfile,
  ownIdentifier: string,
  password: string | undefined,
  random: () => number,
): ClientOptions {
  const { version, clientId, cleanStart, keepAlive, userName, reconnect } = profile;
  return {
    version: version === 'automatic' ? 'automatic' : protocolVersionOf(version),
    clientIdentifier: clientId ?? ownIdentifier,
    cleanStart,
    keepAlive,
    ...(!cleanStart && { properties: { sessionExpiryInterval: sessionExpiry } }),
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password: encodeUtf8(password) }),
    // A first attempt that fails is told at once and left at that: the address may be wrong, and a person is there.
    ...(reconnect && { reconnect: { when: 'afterConnected', random, longestDelay: longestWait } }),
    resubscribe: false,
  };
}

/** What the server is asked for, for a filter a person subscribed to. */
export function subscriptionOf(
  { topicFilter, qos }: SubscribedFilter,
  version: ProtocolVersion,
): Subscription {
  return { topicFilter, qos, noLocal: false, retainAsPublished: version === 5, retainHandling: 0 };
}
