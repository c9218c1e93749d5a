import { noBytes } from '../../base/bytes';
import { findIllFormedUtf8, utf8Length } from '../../base/utf8';
import type { Publish, QoS } from '../controlPacket';
import { noProperties } from '../properties';
import { field } from '../wire';
import type { Layout } from '../wire';

const qosNames = ['At most once (0)', 'At least once (1)', 'Exactly once (2)', 'Reserved (3)'];

const F = {
  dup: field('DUP', '3.3.1.1'),
  qos: field('QoS', '3.3.1.2', { show: (qos) => qosNames[qos] }),
  retain: field('RETAIN', '3.3.1.3'),
  variableHeader: field('Variable Header', '3.3.2'),
  topicName: field('Topic Name', '3.3.2.1'),
  packetIdentifier: field('Packet Identifier', '3.3.2.2'),
  payload: field('Payload', '3.3.3'),
};

export function newPublish(): Publish {
  return {
    type: 'PUBLISH',
    dup: false,
    qos: 0,
    retain: false,
    topicName: '',
    packetIdentifier: 0,
    properties: noProperties,
    payload: noBytes,
  };
}

/** Bits 3-0 of PUBLISH's first byte (3.3.1). */
export const publishFlags: Layout<Publish> = (io, p) => {
  p.dup = io.flag(F.dup, 3, p.dup);
  const qos = io.bits(F.qos, 2, 1, p.qos);
  p.retain = io.flag(F.retain, 0, p.retain);
  p.qos = qos as QoS;
  if (qos === 3) io.violate('publishQosThree'); // [MQTT-3.3.1-4]
  if (p.dup && qos === 0) io.violate('dupAtQosZero'); // [MQTT-3.3.1-2]
};

/** PUBLISH (3.3) after the fixed header. */
export const publish: Layout<Publish> = (io, p) => {
  io.enter(F.variableHeader);
  p.topicName = io.topicName(F.topicName, p.topicName); // [MQTT-3.3.2-1] [MQTT-3.3.2-2]
  const named = p.topicName.length > 0;
  const topicNameStart = named ? 0 : io.fieldStart;
  if (!named && io.version !== 5) io.violate('topicNameEmpty'); // [MQTT-4.7.3-1]
  if (p.qos > 0) {
    p.packetIdentifier = io.uint16(F.packetIdentifier, p.packetIdentifier); // [MQTT-2.2.1-2]
    if (p.packetIdentifier === 0) io.violate('packetIdentifierZero'); // [MQTT-2.2.1-3] [MQTT-2.2.1-4]
  }
  if (io.version === 5) {
    p.properties = io.properties('PUBLISH', p.properties);
    if (!named && p.properties.topicAlias === undefined)
      io.violate('topicAliasMissing', undefined, topicNameStart);
    if (named && p.properties.topicAlias !== undefined) {
      const bytes = utf8Length(p.topicName);
      if (bytes < 3) io.note('topicAliasOfShortTopic', bytes, io.propertyStart('topicAlias'));
    }
  }
  io.leave();
  p.payload = io.rest(F.payload, p.payload);
  if (p.properties.payloadFormatIndicator === 1) {
    const at = findIllFormedUtf8(p.payload, 0, p.payload.length);
    if (at >= 0) io.note('payloadNotUtf8', at);
  }
};
