/*
 * UTF-8 as RFC 3629 has it, strict: no overlong form, no surrogate, nothing above U+10FFFF, a byte order mark is kept.
 * MQTT strings are short and mostly ASCII, so both directions take that path first and fall back character by character.
 */

type Latin1Slice = (this: Uint8Array, start: number, end: number) => string;

/** Node's one-call conversion, four times faster than building a long string from char codes; absent in a browser. */
const latin1Slice = (globalThis as { Buffer?: { prototype: { latin1Slice?: Latin1Slice } } }).Buffer
  ?.prototype.latin1Slice;

/** The offset of the first byte that is not part of a well-formed sequence, or -1. Linear in `end - start`. */
export function findIllFormedUtf8(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** The text of `bytes[start, end)`, or undefined where it is not well-formed UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string | undefined {
  for (let at = start; at < end; at++) {
    if ((bytes[at] as number) >= 0x80) return decodeMixed(bytes, start, end);
  }
  return asciiText(bytes, start, end);
}

/** Up to this length a string is built faster from char codes than by any call that leaves the engine. */
const shortText = 12;

/** The text of bytes that are known to be below 0x80. */
export function asciiText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= shortText) return shortAsciiText(bytes, start, end);
  if (latin1Slice) return latin1Slice.call(bytes, start, end);
  let text = '';
  for (let at = start; at < end; at += 8192) {
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(at, Math.min(end, at + 8192)) as unknown as number[],
    );
  }
  return text;
}

/** Calls with a fixed number of arguments become one allocation each. */
function shortAsciiText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  if (at + 8 <= end) {
    text = String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
      bytes[at + 4] as number,
      bytes[at + 5] as number,
      bytes[at + 6] as number,
      bytes[at + 7] as number,
    );
    at += 8;
  }
  if (at + 4 <= end) {
    text += String.fromCharCode(
      bytes[at] as number,
      bytes[at + 1] as number,
      bytes[at + 2] as number,
      bytes[at + 3] as number,
    );
    at += 4;
  }
  while (at < end) text += String.fromCharCode(bytes[at++] as number);
  return text;
}

/** How many bytes `text` takes in UTF-8. A lone surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (isSurrogatePair(text, index)) {
      length += 2;
      index++;
    } else length += 2;
  }
  return length;
}

export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** Writes `text` at `at` and returns the offset after it. The caller has made room for `utf8Length(text)` bytes. */
export function writeUtf8(text: string, bytes: Uint8Array, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[at++] = unit;
    } else if (unit < 0x800) {
      bytes[at++] = 0xc0 | (unit >> 6);
      bytes[at++] = 0x80 | (unit & 0x3f);
    } else if (isSurrogatePair(text, index)) {
      const point = text.codePointAt(index++) as number;
      bytes[at++] = 0xf0 | (point >> 18);
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    } else {
      const point = unit >= 0xd800 && unit <= 0xdfff ? 0xfffd : unit;
      bytes[at++] = 0xe0 | (point >> 12);
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[at++] = 0x80 | (point & 0x3f);
    }
  }
  return at;
}

function isSurrogatePair(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  const low = text.charCodeAt(index + 1);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

/** The length of the well-formed sequence at `at`, or 0 (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const second = bytes[at + 1] as number;
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let rest = at + 2; rest < at + length; rest++) {
    if (((bytes[rest] as number) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function decodeMixed(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  let units: number[] = [];
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return undefined;
    const lead = bytes[at] as number;
    let point = length === 1 ? lead : lead & (0x7f >> length);
    for (let rest = at + 1; rest < at + length; rest++)
      point = (point << 6) | ((bytes[rest] as number) & 0x3f);
    units.push(point);
    if (units.length === 4096) {
      text += String.fromCodePoint(...units);
      units = [];
    }
    at += length;
  }
  return text + String.fromCodePoint(...units);
}
