import { isBytes } from '../../base/bytes';
import type { OutputBuffer } from '../outputBuffer';
import {
  maximumVariableByteInteger,
  putVariableByteInteger,
  variableByteIntegerLength,
} from '../outputBuffer';
import type { Properties } from '../properties';

const maximumStringBytes = 65_535;

/**
 * The bytes that the Properties of a PUBLISH take after their length, if all their text is ASCII; -1 where one of them is
 * not of PUBLISH or breaks a rule, which the layout says.
 */
export function plainPropertiesLength(p: Properties): number {
  let length = 0;
  let kinds = 0;
  if (p.payloadFormatIndicator !== undefined) {
    if (p.payloadFormatIndicator !== 0 && p.payloadFormatIndicator !== 1) return -1;
    length += 2;
    kinds++;
  }
  if (p.messageExpiryInterval !== undefined) {
    if (p.messageExpiryInterval >>> 0 !== p.messageExpiryInterval) return -1;
    length += 5;
    kinds++;
  }
  if (p.contentType !== undefined) {
    if (p.contentType.length > maximumStringBytes) return -1;
    length += 3 + p.contentType.length;
    kinds++;
  }
  if (p.responseTopic !== undefined) {
    if (p.responseTopic.length === 0 || p.responseTopic.length > maximumStringBytes) return -1;
    length += 3 + p.responseTopic.length;
    kinds++;
  }
  if (p.correlationData !== undefined) {
    if (!isBytes(p.correlationData) || p.correlationData.length > maximumStringBytes) return -1;
    length += 3 + p.correlationData.length;
    kinds++;
  }
  if (p.subscriptionIdentifiers !== undefined) {
    for (const identifier of p.subscriptionIdentifiers) {
      if (!Number.isInteger(identifier) || identifier < 1 || identifier > maximumVariableByteInteger)
        return -1;
      length += 1 + variableByteIntegerLength(identifier);
    }
    kinds++;
  }
  if (p.topicAlias !== undefined) {
    if (p.topicAlias === 0 || (p.topicAlias & 0xffff) !== p.topicAlias) return -1;
    length += 3;
    kinds++;
  }
  if (p.userProperties !== undefined) {
    for (const [name, value] of p.userProperties) {
      if (name.length > maximumStringBytes || value.length > maximumStringBytes) return -1;
      length += 5 + name.length + value.length;
    }
    kinds++;
  }
  return kinds === Object.keys(p).length ? length : -1;
}

/**
 * Writes the Properties at `at`, where there is room, in the order of their identifiers as the layout does, and returns
 * the offset after them; -1 where a text is not ASCII after all or a Response Topic has a wildcard.
 */
export function putPlainProperties(out: OutputBuffer, start: number, p: Properties): number {
  const { bytes } = out;
  let at = start;
  if (p.payloadFormatIndicator !== undefined) {
    bytes[at++] = 0x01;
    bytes[at++] = p.payloadFormatIndicator;
  }
  if (p.messageExpiryInterval !== undefined) {
    bytes[at++] = 0x02;
    at = put16(bytes, at, p.messageExpiryInterval >>> 16);
    at = put16(bytes, at, p.messageExpiryInterval & 0xffff);
  }
  if (p.contentType !== undefined) {
    at = putText(bytes, at, 0x03, p.contentType); // [MQTT-3.3.2-19]
    if (at < 0) return -1;
  }
  if (p.responseTopic !== undefined) {
    at = /[+#]/.test(p.responseTopic) ? -1 : putText(bytes, at, 0x08, p.responseTopic); // [MQTT-3.3.2-13] [MQTT-3.3.2-14]
    if (at < 0) return -1;
  }
  if (p.correlationData !== undefined) {
    bytes[at] = 0x09;
    at = put16(bytes, at + 1, p.correlationData.length);
    bytes.set(p.correlationData, at);
    at += p.correlationData.length;
  }
  if (p.subscriptionIdentifiers !== undefined) {
    for (const identifier of p.subscriptionIdentifiers) {
      bytes[at] = 0x0b;
      at = putVariableByteInteger(bytes, at + 1, identifier);
    }
  }
  if (p.topicAlias !== undefined) {
    bytes[at] = 0x23;
    at = put16(bytes, at + 1, p.topicAlias);
  }
  if (p.userProperties !== undefined) {
    for (const [name, value] of p.userProperties) {
      at = putText(bytes, at, 0x26, name);
      if (at >= 0) at = putString(bytes, at, value);
      if (at < 0) return -1;
    }
  }
  return at;
}

function putText(bytes: Uint8Array, at: number, identifier: number, text: string): number {
  bytes[at] = identifier;
  return putString(bytes, at + 1, text);
}

function putString(bytes: Uint8Array, at: number, text: string): number {
  const { length } = text;
  const start = put16(bytes, at, length);
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit >= 0x80) return -1;
    bytes[start + index] = unit;
  }
  return start + length;
}

function put16(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
  return at + 2;
}
