import { assertNever } from '../../../src/base/assert';
import { hexByte } from '../../../src/base/bytes';
import { grouped } from '../../../src/base/grouped';
import type { ByteRun } from '../../../src/payload/byteDiff';
import type { DiffLine } from '../../../src/payload/lineDiff';
import type { PayloadDiff } from '../../../src/payload/payloadDiff';

/** One row of a comparison. What is the same and far from any difference is one row that counts it. */
export interface DiffRow {
  readonly kind: 'same' | 'added' | 'removed' | 'changed' | 'skipped';
  /** Where it is: a path, line numbers, an offset. */
  readonly place: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Lines around a difference that are shown although they are the same. */
const contextLines = 3;
const bytesInRow = 8;

export function diffRows(diff: PayloadDiff, before: Uint8Array, after: Uint8Array): readonly DiffRow[] {
  switch (diff.kind) {
    case 'equal':
      return [];
    case 'fields':
      return diff.changes.map(({ kind, path, before: old, after: current }) => ({
        ...{ kind, place: path, before: old, after: current },
      }));
    case 'lines':
      return lineRows(diff.lines);
    case 'bytes':
      return diff.runs.flatMap((run) => byteRows(run, before, after));
    default:
      return assertNever(diff);
  }
}

/** What a comparison comes to, in a sentence. */
export function diffSummary(diff: PayloadDiff): string {
  switch (diff.kind) {
    case 'equal':
      return 'Byte for byte the same as the previous message of the topic.';
    case 'fields': {
      const counts = (['changed', 'added', 'removed'] as const).flatMap((kind) => {
        const count = diff.changes.filter((change) => change.kind === kind).length;
        return count === 0 ? [] : [`${grouped(count)} ${kind}`];
      });
      const more = diff.more === 0 ? '' : ` ${grouped(diff.more)} more changes are not listed.`;
      return `Values: ${counts.join(', ')}, ${grouped(diff.same)} the same.${more}`;
    }
    case 'lines': {
      const count = (kind: DiffLine['kind']): string =>
        grouped(diff.lines.filter((line) => line.kind === kind).length);
      const coarse = diff.coarse ? ' Nearly everything differs, so lines were not matched.' : '';
      return `Lines: ${count('added')} added, ${count('removed')} removed, ${count('same')} the same.${coarse}`;
    }
    case 'bytes': {
      const differing = diff.runs.filter(({ same }) => !same);
      const length = (span: { start: number; end: number }): number => span.end - span.start;
      const sum = (of: (run: ByteRun) => number): number => differing.reduce((all, run) => all + of(run), 0);
      const [old, current] = [sum((run) => length(run.before)), sum((run) => length(run.after))];
      const bytes =
        old === current
          ? old === 1
            ? '1 byte'
            : `${grouped(old)} bytes`
          : `${grouped(old)} bytes became ${grouped(current)}`;
      return `Bytes: ${bytes} in ${differing.length === 1 ? 'one place' : `${grouped(differing.length)} places`}.`;
    }
    default:
      return assertNever(diff);
  }
}

function lineRows(lines: readonly DiffLine[]): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') near.fill(1, Math.max(0, index - contextLines), index + contextLines + 1);
  });
  for (let index = 0; index < lines.length; index++) {
    const { kind, before, after, text } = lines[index] as DiffLine;
    if (near[index] === 1) {
      const place = `${before ?? ''} ${after ?? ''}`.trim();
      const shown = withoutBreak(kind, text);
      const [old, current] = [kind === 'added' ? undefined : shown, kind === 'removed' ? undefined : shown];
      rows.push({ kind, place, before: old, after: current });
      continue;
    }
    const from = index;
    while (index + 1 < lines.length && near[index + 1] !== 1) index++;
    const count = index - from + 1;
    rows.push(skipped(`${count === 1 ? '1 line' : `${grouped(count)} lines`} the same`));
  }
  return rows;
}

/** A line without what ends it; that nothing ends it is told where it makes the difference. */
function withoutBreak(kind: DiffLine['kind'], text: string): string {
  if (text.endsWith('\n')) return text.slice(0, -1);
  return kind === 'same' ? text : `${text} \u27e8no line break\u27e9`;
}

function byteRows(
  { same, before, after }: ByteRun,
  old: Uint8Array,
  current: Uint8Array,
): readonly DiffRow[] {
  if (same) {
    const count = after.end - after.start;
    return [
      skipped(`${offset(after.start)}: ${count === 1 ? '1 byte' : `${grouped(count)} bytes`} the same`),
    ];
  }
  const rows: DiffRow[] = [];
  const length = Math.max(before.end - before.start, after.end - after.start);
  for (let at = 0; at < length; at += bytesInRow) {
    const [earlier, later] = [hex(old, before, at), hex(current, after, at)];
    const kind = earlier === undefined ? 'added' : later === undefined ? 'removed' : 'changed';
    const place = offset(later === undefined ? before.start + at : after.start + at);
    rows.push({ kind, place, before: earlier, after: later });
  }
  return rows;
}

function hex(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  at: number,
): string | undefined {
  if (start + at >= end) return undefined;
  return Array.from(bytes.subarray(start + at, Math.min(end, start + at + bytesInRow)), hexByte).join(' ');
}

function skipped(place: string): DiffRow {
  return { kind: 'skipped', place, before: undefined, after: undefined };
}

function offset(at: number): string {
  return at.toString(16).padStart(4, '0');
}
