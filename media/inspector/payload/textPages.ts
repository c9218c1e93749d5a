import { decodeUtf8, findIllFormedUtf8 } from '../../../src/base/utf8';
import type { ByteSource } from '../byteSource';

/** Bytes of a page of text, about: at worst as many lines, which a scroll bar can still tell apart. */
export const textPageLength = 256 * 1024;

/** A character of UTF-8 has at most three bytes after its first. */
const mostContinuation = 3;

export interface TextPage {
  /** The span of the page in the payload: between two characters. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The first byte that belongs to no character, which the text has as U+FFFD; undefined where all is UTF-8. */
  readonly illFormedAt: number | undefined;
}

export function textPageCount(length: number): number {
  return Math.max(1, Math.ceil(length / textPageLength));
}

/** One page of a payload as text, from 0; undefined where the log no longer has it. Pages meet between characters. */
export async function readTextPage(source: ByteSource, page: number): Promise<TextPage | undefined> {
  const from = page * textPageLength;
  const bytes = await source.read(from, Math.min(source.length, from + textPageLength + mostContinuation));
  if (!bytes) return undefined;
  const start = page === 0 ? 0 : continuation(bytes, 0);
  const length = Math.min(textPageLength, source.length - from);
  const end = from + length === source.length ? length : length + continuation(bytes, length);
  const text = decodeUtf8(bytes, start, end);
  const span = { start: from + start, end: from + end };
  if (text !== undefined) return { ...span, text, illFormedAt: undefined };
  const illFormedAt = from + findIllFormedUtf8(bytes, start, end);
  return { ...span, text: new TextDecoder().decode(bytes.subarray(start, end)), illFormedAt };
}

/** How many bytes at `at` continue a character that began before. */
function continuation(bytes: Uint8Array, at: number): number {
  let count = 0;
  while (count < mostContinuation && ((bytes[at + count] ?? 0) & 0xc0) === 0x80) count++;
  return count;
}
