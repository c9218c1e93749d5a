import type { PropertyKey } from './properties';
import { propertyTable } from './properties';

/**
 * Where the property of each identifier that was read or written last starts, in the buffer at hand. All readers and
 * writers share it: it is asked only about a property of the packet in hand, and nothing comes between the two.
 */
export const propertyStarts = new Uint32Array(
  Math.max(...propertyTable.map(({ identifier }) => identifier)) + 1,
);

const identifiers: ReadonlyMap<PropertyKey, number> = new Map(
  propertyTable.map(({ key, identifier }) => [key, identifier]),
);

export function propertyStart(key: PropertyKey): number {
  return propertyStarts[identifiers.get(key) ?? 0] ?? 0;
}
