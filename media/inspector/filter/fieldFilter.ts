import { toHex } from '../../../src/base/bytes';
import { shortName } from '../../../src/base/connectionName';
import { decodeUtf8 } from '../../../src/base/utf8';
import { propertyByIdentifier } from '../../../src/protocol/properties';
import type { FieldNode } from '../../../src/protocol/dissect';
import { quoted } from '../../../src/where/tokens';
import type { TreeRow } from '../fieldTreeModel';
import type { LoadedPacket } from '../packetLoader';

/** A payload longer than this is no filter that anybody reads. */
const longestPayload = 500;

/**
 * The expression for the packets that have the same value in a field; for what the language has no field for, those of the
 * same type. `around` is a field's own parent.
 */
export function fieldFilter(
  row: TreeRow,
  { row: captured, head: bytes }: Pick<LoadedPacket, 'row' | 'head'>,
  around: (field: FieldNode) => FieldNode | undefined,
  packetType: string,
): string {
  if (row.kind === 'violation') return `violation == ${quoted(row.violation.id)}`;
  for (let field: FieldNode | undefined = row.field; field; field = around(field)) {
    const found = known(field, captured, bytes, packetType) ?? property(field, bytes, around);
    if (found !== undefined) return found;
  }
  return `packet == ${packetType}`;
}

function known(
  { label, start, end }: FieldNode,
  row: LoadedPacket['row'],
  bytes: Uint8Array,
  packetType: string,
): string | undefined {
  const firstByte = bytes[0] ?? 0;
  const isPublish = packetType === 'PUBLISH';
  switch (label) {
    case 'Control Packet Type':
      return `packet == ${packetType}`;
    case 'QoS':
      return isPublish && start === 0 ? `qos == ${(firstByte >> 1) & 3}` : undefined;
    case 'RETAIN':
      return isPublish ? `retain == ${(firstByte & 1) === 1}` : undefined;
    case 'DUP':
      return isPublish ? `dup == ${(firstByte & 8) === 8}` : undefined;
    case 'Remaining Length':
      return `length == ${row.length}`;
    case 'Topic Name':
    case 'Topic Alias':
      return row.topic === undefined ? undefined : `topic == ${quoted(row.topic)}`;
    case 'Packet Identifier':
      return end - start === 2 ? `id == ${((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)}` : undefined;
    case 'Client Identifier':
      return `client == ${quoted(row.isWholeName ? row.client : shortName(row.client))}`;
    case 'Payload':
      return isPublish ? payload(bytes, start, end) : undefined;
    default:
      if (!/Reason Code$|Return code$/i.test(label)) return undefined;
      return `reason == 0x${toHex(bytes.subarray(end - 1, end))}`;
  }
}

function payload(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > longestPayload) return `size == ${end - start}`;
  const text = decodeUtf8(bytes, start, end);
  return text === undefined
    ? `hex == ${quoted(toHex(bytes.subarray(start, end), ' '))}`
    : `text == ${quoted(text)}`;
}

/** A property with its identifier in front, read as its type has it. */
function property(
  field: FieldNode,
  bytes: Uint8Array,
  around: (field: FieldNode) => FieldNode | undefined,
): string | undefined {
  if (around(field)?.label !== 'Properties') return undefined;
  const definition = propertyByIdentifier(bytes[field.start] ?? 0);
  if (!definition || definition.name !== field.label) return undefined;
  const value = bytes.subarray(field.start + 1, field.end);
  const name = `property.${definition.key}`;
  switch (definition.type) {
    case 'utf8':
      return `${name} == ${text(value, 0)}`;
    case 'utf8Pair': {
      const key = text(value, 0);
      return `property.user[${key}] == ${text(value, 2 + lengthAt(value, 0))}`;
    }
    case 'binary':
      return `${name} == ${quoted(toHex(value.subarray(2)))}`;
    case 'variableByteInteger':
      return `${name} == ${value.reduceRight((sum, byte) => sum * 128 + (byte & 0x7f), 0)}`;
    case 'byte':
    case 'uint16':
    case 'uint32':
      return `${name} == ${value.reduce((sum, byte) => sum * 256 + byte, 0)}`;
  }
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function text(bytes: Uint8Array, at: number): string {
  return quoted(decodeUtf8(bytes, at + 2, Math.min(bytes.length, at + 2 + lengthAt(bytes, at))) ?? '');
}
