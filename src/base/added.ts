/**
 * Adds an item to a list, which is made with the first. A list that begins empty gets room for seventeen with its first item;
 * most that are made for each packet never have a second.
 */
export function added<T>(list: T[] | undefined, item: T): T[] {
  if (!list) return [item];
  list.push(item);
  return list;
}
