import { decodeUtf8 } from './utf8';

/**
 * The text that a file holds, or undefined where it is no text: it has control characters that no text has. A byte order
 * mark says how it is encoded (PowerShell's `>` writes UTF-16); without one it is UTF-8, or Latin-1 where it is not that.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const text = marked(bytes) ?? decodeUtf8(bytes) ?? latin1(bytes);
  // Tab, line ends and the escape of colours are no sign of anything else.
  return /[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
}

/** The text after a byte order mark, or undefined where there is none. */
function marked(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf)
    return decodeUtf8(bytes, 3) ?? latin1(bytes.subarray(3));
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isUtf16 && bytes.length % 2 === 0 ? utf16(bytes.subarray(2), first === 0xff) : undefined;
}

function utf16(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return fromUnits(bytes.length / 2, (index) => view.getUint16(index * 2, littleEndian));
}

function latin1(bytes: Uint8Array): string {
  return fromUnits(bytes.length, (index) => bytes[index] ?? 0);
}

function fromUnits(count: number, unit: (index: number) => number): string {
  const parts: string[] = [];
  for (let at = 0; at < count; at += 8192) {
    const length = Math.min(8192, count - at);
    parts.push(String.fromCharCode(...Array.from({ length }, (_, index) => unit(at + index))));
  }
  return parts.join('');
}
