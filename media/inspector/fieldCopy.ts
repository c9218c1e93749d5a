import { hexByte } from '../../src/base/bytes';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { describeViolation } from '../../src/protocol/violations';
import type { TreeRow } from './fieldTreeModel';
import type { LoadedPacket } from './packetLoader';

export type FieldPart = 'name' | 'value' | 'bytes';

/**
 * What is copied of a row of the tree; `bytes` are those of its field. A group without a value is its bytes; bytes that are concealed are two asterisks
 * each, so that nobody takes them for what was sent.
 */
export function fieldCopy(
  part: FieldPart,
  row: TreeRow,
  bytes: Uint8Array,
  { row: { concealed } }: Pick<LoadedPacket, 'row'>,
  version: ProtocolVersion,
): string {
  const { start } = row.field;
  if (part !== 'bytes' && row.kind === 'violation') {
    const { message, cause, clause } = describeViolation(row.violation, version);
    return part === 'name' ? clause : `${message} [${clause}] Usual cause: ${cause}`;
  }
  if (part === 'name') return row.field.label;
  if (part === 'value' && row.field.value !== undefined) return row.field.value;
  return Array.from(bytes, (byte, index) => {
    const hidden = concealed.some((span) => span.start <= start + index && start + index < span.end);
    return hidden ? '**' : hexByte(byte);
  }).join(' ');
}
