import type {
  Suback,
  Subscribe,
  Subscription,
  Unsuback,
  Unsubscribe,
  QoS,
  RetainHandling,
} from '../controlPacket';
import { noProperties } from '../properties';
import { field } from '../wire';
import type { Layout, Wire } from '../wire';

const maximumQosNames = ['0', '1', '2', 'Reserved (3)'];
const retainHandlingNames = [
  'Send retained messages at the time of the subscribe (0)',
  'Send retained messages only if the subscription is new (1)',
  'Do not send retained messages at the time of the subscribe (2)',
  'Reserved (3)',
];

const F = {
  subscribeHeader: field('Variable Header', '3.8.2'),
  subscribeIdentifier: field('Packet Identifier', '3.8.2'),
  subscribePayload: field('Payload', '3.8.3'),
  subscription: field('Subscription', '3.8.3', { group: 'showsFirst' }),
  subscribeFilter: field('Topic Filter', '3.8.3'),
  options: field('Subscription Options', '3.8.3.1', { section311: '3.8.3' }),
  reserved: field('Reserved', '3.8.3.1', { section311: '3.8.3' }),
  retainHandling: field('Retain Handling', '3.8.3.1', { show: (value) => retainHandlingNames[value] }),
  retainAsPublished: field('Retain As Published', '3.8.3.1'),
  noLocal: field('No Local', '3.8.3.1'),
  maximumQos: field('Maximum QoS', '3.8.3.1', { section311: '3.8.3', show: (qos) => maximumQosNames[qos] }),
  subackHeader: field('Variable Header', '3.9.2'),
  subackIdentifier: field('Packet Identifier', '3.9.2'),
  subackPayload: field('Payload', '3.9.3'),
  subackReasonCode: field('Reason Code', '3.9.3'),
  unsubscribeHeader: field('Variable Header', '3.10.2'),
  unsubscribeIdentifier: field('Packet Identifier', '3.10.2'),
  unsubscribePayload: field('Payload', '3.10.3'),
  unsubscribeFilter: field('Topic Filter', '3.10.3'),
  unsubackHeader: field('Variable Header', '3.11.2'),
  unsubackIdentifier: field('Packet Identifier', '3.11.2'),
  unsubackPayload: field('Payload', '3.11.3'),
  unsubackReasonCode: field('Reason Code', '3.11.3'),
};

export const newSubscribe = (): Subscribe => ({
  type: 'SUBSCRIBE',
  packetIdentifier: 0,
  properties: noProperties,
  subscriptions: [],
});
export const newSuback = (): Suback => ({
  type: 'SUBACK',
  packetIdentifier: 0,
  properties: noProperties,
  reasonCodes: [],
});
export const newUnsubscribe = (): Unsubscribe => ({
  type: 'UNSUBSCRIBE',
  packetIdentifier: 0,
  properties: noProperties,
  topicFilters: [],
});
export const newUnsuback = (): Unsuback => ({
  type: 'UNSUBACK',
  packetIdentifier: 0,
  properties: noProperties,
  reasonCodes: [],
});

/** SUBSCRIBE (3.8). */
export const subscribe: Layout<Subscribe> = (io, p) => {
  io.enter(F.subscribeHeader);
  p.packetIdentifier = io.uint16(F.subscribeIdentifier, p.packetIdentifier);
  if (p.packetIdentifier === 0) io.violate('packetIdentifierZero'); // [MQTT-2.2.1-3]
  p.properties = io.properties('SUBSCRIBE', p.properties);
  io.leave();
  io.enter(F.subscribePayload);
  for (let index = 0; io.more(index < p.subscriptions.length); index++) {
    const subscription = p.subscriptions[index] ?? newSubscription();
    oneSubscription(io, subscription);
    p.subscriptions[index] = subscription;
  }
  if (p.subscriptions.length === 0) io.violate('noTopicFilter'); // [MQTT-3.8.3-2]
  io.leave();
};

/** SUBACK (3.9): one Reason Code for each Topic Filter. */
export const suback: Layout<Suback> = (io, p) => {
  io.enter(F.subackHeader);
  p.packetIdentifier = io.uint16(F.subackIdentifier, p.packetIdentifier);
  if (p.packetIdentifier === 0) io.violate('packetIdentifierZero');
  p.properties = io.properties('SUBACK', p.properties);
  io.leave();
  io.enter(F.subackPayload);
  for (let index = 0; io.more(index < p.reasonCodes.length); index++) {
    p.reasonCodes[index] = io.reasonCode(F.subackReasonCode, 'SUBACK', p.reasonCodes[index] ?? 0);
  }
  if (p.reasonCodes.length === 0) io.violate('noReasonCode');
  io.leave();
};

/** UNSUBSCRIBE (3.10). */
export const unsubscribe: Layout<Unsubscribe> = (io, p) => {
  io.enter(F.unsubscribeHeader);
  p.packetIdentifier = io.uint16(F.unsubscribeIdentifier, p.packetIdentifier);
  if (p.packetIdentifier === 0) io.violate('packetIdentifierZero'); // [MQTT-2.2.1-3]
  p.properties = io.properties('UNSUBSCRIBE', p.properties);
  io.leave();
  io.enter(F.unsubscribePayload);
  for (let index = 0; io.more(index < p.topicFilters.length); index++) {
    p.topicFilters[index] = io.topicFilter(F.unsubscribeFilter, p.topicFilters[index] ?? ''); // [MQTT-3.10.3-1]
  }
  if (p.topicFilters.length === 0) io.violate('noTopicFilterToRemove'); // [MQTT-3.10.3-2]
  io.leave();
};

/** UNSUBACK (3.11): Reason Codes in 5.0, nothing but the Packet Identifier before. */
export const unsuback: Layout<Unsuback> = (io, p) => {
  io.enter(F.unsubackHeader);
  p.packetIdentifier = io.uint16(F.unsubackIdentifier, p.packetIdentifier);
  if (p.packetIdentifier === 0) io.violate('packetIdentifierZero');
  p.properties = io.properties('UNSUBACK', p.properties);
  io.leave();
  if (io.version !== 5) return;
  io.enter(F.unsubackPayload);
  for (let index = 0; io.more(index < p.reasonCodes.length); index++) {
    p.reasonCodes[index] = io.reasonCode(F.unsubackReasonCode, 'UNSUBACK', p.reasonCodes[index] ?? 0);
  }
  if (p.reasonCodes.length === 0) io.violate('noReasonCode', undefined, io.fieldStart, 'UNSUBACK');
  io.leave();
};

function newSubscription(): Subscription {
  return { topicFilter: '', qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 };
}

function oneSubscription(io: Wire, s: Subscription): void {
  io.enter(F.subscription);
  s.topicFilter = io.topicFilter(F.subscribeFilter, s.topicFilter); // [MQTT-3.8.3-1]
  io.beginBits(F.options);
  let reserved: number;
  if (io.version === 5) {
    reserved = io.bits(F.reserved, 7, 6, 0);
    s.retainHandling = io.bits(F.retainHandling, 5, 4, s.retainHandling) as RetainHandling;
    s.retainAsPublished = io.flag(F.retainAsPublished, 3, s.retainAsPublished);
    s.noLocal = io.flag(F.noLocal, 2, s.noLocal);
  } else {
    reserved = io.bits(F.reserved, 7, 2, 0);
  }
  s.qos = io.bits(F.maximumQos, 1, 0, s.qos) as QoS;
  io.endBits();
  if (reserved !== 0) {
    io.violate('subscriptionReservedBits', reserved.toString(2).padStart(io.version === 5 ? 2 : 6, '0')); // [MQTT-3.8.3-5]
  }
  if ((s.qos as number) === 3) io.violate('subscriptionQosThree');
  if ((s.retainHandling as number) === 3) io.violate('retainHandlingThree');
  if (s.noLocal && s.topicFilter.startsWith('$share/')) io.violate('noLocalOnShared'); // [MQTT-3.8.3-4]
  io.leave();
}
