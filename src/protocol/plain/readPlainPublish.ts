import { asciiText } from '../../base/utf8';
import { noBytes } from '../../base/bytes';
import type { ProtocolVersion, Publish, QoS } from '../controlPacket';
import type { Properties } from '../properties';
import { noProperties } from '../properties';
import type { ByteViews } from './byteViews';
import { contentStart } from './contentStart';
import { plainTopic } from './plainText';

/** PUBLISH with an ASCII topic, and in 5.0 with the properties of {@link plainProperties} at most. */
export function readPlainPublish(
  views: ByteViews,
  start: number,
  end: number,
  version: ProtocolVersion,
): Publish | undefined {
  const { bytes } = views;
  const first = bytes[start] as number;
  const qos = (first >> 1) & 3;
  const dup = (first & 8) !== 0;
  if (qos === 3 || (dup && qos === 0)) return undefined;
  let at = contentStart(bytes, start, end);
  if (at < 0 || at + 2 > end) return undefined;
  const topicStart = at + 2;
  const topicEnd = topicStart + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
  if (topicEnd > end || (topicEnd === topicStart && version !== 5)) return undefined;
  let topicName = views.sameTopic(topicStart, topicEnd);
  if (topicName === undefined) {
    if (!isPlain(bytes, topicStart, topicEnd)) return undefined;
    topicName = asciiText(bytes, topicStart, topicEnd);
    views.noteTopic(topicName, topicStart);
  }
  at = topicEnd;
  let packetIdentifier = 0;
  if (qos > 0) {
    if (at + 2 > end) return undefined;
    packetIdentifier = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (packetIdentifier === 0) return undefined;
    at += 2;
  }
  let properties = noProperties;
  if (version === 5) {
    if (at >= end) return undefined;
    const length = bytes[at++] as number;
    if (length > 0) {
      const read = length < 0x80 && at + length <= end ? plainProperties(views, at, at + length) : undefined;
      if (!read || read.payloadFormatIndicator === 1) return undefined;
      properties = read;
      at += length;
    }
  }
  if (topicEnd === topicStart && properties.topicAlias === undefined) return undefined;
  return {
    type: 'PUBLISH',
    dup,
    qos: qos as QoS,
    retain: (first & 1) === 1,
    topicName,
    packetIdentifier,
    properties,
    payload: at === end ? noBytes : views.view(at, end),
  };
}

/** The Properties of PUBLISH that may not be read twice and whose strings are ASCII, or undefined. */
function plainProperties(views: ByteViews, start: number, end: number): Properties | undefined {
  const { bytes } = views;
  const properties: Properties = {};
  let at = start;
  while (at < end) {
    const identifier = bytes[at++] as number;
    const fixed = identifier === 0x02 ? 4 : identifier === 0x23 ? 2 : identifier === 0x01 ? 1 : 0;
    if (fixed > 0) {
      if (at + fixed > end || !number(bytes, at, identifier, properties)) return undefined;
      at += fixed;
      continue;
    }
    if (identifier === 0x0b) {
      at = subscriptionIdentifier(bytes, at, end, properties);
      if (at < 0) return undefined;
      continue;
    }
    if (at + 2 > end) return undefined;
    const valueStart = at + 2;
    at = valueStart + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
    if (at > end) return undefined;
    if (identifier === 0x26) {
      if (at + 2 > end) return undefined;
      const secondStart = at + 2;
      const secondEnd = secondStart + (((bytes[at] as number) << 8) | (bytes[at + 1] as number));
      if (secondEnd > end || !isPlain(bytes, valueStart, at) || !isPlain(bytes, secondStart, secondEnd)) {
        return undefined;
      }
      const pair = [asciiText(bytes, valueStart, at), asciiText(bytes, secondStart, secondEnd)] as const;
      if (properties.userProperties) properties.userProperties.push(pair);
      else properties.userProperties = [pair];
      at = secondEnd;
    } else if (!content(views, valueStart, at, identifier, properties)) return undefined;
  }
  return properties;
}

/** Returns where the value ends, or -1. */
function subscriptionIdentifier(
  bytes: Uint8Array,
  start: number,
  end: number,
  properties: Properties,
): number {
  let value = 0;
  for (let index = 0; index < 4; index++) {
    const at = start + index;
    if (at >= end) return -1;
    const byte = bytes[at] as number;
    value |= (byte & 0x7f) << (7 * index);
    if (byte >= 0x80) continue;
    if (byte === 0) return -1; // 0 itself, or more bytes than it takes.
    if (properties.subscriptionIdentifiers) properties.subscriptionIdentifiers.push(value);
    else properties.subscriptionIdentifiers = [value];
    return at + 1;
  }
  return -1;
}

function number(bytes: Uint8Array, at: number, identifier: number, properties: Properties): boolean {
  const high = bytes[at] as number;
  if (identifier === 0x02) {
    if (properties.messageExpiryInterval !== undefined) return false;
    const low =
      ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
    properties.messageExpiryInterval = high * 0x1000000 + low;
  } else if (identifier === 0x23) {
    const alias = (high << 8) | (bytes[at + 1] as number);
    if (properties.topicAlias !== undefined || alias === 0) return false;
    properties.topicAlias = alias;
  } else {
    if (properties.payloadFormatIndicator !== undefined || high > 1) return false;
    properties.payloadFormatIndicator = high;
  }
  return true;
}

function content(
  views: ByteViews,
  start: number,
  end: number,
  identifier: number,
  properties: Properties,
): boolean {
  const { bytes } = views;
  if (identifier === 0x09) {
    if (properties.correlationData) return false;
    properties.correlationData = views.view(start, end);
    return true;
  }
  if (!isPlain(bytes, start, end)) return false;
  if (identifier === 0x03) {
    if (properties.contentType !== undefined) return false;
    properties.contentType = asciiText(bytes, start, end);
    return true;
  }
  if (identifier === 0x08) {
    if (properties.responseTopic !== undefined || start === end) return false;
    properties.responseTopic = asciiText(bytes, start, end);
    return true;
  }
  return false;
}

/** ASCII without U+0000 and the wildcards, which no topic here may contain. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    // Letters, digits and all that topics mostly are of lie above the comma: one comparison instead of a look-up.
    if ((byte < 0x2c || byte >= 0x80) && plainTopic[byte] === 0) return false;
  }
  return true;
}
