import { assertNever } from '../base/assert';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { propertyByIdentifier, propertyTable } from '../protocol/properties';
import { TopicNames } from './topicNames';

const topicAliasIdentifier = propertyTable.find(({ key }) => key === 'topicAlias')?.identifier;

/** A peer may name 65,535 topics of 65,535 bytes each; beyond this many characters an alias stays unresolved. */
const mostAliasCharacters = 1024 * 1024;

/**
 * The topics of the PUBLISH packets that go one way on one connection, read from their bytes without decoding the rest,
 * with what their Topic Aliases stand for (3.3.2.3.4).
 */
export class PublishTopics {
  private readonly aliases = new Map<number, string>();
  private aliasCharacters = 0;

  /** @param names may be shared with other streams */
  constructor(private readonly names = new TopicNames()) {}

  /** The topic of the whole PUBLISH at `bytes[start, end)`; undefined where it has none or is malformed. */
  topicOf(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): string | undefined {
    const nameAt = afterVariableByteInteger(bytes, start + 1, end) + 2;
    const nameEnd = nameAt + uint16(bytes, nameAt - 2, end);
    if (!(nameEnd <= end)) return undefined;
    const name = this.names.nameOf(bytes, nameAt, nameEnd);
    if (version < 5) return name === '' ? undefined : name;
    const qos = ((bytes[start] ?? 0) >> 1) & 3;
    const alias = topicAliasIn(bytes, nameEnd + (qos > 0 ? 2 : 0), end);
    if (name === '') return alias === undefined ? undefined : this.aliases.get(alias);
    if (alias !== undefined && name !== undefined) this.remember(alias, name);
    return name;
  }

  private remember(alias: number, topic: string): void {
    const characters = this.aliasCharacters - (this.aliases.get(alias)?.length ?? 0);
    if (characters + topic.length > mostAliasCharacters) {
      this.aliases.delete(alias);
      this.aliasCharacters = characters;
    } else {
      this.aliases.set(alias, topic);
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
  const afterString = (from: number): number => from + 2 + uint16(bytes, from, end);
  const type = propertyByIdentifier(identifier)?.type;
  switch (type) {
    case 'byte':
      return at + 1;
    case 'uint16':
      return at + 2;
    case 'uint32':
      return at + 4;
    case 'variableByteInteger':
      return afterVariableByteInteger(bytes, at, end);
    case 'utf8':
    case 'binary':
      return afterString(at);
    case 'utf8Pair':
      return afterString(afterString(at));
    case undefined:
      return Number.NaN;
    default:
      return assertNever(type);
  }
}

function uint16(bytes: Uint8Array, at: number, end: number): number {
  return at + 2 <= end ? ((bytes[at] as number) << 8) | (bytes[at + 1] as number) : Number.NaN;
}

function afterVariableByteInteger(bytes: Uint8Array, at: number, end: number): number {
  for (let next = at; next < at + 4 && next < end; next++) {
    if ((bytes[next] as number) < 0x80) return next + 1;
  }
  return Number.NaN;
}

function variableByteInteger(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let next = at, shift = 0; next < at + 4 && next < end; next++, shift += 7) {
    const byte = bytes[next] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}
