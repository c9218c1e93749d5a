import { assertNever } from '../../base/assert';
import { setBytes } from '../../base/bytes';
import type {
  Acknowledgement,
  AcknowledgementType,
  ControlPacket,
  ProtocolVersion,
  Publish,
  Suback,
} from '../controlPacket';
import type { OutputBuffer } from '../outputBuffer';
import {
  maximumVariableByteInteger,
  putVariableByteInteger,
  variableByteIntegerLength,
} from '../outputBuffer';
import { noProperties } from '../properties';
import { plainPropertiesLength, putPlainProperties } from './writePlainProperties';

const maximumStringBytes = 65_535;

/**
 * The hot path of encoding: writes the plain form of the commonest packets at once. Returns false, with nothing written,
 * at anything unusual: then the layout writes it, or says what is wrong. test/protocol holds both writers against each
 * other for every vector, `npm run bench -- codec` says what this is worth.
 */
export function writePlain(out: OutputBuffer, packet: ControlPacket, version: ProtocolVersion): boolean {
  switch (packet.type) {
    case 'PUBLISH':
      return publish(out, packet, version);
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
      return acknowledgement(out, packet, version);
    case 'SUBACK':
      return suback(out, packet, version);
    default:
      return false;
  }
}

/** A PUBLISH with an ASCII topic, or an alias in its place, and Properties whose text is ASCII. */
function publish(out: OutputBuffer, packet: Publish, version: ProtocolVersion): boolean {
  const { qos, topicName, packetIdentifier, payload } = packet;
  const topicLength = topicName.length;
  if (topicLength > maximumStringBytes) return false;
  if (topicLength === 0 && (version !== 5 || packet.properties.topicAlias === undefined)) return false;
  if (qos === 0) {
    if (packet.dup) return false;
  } else if ((qos !== 1 && qos !== 2) || !isIdentifier(packetIdentifier)) return false;
  let length = 2 + topicLength + (qos > 0 ? 2 : 0) + payload.length;
  let propertyLength = 0;
  if (version === 5) {
    if (packet.properties !== noProperties) propertyLength = plainPropertiesLength(packet.properties);
    if (propertyLength < 0) return false;
    length += variableByteIntegerLength(propertyLength) + propertyLength;
  }
  if (length > maximumVariableByteInteger) return false;
  out.makeRoom(5 + length);
  const { bytes } = out;
  let at = out.at;
  bytes[at++] = 0x30 | (packet.dup ? 8 : 0) | (qos << 1) | (packet.retain ? 1 : 0);
  at = putVariableByteInteger(bytes, at, length);
  bytes[at++] = topicLength >>> 8;
  bytes[at++] = topicLength & 0xff;
  at = putTopicName(out, at, topicName);
  if (at < 0) return false;
  if (qos > 0) {
    bytes[at++] = packetIdentifier >>> 8;
    bytes[at++] = packetIdentifier & 0xff;
  }
  if (version === 5) {
    at = putVariableByteInteger(bytes, at, propertyLength); // [MQTT-2.2.2-1]
    if (propertyLength > 0) at = putPlainProperties(out, at, packet.properties);
    if (at < 0) return false;
  }
  setBytes(bytes, payload, at);
  out.at = at + payload.length;
  return true;
}

/** Writes an ASCII topic and returns the offset after it, or -1 where it is none; there must be room. */
function putTopicName(out: OutputBuffer, start: number, topicName: string): number {
  const { length } = topicName;
  if (out.lastTopic.put(topicName, out.view, start)) return start + length;
  const { bytes } = out;
  let at = start;
  for (let index = 0; index < length; index++) {
    const unit = topicName.charCodeAt(index);
    if ((unit < 0x2c || unit >= 0x80) && !isPlainTopicUnit(unit)) return -1;
    bytes[at++] = unit;
  }
  out.lastTopic.wrote(topicName, bytes, start, at);
  return at;
}

/** An acknowledgement of success without Properties: four bytes in every version (3.4 to 3.7). */
function acknowledgement(
  out: OutputBuffer,
  { type, packetIdentifier, reasonCode, properties }: Acknowledgement,
  version: ProtocolVersion,
): boolean {
  if (!isIdentifier(packetIdentifier)) return false;
  if (version === 5 && (reasonCode !== 0 || properties !== noProperties)) return false;
  putAcknowledgement(out, type, packetIdentifier);
  return true;
}

/** The same of a Packet Identifier that is known to be one. */
export function putAcknowledgement(
  out: OutputBuffer,
  type: AcknowledgementType,
  packetIdentifier: number,
): void {
  out.makeRoom(4);
  const { bytes, at } = out;
  bytes[at] = acknowledgementByte(type);
  bytes[at + 1] = 2;
  bytes[at + 2] = packetIdentifier >>> 8;
  bytes[at + 3] = packetIdentifier & 0xff;
  out.at = at + 4;
}

/** A SUBACK that grants everything, without Properties. */
function suback(
  out: OutputBuffer,
  { packetIdentifier, reasonCodes, properties }: Suback,
  version: ProtocolVersion,
): boolean {
  const length = (version === 5 ? 3 : 2) + reasonCodes.length;
  if (!isIdentifier(packetIdentifier) || reasonCodes.length === 0 || length > 127) return false;
  if (version === 5 && properties !== noProperties) return false;
  out.makeRoom(2 + length);
  const { bytes } = out;
  let at = out.at;
  bytes[at++] = 0x90;
  bytes[at++] = length;
  bytes[at++] = packetIdentifier >>> 8;
  bytes[at++] = packetIdentifier & 0xff;
  if (version === 5) bytes[at++] = 0; // [MQTT-2.2.2-1]
  for (const reasonCode of reasonCodes) {
    if (reasonCode !== 0 && reasonCode !== 1 && reasonCode !== 2) return false;
    bytes[at++] = reasonCode;
  }
  out.at = at;
  return true;
}

/** What an acknowledgement begins with (2.1.3). A look-up by a name that varies costs more. */
function acknowledgementByte(type: AcknowledgementType): number {
  switch (type) {
    case 'PUBACK':
      return 0x40;
    case 'PUBREC':
      return 0x50;
    case 'PUBREL':
      return 0x62;
    case 'PUBCOMP':
      return 0x70;
    default:
      return assertNever(type);
  }
}

function isIdentifier(value: number): boolean {
  return value !== 0 && (value & 0xffff) === value;
}

/** Not U+0000, not a wildcard, and one byte in UTF-8. */
function isPlainTopicUnit(unit: number): boolean {
  return unit > 0 && unit < 0x80 && unit !== 0x23 && unit !== 0x2b;
}
