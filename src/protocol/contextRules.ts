import { connectionViolations } from './connectionRules';
import type { ControlPacket, ProtocolVersion, Publish, Subscribe } from './controlPacket';
import type { Announcement, DissectionContext } from './dissectionContext';
import { splitSharedFilter } from './topics';
import type { Violation, ViolationId } from './violations';

/** Reports a rule at the first field of that name, or at `offset`. */
export type Report = (id: ViolationId, label: string, value?: string | number, offset?: number) => void;

/** Says where in the packet the fields of a name stand, in order. */
export type Locate = (label: string) => readonly number[];

/** The rules that this packet breaks against what went before it. */
export function contextViolations(
  packet: ControlPacket,
  length: number,
  context: DissectionContext,
  version: ProtocolVersion,
  locate: Locate,
): readonly Violation[] {
  const found: Violation[] = [];
  const report = (
    id: ViolationId,
    label: string,
    value?: string | number,
    offset = locate(label)[0] ?? 0,
  ) => {
    found.push(value === undefined ? { id, offset } : { id, offset, value });
  };
  const { announcement, sender, size = length } = context;
  const most = announcement?.maximumPacketSize;
  if (most !== undefined && size > most) {
    // [MQTT-3.1.2-24] [MQTT-3.2.2-15]
    report(
      'packetTooLarge',
      'Remaining Length',
      `${count(size)} bytes, above the ${count(most)} announced in ${announcement?.in}`,
    );
  }
  if (packet.type === 'PUBLISH') publishViolations(packet, context, report);
  if (packet.type === 'SUBSCRIBE' && announcement) subscribeViolations(packet, announcement, locate, report);
  if (packet.type === 'SUBACK' || (packet.type === 'UNSUBACK' && version === 5)) {
    const filters = context.openRequests?.get(packet.packetIdentifier);
    const { length } = packet.reasonCodes;
    if (filters !== undefined && filters !== length) report('reasonCodesMissing', 'Payload', length); // [MQTT-3.8.4-6]
  }
  if (sender) connectionViolations(packet, sender, context, version, report);
  return found;
}

function publishViolations(packet: Publish, context: DissectionContext, report: Report): void {
  const { announcement, sender, topicAliases } = context;
  const alias = packet.properties.topicAlias;
  if (alias !== undefined && announcement && alias > (announcement.topicAliasMaximum ?? 0)) {
    // [MQTT-3.3.2-9] [MQTT-3.3.2-11] [MQTT-3.1.2-26] [MQTT-3.1.2-27] [MQTT-3.2.2-17] [MQTT-3.2.2-18]
    report('topicAliasTooLarge', 'Topic Alias', alias);
  }
  if (alias !== undefined && packet.topicName === '' && topicAliases && !topicAliases.has(alias)) {
    report('topicAliasUnknown', 'Topic Alias', alias);
  }
  if (sender !== 'client') return;
  if (packet.properties.subscriptionIdentifiers) {
    report('subscriptionIdentifierFromClient', 'Subscription Identifier'); // [MQTT-3.3.4-6]
  }
  if (packet.qos > (announcement?.maximumQoS ?? 2)) report('qosNotSupported', 'QoS', packet.qos); // [MQTT-3.2.2-11]
  if (packet.retain && announcement?.retainAvailable === 0) report('retainNotSupported', 'RETAIN'); // [MQTT-3.2.2-14]
}

function subscribeViolations(
  packet: Subscribe,
  announcement: Announcement,
  locate: Locate,
  report: Report,
): void {
  if (packet.properties.subscriptionIdentifiers && announcement.subscriptionIdentifierAvailable === 0) {
    report('subscriptionIdentifierNotSupported', 'Subscription Identifier');
  }
  const starts = locate('Topic Filter');
  for (const [index, { topicFilter }] of packet.subscriptions.entries()) {
    const shared = splitSharedFilter(topicFilter).shareName !== undefined;
    if (shared && announcement.sharedSubscriptionAvailable === 0) {
      report('sharedSubscriptionNotSupported', 'Topic Filter', topicFilter, starts[index]);
    }
    if (/[+#]/.test(topicFilter) && announcement.wildcardSubscriptionAvailable === 0) {
      report('wildcardSubscriptionNotSupported', 'Topic Filter', topicFilter, starts[index]);
    }
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
