import type { ControlPacket, PacketType, ProtocolVersion, Publish, Subscribe } from './controlPacket';
import type { Properties } from './properties';
import { splitSharedFilter } from './topics';
import type { Violation, ViolationId } from './violations';

export type Sender = 'client' | 'server';

/** What the receiver of a packet announced that it accepts, and in which packet. */
export type Announcement = Pick<
  Properties,
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'wildcardSubscriptionAvailable'
  | 'sharedSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
> & { readonly in: 'CONNECT' | 'CONNACK' };

/** What earlier packets of the connection decided. Only the version must be known; each other part adds checks. */
export interface DissectionContext {
  readonly version: ProtocolVersion;
  readonly sender?: Sender;
  /** How many packets the sender has sent before this one. */
  readonly earlierPackets?: number;
  /** The Topic Names that the sender's aliases stand for. */
  readonly topicAliases?: ReadonlyMap<number, string>;
  readonly announcement?: Announcement;
  /** The number of Topic Filters of each SUBSCRIBE and UNSUBSCRIBE without an answer, by Packet Identifier. */
  readonly openRequests?: ReadonlyMap<number, number>;
  /** Of the CONNECT, in seconds. */
  readonly sessionExpiryInterval?: number;
}

/** Says where in the packet the fields of a name stand, in order. */
export type Locate = (label: string) => readonly number[];

/** The rules that this packet breaks against what went before it. */
export function contextViolations(
  packet: ControlPacket,
  size: number,
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
  const { announcement, sender } = context;
  const most = announcement?.maximumPacketSize;
  if (most !== undefined && size > most) {
    // [MQTT-3.1.2-24] [MQTT-3.2.2-15]
    report(
      'packetTooLarge',
      'Remaining Length',
      `${count(size)} bytes, above the ${count(most)} announced in ${announcement?.in}`,
    );
  }
  if (sender) {
    const wrongSide = directionViolation(packet.type, sender, version);
    if (wrongSide) report(wrongSide, 'Control Packet Type', packet.type);
  }
  orderViolations(packet, context, report);
  if (packet.type === 'PUBLISH') publishViolations(packet, context, report);
  if (packet.type === 'SUBSCRIBE' && announcement) subscribeViolations(packet, announcement, locate, report);
  if (packet.type === 'SUBACK' || (packet.type === 'UNSUBACK' && version === 5)) {
    const filters = context.openRequests?.get(packet.packetIdentifier);
    const { length } = packet.reasonCodes;
    if (filters !== undefined && filters !== length) report('reasonCodesMissing', 'Payload', length); // [MQTT-3.8.4-6]
  }
  if (packet.type === 'DISCONNECT' && packet.properties.sessionExpiryInterval !== undefined) {
    if (sender === 'server') report('sessionExpiryFromServer', 'Session Expiry Interval'); // [MQTT-3.14.2-2]
    if (
      sender === 'client' &&
      context.sessionExpiryInterval === 0 &&
      packet.properties.sessionExpiryInterval > 0
    ) {
      report('sessionExpiryAfterZero', 'Session Expiry Interval');
    }
  }
  return found;
}

type Report = (id: ViolationId, label: string, value?: string | number, offset?: number) => void;

const fromClients: ReadonlySet<PacketType> = new Set(['CONNECT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PINGREQ']);
const fromServers: ReadonlySet<PacketType> = new Set(['CONNACK', 'SUBACK', 'UNSUBACK', 'PINGRESP']);

/** Table 2-1: who may send what. Before 5.0 only clients send DISCONNECT. */
function directionViolation(
  type: PacketType,
  sender: Sender,
  version: ProtocolVersion,
): ViolationId | undefined {
  if (sender === 'client' && fromServers.has(type)) return 'packetFromServerToServer';
  const onlyClients = fromClients.has(type) || (type === 'DISCONNECT' && version !== 5);
  return sender === 'server' && onlyClients ? 'packetFromClientToClient' : undefined;
}

function orderViolations(
  packet: ControlPacket,
  { sender, earlierPackets }: DissectionContext,
  report: Report,
): void {
  if (sender === undefined || earlierPackets === undefined) return;
  const { type } = packet;
  if (sender === 'client') {
    if (earlierPackets === 0 && type !== 'CONNECT')
      report('firstPacketNotConnect', 'Control Packet Type', type); // [MQTT-3.1.0-1]
    if (earlierPackets > 0 && type === 'CONNECT') report('secondConnect', 'Control Packet Type'); // [MQTT-3.1.0-2]
  } else if (earlierPackets === 0 && type !== 'CONNACK' && type !== 'AUTH') {
    report('packetBeforeConnack', 'Control Packet Type', type); // [MQTT-3.2.0-1]
  }
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
