/**
 * Which of `count` rows a key goes to from row `from`, which may be -1 for none yet. Undefined for keys that go nowhere, and
 * where there are no rows.
 */
export function rowOfKey(key: string, from: number, page: number, count: number): number | undefined {
  const targets: Readonly<Record<string, number>> = {
    ArrowUp: from - 1,
    ArrowDown: from + 1,
    PageUp: from - page,
    PageDown: from + page,
    Home: 0,
    End: count - 1,
  };
  const target = targets[key];
  return target === undefined || count === 0 ? undefined : Math.max(0, Math.min(target, count - 1));
}
