/** Where the content starts after a Remaining Length that counts exactly up to `end`, or -1. */
export function contentStart(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let index = 0; index < 4; index++) {
    const at = start + 1 + index;
    if (at >= end) return -1;
    const byte = bytes[at] as number;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return (byte === 0 && index > 0) || at + 1 + length !== end ? -1 : at + 1;
  }
  return -1;
}
