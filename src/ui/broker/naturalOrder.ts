const collator = new Intl.Collator('en', { numeric: true });

/** The order in which people look for names: "node-2" before "node-10". It is 0 for the same name alone. */
export function compareNames(one: string, other: string): number {
  return collator.compare(one, other) || (one < other ? -1 : one > other ? 1 : 0);
}

/** The first ones in their order, `most` of them. The others are not put in order: there may be a million. */
export function firstInOrder<T>(
  items: readonly T[],
  most: number,
  compare: (one: T, other: T) => number,
): T[] {
  if (items.length <= most) return [...items].sort(compare);
  const first = items.slice(0, most).sort(compare);
  for (let index = most; index < items.length; index++) {
    const item = items[index] as T;
    if (compare(item, first[most - 1] as T) >= 0) continue;
    first.pop();
    first.splice(placeOf(item, first, compare), 0, item);
  }
  return first;
}

/** Where an item belongs in a sorted list, behind those that are equal. */
function placeOf<T>(item: T, sorted: readonly T[], compare: (one: T, other: T) => number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(item, sorted[middle] as T) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
