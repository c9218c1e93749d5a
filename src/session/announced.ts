import { contextViolations } from '../protocol/contextRules';
import type { Publish, Subscribe } from '../protocol/controlPacket';
import type { ReadFields } from '../protocol/fieldNodes';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';

/** What is sent has no bytes yet, so no place in them. */
const withoutFields: ReadFields = { fields: [], complete: true };

/** The rule a client breaks that sends what the server said in CONNACK it does not take (3.2.2.3). */
export function againstAnnounced(packet: Publish | Subscribe, connack: Properties): Violation | undefined {
  if (packet.type === 'SUBSCRIBE') {
    const announcement = { in: 'CONNACK', ...connack } as const;
    return contextViolations(packet, 0, { version: 5, announcement }, 5, withoutFields)[0];
  }
  // The same rules for every message that is sent, without making anything.
  const { qos, retain, properties } = packet;
  if (qos > (connack.maximumQoS ?? 2)) return { id: 'qosNotSupported', offset: 0, value: qos }; // [MQTT-3.2.2-11]
  if (retain && connack.retainAvailable === 0) return { id: 'retainNotSupported', offset: 0 }; // [MQTT-3.2.2-14]
  if (properties !== noProperties && properties.subscriptionIdentifiers !== undefined) {
    return { id: 'subscriptionIdentifierFromClient', offset: 0 }; // [MQTT-3.3.4-6]
  }
  return undefined;
}
