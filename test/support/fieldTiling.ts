import assert from 'node:assert/strict';
import type { FieldNode } from '../../src/protocol/dissect';

/**
 * Asserts that the fields cover `[start, end)` in order without a gap or an overlap, that the children of each do the
 * same with their parent, and that bits do it with the eight bits of their byte. Returns the number of fields.
 */
export function assertTiles(fields: readonly FieldNode[], start: number, end: number): number {
  let at = start;
  let count = fields.length;
  for (const node of fields) {
    if (node.start !== at) assert.fail(`"${node.label}" starts at ${node.start} instead of ${at}`);
    if (node.end <= at) assert.fail(`"${node.label}" at ${at} has no bytes`);
    at = node.end;
    if (node.children.length === 0) continue;
    count += node.children.some(({ bits }) => bits)
      ? assertBitsTile(node)
      : assertTiles(node.children, node.start, at);
  }
  if (at !== end) assert.fail(`the last field ends at ${at} instead of ${end}`);
  return count;
}

function assertBitsTile(node: FieldNode): number {
  if (node.end - node.start !== 1) assert.fail(`"${node.label}" is not one byte`);
  let next = 7;
  for (const { label, bits, start, end } of node.children) {
    if (start !== node.start || end !== node.end) assert.fail(`"${label}" does not lie in its byte`);
    if (!bits || bits.high !== next || bits.low > bits.high)
      assert.fail(`"${label}" does not start at bit ${next}`);
    next = bits.low - 1;
  }
  if (next !== -1) assert.fail(`bit ${next} of "${node.label}" is in no field`);
  return node.children.length;
}
