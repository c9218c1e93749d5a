import { dissect } from '../protocol/dissect';
import { excerptContext, excerptViolations } from '../protocol/excerpt';
import type { Violation } from '../protocol/violations';
import type { PacketContexts } from './packetContexts';
import type { PacketRow } from './packetLog';

/** As much of a packet as a line of the inspector's list is read from. */
export const excerptLength = 2048;

/**
 * The rules that a whole or incomplete packet breaks, as a line of the inspector's list marks them. A note is no packet, and
 * bytes that are none break no particular rule. Nor does a packet break one by lacking what only the capture lacks.
 */
export function rowViolations(
  row: PacketRow,
  bytes: Uint8Array,
  contexts: PacketContexts,
): readonly Violation[] {
  if (row.kind === 'note' || row.kind === 'unframed') return [];
  const { version, topic, length } = row;
  const excerpt = bytes.subarray(0, excerptLength);
  const context = excerptContext({ version, topic, length, context: contexts.of(row) });
  return excerptViolations(dissect(excerpt, context), excerpt.length < length || row.cut === true);
}
