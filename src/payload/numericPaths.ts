import { decodeUtf8 } from '../base/utf8';
import { JsonTree } from './jsonTree';

/** A number in a payload. */
export interface NumericValue {
  /** In the syntax of `where`. */
  readonly path: string;
  /** As it was sent. */
  readonly text: string;
  readonly value: number;
}

/** Bytes of a payload in which numbers are looked for: reading more would hold up who reads it. */
export const longestCharted = 256 * 1024;

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * What a JSON value is on a chart: a number as it is, one that stands in quotes too, since many devices send it so, and
 * true and false as 1 and 0. Undefined for everything else.
 */
export function numericValue(text: string): number | undefined {
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const bare = text.startsWith('"') ? text.slice(1, -1).trim() : text;
  if (!jsonNumber.test(bare)) return undefined;
  const value = Number(bare);
  return Number.isFinite(value) ? value : undefined;
}

/** Whether a number has more digits than a chart can tell apart: beyond 2^53 whole numbers have no place of their own. */
export function isRounded(value: number): boolean {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

/** Every value of a payload that a chart can show, at most `most`. */
export function numericPaths(payload: Uint8Array, most: number): readonly NumericValue[] {
  const tree = numericTree(payload);
  if (!tree) return [];
  const found: NumericValue[] = [];
  for (let node = 0; node < tree.nodes && found.length < most; node++) {
    const value = tree.isContainer(node) ? undefined : numericValue(tree.value(node));
    if (value !== undefined) found.push({ path: tree.path(node), text: tree.value(node), value });
  }
  return found;
}

/** The payload as a tree, where it is JSON that is not too long; a number alone is JSON too. */
export function numericTree(payload: Uint8Array): JsonTree | undefined {
  if (payload.length === 0 || payload.length > longestCharted) return undefined;
  const text = decodeUtf8(payload);
  if (text === undefined) return undefined;
  const tree = JsonTree.parse(text.trim());
  return tree instanceof JsonTree ? tree : undefined;
}
