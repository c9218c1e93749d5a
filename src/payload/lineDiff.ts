/** A line of two texts: in both, or in one of them. Line numbers count from 1. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly text: string;
}

export interface LineDiff {
  readonly lines: readonly DiffLine[];
  /** Whether so much differs that the lines were not matched: what differs is all removed and all added. */
  readonly coarse: boolean;
}

/** Lines that are removed or added before matching is given up: it takes their square in time. */
const mostEdits = 2000;

/** Two texts line by line, by the least number of lines removed and added (Myers, 1986). */
export function diffLines(before: readonly string[], after: readonly string[]): LineDiff {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let endBefore = before.length;
  let endAfter = after.length;
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) {
    endBefore--;
    endAfter--;
  }
  const lines: DiffLine[] = [];
  const same = (line: number, shift: number): void => {
    const text = before[line] ?? '';
    lines.push({ kind: 'same', before: line + 1, after: line + shift + 1, text });
  };
  const removed = (line: number): void => {
    lines.push({ kind: 'removed', before: line + 1, after: undefined, text: before[line] ?? '' });
  };
  const added = (line: number): void => {
    lines.push({ kind: 'added', before: undefined, after: line + 1, text: after[line] ?? '' });
  };
  for (let line = 0; line < start; line++) same(line, 0);
  const script = edits(before.slice(start, endBefore), after.slice(start, endAfter));
  if (script) {
    let [line, other] = [start, start];
    for (const edit of script) {
      if (edit === 'same') {
        same(line, other - line);
        line++;
        other++;
      } else if (edit === 'removed') removed(line++);
      else added(other++);
    }
  } else {
    for (let line = start; line < endBefore; line++) removed(line);
    for (let line = start; line < endAfter; line++) added(line);
  }
  for (let line = endBefore; line < before.length; line++) same(line, endAfter - endBefore);
  return { lines, coarse: script === undefined };
}

type Edit = DiffLine['kind'];

/** The shortest way from one list to the other, or undefined where it is longer than {@link mostEdits}. */
function edits(before: readonly string[], after: readonly string[]): readonly Edit[] | undefined {
  const longest = Math.min(before.length + after.length, mostEdits);
  const middle = longest + 1;
  const reach = new Int32Array(2 * middle + 1);
  const history: Int32Array[] = [];
  for (let count = 0; count <= longest; count++) {
    history.push(reach.slice(middle - count - 1, middle + count + 2));
    for (let diagonal = -count; diagonal <= count; diagonal += 2) {
      const down = isDown(reach, middle + diagonal, diagonal, count);
      let x = down ? (reach[middle + diagonal + 1] ?? 0) : (reach[middle + diagonal - 1] ?? 0) + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) x++;
      reach[middle + diagonal] = x;
      if (x >= before.length && x - diagonal >= after.length) {
        return wayBack(history, before.length, after.length);
      }
    }
  }
  return undefined;
}

/** Whether a diagonal is reached by a line that was added, not removed. */
function isDown(reach: Int32Array, at: number, diagonal: number, count: number): boolean {
  if (diagonal === -count) return true;
  return diagonal !== count && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0);
}

function wayBack(history: readonly Int32Array[], length: number, otherLength: number): readonly Edit[] {
  const script: Edit[] = [];
  let x = length;
  let y = otherLength;
  for (let count = history.length - 1; count >= 0; count--) {
    const reach = history[count] as Int32Array;
    const middle = count + 1;
    const diagonal = x - y;
    const down = isDown(reach, middle + diagonal, diagonal, count);
    const from = down ? diagonal + 1 : diagonal - 1;
    const fromX = count === 0 ? 0 : (reach[middle + from] ?? 0);
    const fromY = count === 0 ? 0 : fromX - from;
    const [stopX, stopY] = count === 0 ? [0, 0] : down ? [fromX, fromY + 1] : [fromX + 1, fromY];
    while (x > stopX && y > stopY) {
      script.push('same');
      x--;
      y--;
    }
    if (count > 0) script.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return script.reverse();
}
