import type { Publish, Subscribe } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { splitSharedFilter } from '../protocol/topics';
import type { Violation } from '../protocol/violations';

/** The rule a client breaks that sends what the server said in CONNACK it does not take (3.2.2.3). */
export function againstAnnounced(packet: Publish | Subscribe, connack: Properties): Violation | undefined {
  if (packet.type === 'PUBLISH') {
    const { qos, retain } = packet;
    if (qos > (connack.maximumQoS ?? 2)) return { id: 'qosNotSupported', offset: 0, value: qos }; // [MQTT-3.2.2-11]
    if (retain && connack.retainAvailable === 0) return { id: 'retainNotSupported', offset: 0 }; // [MQTT-3.2.2-14]
    return undefined;
  }
  if (connack.sharedSubscriptionAvailable !== 0) return undefined;
  const shared = packet.subscriptions.find(
    ({ topicFilter }) => splitSharedFilter(topicFilter).shareName !== undefined,
  );
  return shared && { id: 'sharedSubscriptionNotSupported', offset: 0, value: shared.topicFilter };
}
