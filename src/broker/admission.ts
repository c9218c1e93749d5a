import type { Connect, ProtocolVersion, WillMessage } from '../protocol/controlPacket';
import { largestPacket } from '../protocol/packetFramer';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { neverExpires } from '../session/negotiated';
import type { RefusedConnect } from '../session/serverContract';
import type { BrokerLimits } from './brokerOptions';
import { ofServer } from './explanations';
import { isOfServer } from './retainedStore';
import { isTooDeep } from './topicDepth';

const clientIdentifierNotValid = 0x85;
const topicNameInvalid = 0x90;
const retainNotSupported = 0x9a;
const qosNotSupported = 0x9b;

/** Why a CONNECT is refused, with what CONNACK says about it where the Reason Code alone leaves that open. */
export interface ConnectRefusal extends RefusedConnect {
  readonly properties?: Properties;
}

/** Why a CONNECT is refused before anybody looks at user name and password; undefined where it is not. */
export function refusal(
  { protocolVersion, cleanStart, clientIdentifier, will }: Connect,
  limits: BrokerLimits,
): ConnectRefusal | undefined {
  const ofWill = will && refusalOfWill(will, protocolVersion, limits);
  if (ofWill !== undefined) return ofWill;
  if (clientIdentifier !== '' || protocolVersion === 5) return undefined;
  // [MQTT-3.1.3-8] (3.1.1) [MQTT-3.1.3-9] (3.1.1); 3.1 knows no empty identifier at all.
  return protocolVersion === 3 || !cleanStart ? { reasonCode: clientIdentifierNotValid } : undefined;
}

function refusalOfWill(
  { topicName, qos, retain }: WillMessage,
  version: ProtocolVersion,
  limits: BrokerLimits,
): ConnectRefusal | undefined {
  if (isOfServer(topicName))
    return { reasonCode: topicNameInvalid, cause: 'serverTopic', properties: ofServer };
  if (isTooDeep(topicName, limits.topicLevels)) return { reasonCode: topicNameInvalid, cause: 'topicLevels' };
  if (qos > limits.maximumQoS) return { reasonCode: qosNotSupported, cause: 'maximumQoS' }; // [MQTT-3.2.2-12]
  // Before 5.0 nobody is told that nothing is retained, and a will is passed on like other messages.
  if (!retain || limits.retainAvailable || version < 5) return undefined;
  return { reasonCode: retainNotSupported, cause: 'retainAvailable' }; // [MQTT-3.2.2-13]
}

/** Seconds the Session of this client is kept without a connection (3.1.2.11.2; 3.1.1: 3.1.2.4). */
export function sessionExpiryInterval(
  { protocolVersion, cleanStart, properties }: Connect,
  { maximumSessionExpiry }: Pick<BrokerLimits, 'maximumSessionExpiry'>,
): number {
  const beforeFive = cleanStart ? 0 : neverExpires;
  const asked = protocolVersion === 5 ? (properties.sessionExpiryInterval ?? 0) : beforeFive;
  return Math.min(asked, maximumSessionExpiry);
}

/** Seconds of Keep Alive in force: only 5.0 lets a server choose another than the client. */
export function keepAliveOf(
  { protocolVersion, keepAlive }: Connect,
  { maximumKeepAlive }: BrokerLimits,
): number {
  if (protocolVersion !== 5 || maximumKeepAlive === 0) return keepAlive;
  return keepAlive === 0 || keepAlive > maximumKeepAlive ? maximumKeepAlive : keepAlive;
}

/**
 * What CONNACK tells a client: where the broker does not offer what 5.0 assumes, and what it has decided.
 * @param assigned the Client Identifier the client was given because it had none
 * @param responseInformation what is told to clients that ask, where there is something
 */
export function connackProperties(
  connect: Connect,
  limits: BrokerLimits,
  assigned: string | undefined,
  responseInformation: string | undefined,
): Properties {
  if (connect.protocolVersion !== 5) return noProperties;
  const { properties } = connect;
  const { topicAliasMaximum, receiveMaximum, maximumPacketSize, maximumQoS } = limits;
  const expiry = sessionExpiryInterval(connect, limits);
  const keepAlive = keepAliveOf(connect, limits);
  const asksForResponse = properties.requestResponseInformation === 1; // [MQTT-3.1.2-28]
  return {
    ...(expiry !== (properties.sessionExpiryInterval ?? 0) && { sessionExpiryInterval: expiry }),
    ...(receiveMaximum < 65_535 && { receiveMaximum }),
    ...(maximumQoS < 2 && { maximumQoS }), // [MQTT-3.2.2-9]
    ...(!limits.retainAvailable && { retainAvailable: 0 }),
    ...(maximumPacketSize < largestPacket && { maximumPacketSize }),
    ...(assigned !== undefined && { assignedClientIdentifier: assigned }), // [MQTT-3.1.3-7] [MQTT-3.2.2-16]
    ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
    ...(!limits.wildcardSubscriptionAvailable && { wildcardSubscriptionAvailable: 0 }),
    ...(!limits.subscriptionIdentifierAvailable && { subscriptionIdentifierAvailable: 0 }),
    ...(!limits.sharedSubscriptionAvailable && { sharedSubscriptionAvailable: 0 }),
    ...(keepAlive !== connect.keepAlive && { serverKeepAlive: keepAlive }), // [MQTT-3.2.2-22]
    ...(asksForResponse && responseInformation !== undefined && { responseInformation }),
  };
}
