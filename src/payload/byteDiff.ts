/** A run of bytes that both have, or that differ: `before` and `after` are its spans, one of them empty where bytes came or went. */
export interface ByteRun {
  readonly same: boolean;
  readonly before: { readonly start: number; readonly end: number };
  readonly after: { readonly start: number; readonly end: number };
}

/** Runs that are told apart; what differs beyond them is one. */
const mostRuns = 10_000;
/** Fewer equal bytes than this between two that differ are no run of their own where lengths are the same. */
const fewestSame = 4;

/**
 * Two payloads byte by byte. Of the same length they are compared place by place, as a struct is; else what both begin and
 * end with is told from what lies between.
 */
export function diffBytes(before: Uint8Array, after: Uint8Array): readonly ByteRun[] {
  const shorter = Math.min(before.length, after.length);
  if (before.length === after.length) return byPlace(before, after);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  const [endBefore, endAfter] = [before.length - end, after.length - end];
  const runs: ByteRun[] = [
    { same: true, before: { start: 0, end: start }, after: { start: 0, end: start } },
    { same: false, before: { start, end: endBefore }, after: { start, end: endAfter } },
    {
      same: true,
      before: { start: endBefore, end: before.length },
      after: { start: endAfter, end: after.length },
    },
  ];
  return runs.filter((run) => run.before.end > run.before.start || run.after.end > run.after.start);
}

function byPlace(before: Uint8Array, after: Uint8Array): readonly ByteRun[] {
  const runs: ByteRun[] = [];
  const add = (same: boolean, start: number, end: number): void => {
    if (end > start) runs.push({ same, before: { start, end }, after: { start, end } });
  };
  const { length } = before;
  let at = 0;
  while (at < length) {
    const sameFrom = at;
    while (at < length && before[at] === after[at]) at++;
    add(true, sameFrom, at);
    if (at === length) break;
    const differsFrom = at;
    let lastDifferent = at;
    if (runs.length >= mostRuns) lastDifferent = lastDifference(before, after);
    else
      while (at < length && at - lastDifferent <= fewestSame) {
        if (before[at] !== after[at]) lastDifferent = at;
        at++;
      }
    at = lastDifferent + 1;
    add(false, differsFrom, at);
  }
  return runs;
}

function lastDifference(before: Uint8Array, after: Uint8Array): number {
  let at = before.length - 1;
  while (before[at] === after[at]) at--;
  return at;
}
