import { encodeUtf8 } from '../../base/utf8';
import type { ClientOptions } from '../../client/mqttClient';
import { type ConnectionProfile, protocolVersionOf } from './connectionProfile';

/**
 * How long a 5.0 server is asked to keep the Session of a connection that resumes it, in seconds: over a lost network or a
 * lunch break, but not for ever. Servers of older versions are not asked.
 */
const sessionExpiry = 3600;

/** What a client is made with for a profile. Its owner subscribes, again too, as only that knows what is still wanted. */
export function clientOptions(
  profile: ConnectionProfile,
  clientIdentifier: string,
  password: string | undefined,
  random: () => number,
): ClientOptions {
  const { version, cleanStart, keepAlive, userName, reconnect } = profile;
  return {
    version: version === 'automatic' ? version : protocolVersionOf(version),
    clientIdentifier,
    cleanStart,
    keepAlive,
    ...(!cleanStart && { properties: { sessionExpiryInterval: sessionExpiry } }),
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password: encodeUtf8(password) }),
    // A first attempt that fails is told at once and left at that: the address may be wrong, and a person is there.
    ...(reconnect && { reconnect: { when: 'afterConnected', random } }),
    resubscribe: false,
  };
}
