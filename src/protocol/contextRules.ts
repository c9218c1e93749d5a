import { grouped } from '../base/grouped';
import { connectionViolations } from './connectionRules';
import type { ControlPacket, ProtocolVersion, Publish, Subscribe } from './controlPacket';
import type { Announcement, DissectionContext } from './dissectionContext';
import type { ReadFields } from './fieldNodes';
import { fieldsNamed } from './fieldNodes';
import { identifierViolations } from './identifierRules';
import { splitSharedFilter } from './topics';
import type { ClauseSubject, Violation, ViolationId } from './violations';
import { violationAt } from './violations';

/** Reports a rule at the first field of that name, or at `offset`. */
export type Report = (
  id: ViolationId,
  label: string,
  value?: string | number,
  more?: { readonly offset?: number | undefined; readonly subject?: ClauseSubject },
) => void;

/** The rules that this packet breaks against what went before it. `read` says what of it could be read. */
export function contextViolations(
  packet: ControlPacket,
  length: number,
  context: DissectionContext,
  version: ProtocolVersion,
  read: ReadFields,
): readonly Violation[] {
  const found: Violation[] = [];
  const report: Report = (id, label, value, { offset, subject } = {}) => {
    found.push(violationAt(id, offset ?? fieldsNamed(read.fields, label)[0]?.start ?? 0, value, subject));
  };
  const { sender, size = length } = context;
  // Before 5.0 nobody announces anything.
  const announcement = version === 5 ? context.announcement : undefined;
  const most = announcement?.maximumPacketSize;
  if (announcement && most !== undefined && size > most) {
    // [MQTT-3.1.2-24] [MQTT-3.2.2-15]
    report(
      'packetTooLarge',
      'Remaining Length',
      `${grouped(size)} bytes, above the ${grouped(most)} announced in ${announcement.in}`,
      { subject: announcement.in === 'CONNECT' ? 'server' : 'client' },
    );
  }
  if (packet.type === 'PUBLISH') publishViolations(packet, context, announcement, report);
  if (packet.type === 'SUBSCRIBE' && announcement) subscribeViolations(packet, announcement, read, report);
  if (read.complete && (packet.type === 'SUBACK' || (packet.type === 'UNSUBACK' && version === 5))) {
    const filters = context.openRequests?.get(packet.packetIdentifier);
    const { length } = packet.reasonCodes;
    if (filters !== undefined && filters !== length) {
      report('reasonCodesMissing', 'Payload', length, { subject: packet.type }); // [MQTT-3.8.4-6]
    }
  }
  if (sender) {
    connectionViolations(packet, sender, context, version, read, report);
    identifierViolations(packet, sender, context, version, report);
  }
  return found;
}

function publishViolations(
  packet: Publish,
  { sender, topicAliases }: DissectionContext,
  announcement: Announcement | undefined,
  report: Report,
): void {
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
  const most = announcement?.maximumQoS;
  // QoS 3 is above everything, and a rule of its own.
  if (most !== undefined && packet.qos > most && packet.qos <= 2)
    report('qosNotSupported', 'QoS', packet.qos); // [MQTT-3.2.2-11]
  if (packet.retain && announcement?.retainAvailable === 0) report('retainNotSupported', 'RETAIN'); // [MQTT-3.2.2-14]
}

function subscribeViolations(
  packet: Subscribe,
  announcement: Announcement,
  { fields }: ReadFields,
  report: Report,
): void {
  if (packet.properties.subscriptionIdentifiers && announcement.subscriptionIdentifierAvailable === 0) {
    report('subscriptionIdentifierNotSupported', 'Subscription Identifier');
  }
  const filters = fieldsNamed(fields, 'Topic Filter');
  for (const [index, { topicFilter }] of packet.subscriptions.entries()) {
    const more = { offset: filters[index]?.start };
    const shared = splitSharedFilter(topicFilter).shareName !== undefined;
    if (shared && announcement.sharedSubscriptionAvailable === 0) {
      report('sharedSubscriptionNotSupported', 'Topic Filter', topicFilter, more);
    }
    if (/[+#]/.test(topicFilter) && announcement.wildcardSubscriptionAvailable === 0) {
      report('wildcardSubscriptionNotSupported', 'Topic Filter', topicFilter, more);
    }
  }
}
