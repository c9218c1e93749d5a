import { asciiText } from './utf8';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const values: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from(digits, (digit, value) => [digit, value]),
);

const codes = Uint8Array.from(digits, (digit) => digit.charCodeAt(0));
const paddingCode = 0x3d;

/**
 * The bytes of Base64 (RFC 4648, section 4) with white space anywhere, or the offset in `text` where it is anything else.
 * Padding may be left out, but not be wrong; bits beyond the last byte must be zero (3.5), so that no text is another's.
 */
export function fromBase64(text: string): Uint8Array | number {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  let held = 0;
  let bits = 0;
  let count = 0;
  let padding = 0;
  let last = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (/\s/.test(character)) continue;
    if (character === '=') {
      if (count % 4 < 2 || (count + ++padding) % 4 === 1) return at;
      last = at;
      continue;
    }
    const value = values[character];
    if (value === undefined || padding > 0) return at;
    last = at;
    count++;
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >> bits;
    }
  }
  const whole = padding > 0 ? (count + padding) % 4 === 0 : count % 4 !== 1;
  if (!whole || (held & ((1 << bits) - 1)) !== 0) return last;
  return bytes.slice(0, length);
}

/** Base64 with padding (RFC 4648, section 4). */
export function toBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 3) {
    const held = ((bytes[at] as number) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text[to++] = codes[held >> 18] as number;
    text[to++] = codes[(held >> 12) & 0x3f] as number;
    text[to++] = codes[(held >> 6) & 0x3f] as number;
    text[to++] = codes[held & 0x3f] as number;
  }
  const padding = (3 - (bytes.length % 3)) % 3;
  text.fill(paddingCode, to - padding, to);
  return asciiText(text, 0, to);
}
