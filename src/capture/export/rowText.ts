/** Bytes a step of an export takes at most: a few milliseconds. A multiple of three, so that base64 comes in whole groups. */
export const stepBytes = 192 * 1024;

/** Ends of pieces of well-formed UTF-8, none of which cuts a character. */
export function* textSteps(bytes: Uint8Array): Generator<readonly [start: number, end: number]> {
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(bytes.length, start + stepBytes);
    for (let back = 0; back < 3 && end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80; back++)
      end--;
    yield [start, end];
    start = end;
  }
}
