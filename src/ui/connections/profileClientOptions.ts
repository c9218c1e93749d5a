import { encodeUtf8 } from '../../base/utf8';
import type { Cryptography } from '../../session/cryptography';
import type { ClientOptions } from '../../client/mqttClient';
import { defaultSessionExpiry } from '../../contributions/connectSettings';
import type { ProtocolVersion, Subscription } from '../../protocol/controlPacket';
import type { Properties } from '../../protocol/properties';
import { type ConnectionProfile, protocolVersionOf } from './connectionProfile';
import { ProfileAuthenticator } from './profileAuthenticator';
import type { SubscribedFilter } from './subscribedFilters';
import { pairsOf, willMessage } from './willProfile';

/** How long a person waits for the next attempt at most, in milliseconds. */
const longestWait = 30_000;

/** What a window has for the clients of all profiles. */
export interface ClientSurroundings {
  /** The Client Identifier for profiles without one. */
  readonly ownIdentifier: string;
  /** Gives a number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly cryptography: Cryptography;
}

/** What a client is made with for a profile. */
export function profileClientOptions(
  profile: ConnectionProfile,
  password: string | undefined,
  { ownIdentifier, random, cryptography }: ClientSurroundings,
): ClientOptions {
  const { version, clientId, cleanStart, keepAlive, reconnect, connect = {} } = profile;
  const { will, receiveMaximum, maximumPacketSize, topicAliasMaximum, qos2InFlightBefore5 } = connect;
  const identity = identityOf(profile, password, cryptography);
  // Older versions know no way to prove anything: falling back would mean to go without it.
  const isAutomatic = version === 'automatic' && identity.authenticator === undefined;
  return {
    version: isAutomatic ? 'automatic' : protocolVersionOf(version),
    clientIdentifier: clientId ?? ownIdentifier,
    cleanStart,
    keepAlive,
    properties: connectPropertiesOf(profile),
    ...identity,
    ...(will && { will: willMessage(will) }),
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
    ...(topicAliasMaximum !== undefined && { topicAliasMaximum }),
    ...(qos2InFlightBefore5 !== undefined && { qos2InFlightBefore5 }),
    // A first attempt that fails is told at once and left at that: the address may be wrong, and a person is there.
    ...(reconnect && { reconnect: { when: 'afterConnected', random, longestDelay: longestWait } }),
    resubscribe: false,
  };
}

/** Who the client is, and how it shows that: in CONNECT, or by a method that keeps the password to itself. */
function identityOf(
  { userName, connect }: ConnectionProfile,
  password: string | undefined,
  cryptography: Cryptography,
): Pick<ClientOptions, 'userName' | 'password' | 'authenticator'> {
  const { authentication = 'none' } = connect ?? {};
  if (authentication !== 'none') {
    const authenticator = new ProfileAuthenticator(
      authentication,
      userName ?? '',
      password ?? '',
      cryptography,
    );
    return { authenticator };
  }
  return {
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password: encodeUtf8(password) }),
  };
}

function connectPropertiesOf({ cleanStart, version, connect = {} }: ConnectionProfile): Properties {
  // Before 5.0 a server keeps a Session by its own rules, and nobody asked for others.
  const isOwn = version !== 'automatic' && protocolVersionOf(version) !== 5;
  const { sessionExpiry = cleanStart || isOwn ? 0 : defaultSessionExpiry, userProperties } = connect;
  return {
    ...(sessionExpiry > 0 && { sessionExpiryInterval: sessionExpiry }),
    ...(userProperties && { userProperties: pairsOf(userProperties) }),
    ...(connect.requestResponseInformation && { requestResponseInformation: 1 }),
  };
}

/** What the server is asked for, for a filter a person subscribed to. */
export function subscriptionOf(
  { topicFilter, qos }: SubscribedFilter,
  version: ProtocolVersion,
): Subscription {
  return { topicFilter, qos, noLocal: false, retainAsPublished: version === 5, retainHandling: 0 };
}
