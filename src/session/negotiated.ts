import type { Connack, Connect, QoS } from '../protocol/controlPacket';
import { largestPacket } from '../protocol/packetFramer';
import type { Properties } from '../protocol/properties';

/** What CONNECT and CONNACK together settle for a connection, as the client has to keep to it (3.2.2.3). */
export interface Negotiated {
  /** The identifier in use, whoever chose it. */
  readonly clientIdentifier: string;
  readonly assignedClientIdentifier: string | undefined;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
  /** Seconds; 0 ends the Session with the connection, 0xFFFFFFFF never does. */
  readonly sessionExpiryInterval: number;
  /** QoS 1 and 2 messages the server takes at once. */
  readonly receiveMaximum: number;
  readonly maximumQoS: QoS;
  readonly retainAvailable: boolean;
  /** Bytes. */
  readonly maximumPacketSize: number;
  /** The highest Topic Alias the server takes. */
  readonly topicAliasMaximum: number;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
  /** All Properties of CONNACK as they came. */
  readonly properties: Properties;
}

export const neverExpires = 0xffffffff;

/** What 5.0 assumes where a Property is absent is what earlier versions always do, except for shared subscriptions. */
export function negotiate(connect: Connect, { properties }: Connack): Negotiated {
  const is5 = connect.protocolVersion === 5;
  const expiryBefore5 = connect.cleanStart ? 0 : neverExpires;
  return {
    clientIdentifier: properties.assignedClientIdentifier ?? connect.clientIdentifier,
    assignedClientIdentifier: properties.assignedClientIdentifier,
    keepAlive: properties.serverKeepAlive ?? connect.keepAlive, // [MQTT-3.1.2-21] [MQTT-3.2.2-21]
    sessionExpiryInterval: is5
      ? (properties.sessionExpiryInterval ?? connect.properties.sessionExpiryInterval ?? 0)
      : expiryBefore5,
    receiveMaximum: properties.receiveMaximum ?? 65_535,
    maximumQoS: properties.maximumQoS === 0 ? 0 : properties.maximumQoS === 1 ? 1 : 2,
    retainAvailable: properties.retainAvailable !== 0,
    maximumPacketSize: properties.maximumPacketSize ?? largestPacket,
    topicAliasMaximum: properties.topicAliasMaximum ?? 0,
    wildcardSubscriptionAvailable: properties.wildcardSubscriptionAvailable !== 0,
    subscriptionIdentifierAvailable: is5 && properties.subscriptionIdentifierAvailable !== 0,
    sharedSubscriptionAvailable: is5 && properties.sharedSubscriptionAvailable !== 0,
    properties,
  };
}
