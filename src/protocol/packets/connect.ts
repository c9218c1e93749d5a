import { findIllFormedUtf8, utf8Length } from '../../base/utf8';
import { noBytes } from '../../base/bytes';
import { versionOfLevel } from '../connectVersion';
import type { Connect, QoS, WillMessage } from '../controlPacket';
import { noProperties } from '../properties';
import { showDuration } from '../show';
import { field } from '../wire';
import type { Layout, Wire } from '../wire';

const F = {
  variableHeader: field('Variable Header', '3.1.2'),
  protocolName: field('Protocol Name', '3.1.2.1'),
  protocolLevel: field('Protocol Version', '3.1.2.2', {
    name311: 'Protocol Level',
    show: (level) => ({ 3: '3 (MQTT 3.1)', 4: '4 (MQTT 3.1.1)', 5: '5 (MQTT 5.0)' })[level],
  }),
  connectFlags: field('Connect Flags', '3.1.2.3'),
  userNameFlag: field('User Name Flag', '3.1.2.8'),
  passwordFlag: field('Password Flag', '3.1.2.9'),
  willRetain: field('Will Retain', '3.1.2.7'),
  willQos: field('Will QoS', '3.1.2.6'),
  willFlag: field('Will Flag', '3.1.2.5'),
  cleanStart: field('Clean Start', '3.1.2.4', { name311: 'Clean Session' }),
  reserved: field('Reserved', '3.1.2.3'),
  keepAlive: field('Keep Alive', '3.1.2.10', {
    show: (value) => (value === 0 ? 'off' : showDuration(value)),
  }),
  payload: field('Payload', '3.1.3'),
  clientIdentifier: field('Client Identifier', '3.1.3.1'),
  willTopic: field('Will Topic', '3.1.3.3', { section311: '3.1.3.2', wildcard: 'willTopicWildcard' }),
  willPayload: field('Will Payload', '3.1.3.4', { name311: 'Will Message', section311: '3.1.3.3' }),
  userName: field('User Name', '3.1.3.5', { section311: '3.1.3.4' }),
  password: field('Password', '3.1.3.6', { section311: '3.1.3.5' }),
};

export function newConnect(): Connect {
  return {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolVersion: 4,
    cleanStart: false,
    keepAlive: 0,
    properties: noProperties,
    clientIdentifier: '',
    will: undefined,
    userName: undefined,
    password: undefined,
  };
}

/** CONNECT (3.1). Sets the version of the wire from the protocol level. */
export const connect: Layout<Connect> = (io, p) => {
  io.enter(F.variableHeader);
  protocol(io, p);
  const flags = connectFlags(io, p);
  p.keepAlive = io.uint16(F.keepAlive, p.keepAlive);
  if (p.keepAlive === 0) io.note('keepAliveZero');
  p.properties = io.properties('CONNECT', p.properties);
  const { authenticationData, authenticationMethod } = p.properties;
  if (authenticationData && authenticationMethod === undefined) {
    io.violate('authenticationDataWithoutMethod', undefined, io.propertyStart('authenticationData'));
  }
  io.leave();
  // The order is that of the clause. [MQTT-3.1.3-1]
  io.enter(F.payload);
  p.clientIdentifier = io.utf8(F.clientIdentifier, p.clientIdentifier); // [MQTT-3.1.3-3] [MQTT-3.1.3-4]
  checkClientIdentifier(io, p);
  if (flags.will) p.will = will(io, p.will ?? newWill(), flags.willQos, flags.willRetain); // [MQTT-3.1.2-9]
  if (flags.userName) p.userName = io.utf8(F.userName, p.userName ?? ''); // [MQTT-3.1.2-16] [MQTT-3.1.2-17] [MQTT-3.1.3-12]
  if (flags.password) p.password = io.binary(F.password, p.password ?? noBytes); // [MQTT-3.1.2-18] [MQTT-3.1.2-19]
  io.leave();
};

function protocol(io: Wire, p: Connect): void {
  p.protocolName = io.utf8(F.protocolName, p.protocolName);
  const known = p.protocolName === 'MQTT' || p.protocolName === 'MQIsdp';
  if (!known) io.violate('protocolName', p.protocolName); // [MQTT-3.1.2-1]
  const level = io.uint8(F.protocolLevel, p.protocolVersion);
  const fits = p.protocolName === 'MQIsdp' ? level === 3 : level === 4 || level === 5;
  if (known && !fits) io.violate('protocolLevel', level); // [MQTT-3.1.2-2]
  p.protocolVersion = versionOfLevel(level);
  io.version = p.protocolVersion;
  if (level === 3) io.note('protocolVersion31');
}

interface ConnectFlags {
  readonly userName: boolean;
  readonly password: boolean;
  readonly will: boolean;
  readonly willQos: QoS;
  readonly willRetain: boolean;
}

function connectFlags(io: Wire, p: Connect): ConnectFlags {
  io.beginBits(F.connectFlags);
  const userName = io.flag(F.userNameFlag, 7, p.userName !== undefined);
  const password = io.flag(F.passwordFlag, 6, p.password !== undefined);
  const willRetain = io.flag(F.willRetain, 5, p.will?.retain ?? false);
  const willQos = io.bits(F.willQos, 4, 3, p.will?.qos ?? 0);
  const will = io.flag(F.willFlag, 2, p.will !== undefined);
  p.cleanStart = io.flag(F.cleanStart, 1, p.cleanStart);
  const reserved = io.bits(F.reserved, 0, 0, 0);
  io.endBits();
  if (reserved !== 0) io.violate('connectReservedFlag'); // [MQTT-3.1.2-3]
  if (willQos === 3) io.violate('willQosThree'); // [MQTT-3.1.2-12]
  if (!will && willQos !== 0) io.violate('willQosWithoutWill', willQos); // [MQTT-3.1.2-11]
  if (!will && willRetain) io.violate('willRetainWithoutWill'); // [MQTT-3.1.2-13]
  if (password && !userName && io.version !== 5) io.violate('passwordWithoutUserName'); // [MQTT-3.1.2-22] (3.1.1)
  return { userName, password, will, willQos: willQos as QoS, willRetain };
}

function checkClientIdentifier(io: Wire, p: Connect): void {
  const bytes = utf8Length(p.clientIdentifier);
  if (bytes === 0 && io.version === 3) io.note('clientIdentifierEmptyIn31');
  // [MQTT-3.1.3-7] (3.1.1)
  if (bytes === 0 && io.version === 4 && !p.cleanStart) io.note('emptyClientIdentifierNeedsCleanSession');
  if (bytes > 23 && io.version < 5) io.note('clientIdentifierLong', bytes);
}

function newWill(): WillMessage {
  return { topicName: '', payload: noBytes, qos: 0, retain: false, properties: noProperties };
}

function will(io: Wire, message: WillMessage, qos: QoS, retain: boolean): WillMessage {
  message.qos = qos;
  message.retain = retain;
  message.properties = io.properties('WILL', message.properties);
  message.topicName = io.topicName(F.willTopic, message.topicName); // [MQTT-3.1.3-11]
  if (message.topicName === '') io.violate('willTopicEmpty'); // [MQTT-4.7.3-1]
  if (message.topicName.startsWith('$')) io.note('willTopicDollar');
  message.payload = io.binary(F.willPayload, message.payload);
  if (message.properties.payloadFormatIndicator === 1) {
    const at = findIllFormedUtf8(message.payload, 0, message.payload.length);
    if (at >= 0) io.note('willPayloadNotUtf8', at);
  }
  return message;
}
