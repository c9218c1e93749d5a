import { assertNever } from '../base/assert';
import { decodeUtf8 } from '../base/utf8';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { propertyByIdentifier, propertyTable } from '../protocol/properties';

const topicAliasIdentifier = propertyTable.find(({ key }) => key === 'topicAlias')?.identifier;

/** Sizes that the value itself tells; 0 is none. */
const text = -1;
const pair = -2;
const variableByteIntegerSize = -3;

/** How many bytes the value of the Property with each identifier has. */
const valueSizes = Int8Array.from({ length: 256 }, (_, identifier) => {
  const type = propertyByIdentifier(identifier)?.type;
  switch (type) {
    case 'byte':
      return 1;
    case 'uint16':
      return 2;
    case 'uint32':
      return 4;
    case 'variableByteInteger':
      return variableByteIntegerSize;
    case 'utf8':
    case 'binary':
      return text;
    case 'utf8Pair':
      return pair;
    case undefined:
      return 0;
    default:
      return assertNever(type);
  }
});

/** A peer may name 65,535 topics of 65,535 bytes each; beyond this many characters an alias stays unresolved. */
const mostAliasCharacters = 1024 * 1024;

/** Stands for the Topic Name that a PUBLISH carries itself: it is read when somebody looks. */
export const inPacket = Symbol('in the packet');

/** The topic of a packet as it is captured; undefined where it has none. */
export type CapturedTopic = string | typeof inPacket | undefined;

/** The Topic Name in the whole PUBLISH at `bytes[start, end)`; undefined where it has none or is malformed. */
export function topicInPacket(bytes: Uint8Array, start: number, end: number): string | undefined {
  const nameAt = afterVariableByteInteger(bytes, start + 1, end) + 2;
  const nameEnd = nameAt + uint16(bytes, nameAt - 2, end);
  return nameEnd <= end && nameEnd > nameAt ? decodeUtf8(bytes, nameAt, nameEnd) : undefined;
}

/**
 * The topics of the PUBLISH packets that go one way on one connection, read from their bytes without decoding the rest,
 * with what their Topic Aliases stand for (3.3.2.3.4). Only those are read that the packet itself does not carry.
 */
export class PublishTopics {
  private aliases: Map<number, string> | undefined;
  private aliasCharacters = 0;

  /** The topic of the whole PUBLISH at `bytes[start, end)`. Only 5.0 has any that its own bytes do not have. */
  topicOf(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): CapturedTopic {
    if (version < 5) return inPacket;
    const nameAt = afterVariableByteInteger(bytes, start + 1, end) + 2;
    const nameEnd = nameAt + uint16(bytes, nameAt - 2, end);
    if (!(nameEnd <= end)) return undefined;
    const isNamed = nameEnd > nameAt;
    const qos = ((bytes[start] ?? 0) >> 1) & 3;
    const alias = topicAliasIn(bytes, nameEnd + (qos > 0 ? 2 : 0), end);
    if (!isNamed) return alias === undefined ? undefined : this.aliases?.get(alias);
    const name = alias === undefined ? undefined : decodeUtf8(bytes, nameAt, nameEnd);
    if (alias !== undefined && name !== undefined) this.remember(alias, name);
    return inPacket;
  }

  private remember(alias: number, topic: string): void {
    const characters = this.aliasCharacters - (this.aliases?.get(alias)?.length ?? 0);
    if (characters + topic.length > mostAliasCharacters) {
      this.aliases?.delete(alias);
      this.aliasCharacters = characters;
    } else {
      (this.aliases ??= new Map()).set(alias, topic);
      this.aliasCharacters = characters + topic.length;
    }
  }
}

/** The Topic Alias among the Properties that start at `at`, looking no further than it takes to find it. */
function topicAliasIn(bytes: Uint8Array, at: number, end: number): number | undefined {
  let next = afterVariableByteInteger(bytes, at, end);
  const propertiesEnd = Math.min(end, next + variableByteInteger(bytes, at, end));
  while (next < propertiesEnd) {
    const identifier = bytes[next++] as number;
    if (identifier === topicAliasIdentifier) {
      const alias = uint16(bytes, next, propertiesEnd);
      return alias > 0 ? alias : undefined;
    }
    next = afterProperty(bytes, identifier, next, propertiesEnd);
  }
  return undefined;
}

/** The offset after a Property's value; NaN, which ends every comparison, where the bytes or the table end before it. */
function afterProperty(bytes: Uint8Array, identifier: number, at: number, end: number): number {
  const size = valueSizes[identifier] as number;
  if (size > 0) return at + size;
  switch (size) {
    case text:
      return at + 2 + uint16(bytes, at, end);
    case pair: {
      const second = at + 2 + uint16(bytes, at, end);
      return second + 2 + uint16(bytes, second, end);
    }
    case variableByteIntegerSize:
      return afterVariableByteInteger(bytes, at, end);
    default:
      return Number.NaN;
  }
}

export function uint16(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 <= end ? ((bytes[at] as number) << 8) | (bytes[at + 1] as number) : Number.NaN;
}

export function afterVariableByteInteger(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at; next < at + 4 && next < end; next++) {
    if ((bytes[next] as number) < 0x80) return next + 1;
  }
  return Number.NaN;
}

export function variableByteInteger(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let next = at, shift = 0; next < at + 4 && next < end; next++, shift += 7) {
    const byte = bytes[next] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}
