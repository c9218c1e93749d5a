import type { Connect } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { neverExpires } from '../session/negotiated';
import { isTooDeep } from './topicDepth';

/** The highest Topic Alias a client may use; each may stand for a topic of 64 KiB. */
const topicAliasMaximum = 100;

/** Why a CONNECT is refused before anybody looks at user name and password: a Reason Code, or undefined. */
export function refusal({
  protocolVersion,
  cleanStart,
  clientIdentifier,
  properties,
  will,
}: Connect): number | undefined {
  if (properties.authenticationMethod !== undefined) return badAuthenticationMethod; // [MQTT-4.12.0-1]
  if (will && isTooDeep(will.topicName)) return topicNameInvalid;
  if (clientIdentifier !== '' || protocolVersion === 5) return undefined;
  // [MQTT-3.1.3-8] (3.1.1); 3.1 knows no empty identifier at all.
  return protocolVersion === 3 || !cleanStart ? clientIdentifierNotValid : undefined;
}

const badAuthenticationMethod = 0x8c;
const clientIdentifierNotValid = 0x85;
const topicNameInvalid = 0x90;

/** Seconds the Session of this client is kept without a connection (3.1.2.11.2; 3.1.1: 3.1.2.4). */
export function sessionExpiryInterval({ protocolVersion, cleanStart, properties }: Connect): number {
  if (protocolVersion === 5) return properties.sessionExpiryInterval ?? 0;
  return cleanStart ? 0 : neverExpires;
}

/**
 * What CONNACK tells a 5.0 client.
 * @param assigned the Client Identifier the client was given because it had none
 */
export function connackProperties(
  assigned: string | undefined,
  maximumPacketSize: number | undefined,
): Properties {
  return {
    topicAliasMaximum,
    sharedSubscriptionAvailable: 0,
    ...(assigned !== undefined && { assignedClientIdentifier: assigned }), // [MQTT-3.1.3-7] [MQTT-3.2.2-16]
    ...(maximumPacketSize !== undefined && { maximumPacketSize }),
  };
}
