import { decodeUtf8 } from '../base/utf8';
import { diffBytes, type ByteRun } from './byteDiff';
import { diffFields, type FieldDiff } from './fieldDiff';
import { JsonTree } from './jsonTree';
import { diffLines, type LineDiff } from './lineDiff';
import type { PayloadForm } from './payloadMode';

/** What differs between a payload and the one before it, in the finest terms both of them have. */
export type PayloadDiff =
  | { readonly kind: 'equal' }
  | ({ readonly kind: 'fields' } & FieldDiff)
  | ({ readonly kind: 'lines' } & LineDiff)
  | { readonly kind: 'bytes'; readonly runs: readonly ByteRun[] };

/** Bytes of a payload that is compared with another: comparing takes several times its memory. */
export const longestCompared = 4 * 1024 * 1024;

/** Values of a JSON text that is compared by field: each gets its path spelt out. */
const mostComparedNodes = 200_000;

/**
 * Compares by field where both are JSON, by line where both are text, else by byte. `form` is what the later payload is
 * shown as: one that is shown as text is compared as text, one that is shown in hex byte by byte.
 */
export function diffPayloads(before: Uint8Array, after: Uint8Array, form: PayloadForm): PayloadDiff {
  const runs = diffBytes(before, after);
  if (runs.every(({ same }) => same)) return { kind: 'equal' };
  if (form === 'hex' || form === 'image') return { kind: 'bytes', runs };
  const [earlier, later] = [decodeUtf8(before), decodeUtf8(after)];
  if (earlier === undefined || later === undefined) return { kind: 'bytes', runs };
  if (form === 'json') {
    const [old, current] = [JsonTree.parse(earlier), JsonTree.parse(later)];
    if (isSmall(old) && isSmall(current)) {
      const fields = diffFields(old, current);
      // Only white space or the order of members differs: that is a difference too, and lines tell it.
      if (fields.changes.length > 0) return { kind: 'fields', ...fields };
    }
  }
  return { kind: 'lines', ...diffLines(linesOf(earlier), linesOf(later)) };
}

function isSmall(tree: ReturnType<typeof JsonTree.parse>): tree is JsonTree {
  return tree instanceof JsonTree && tree.nodes <= mostComparedNodes;
}

/** Lines with what ends them, so that a line that lost its carriage return differs. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
