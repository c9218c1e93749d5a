import { hexByte } from '../../base/bytes';
import { decodeUtf8 } from '../../base/utf8';

/** How many bytes of a payload are looked at for one line: nobody reads more of it in a row. */
const lookedAt = 1024;

/**
 * A payload as one line: its text where it is text, its bytes in hexadecimal otherwise. `length` is how many bytes the
 * payload has where `payload` holds fewer; a cut shows as an ellipsis.
 */
export function valueLine(payload: Uint8Array, length: number, mostCharacters: number): string {
  if (length === 0) return '(empty)';
  const text = readableText(payload.subarray(0, lookedAt), length > lookedAt);
  const whole =
    text === undefined ? hexText(payload.subarray(0, Math.ceil(mostCharacters / 3) + 1)) : oneLine(text);
  const cut =
    length > payload.length ||
    payload.length > lookedAt ||
    (text === undefined && whole.length < length * 3 - 1);
  if (whole.length <= mostCharacters) return cut ? `${whole}…` : whole;
  return `${whole.slice(0, mostCharacters - 1).trimEnd()}…`;
}

/** What copying a value yields: the text of a readable payload, the bytes in hexadecimal otherwise. */
export function valueText(payload: Uint8Array): string {
  return readableText(payload, false) ?? hexText(payload);
}

/** The text of bytes that are UTF-8 without control characters; `cut` forgives a character that breaks off at the end. */
function readableText(bytes: Uint8Array, cut: boolean): string | undefined {
  for (let spare = 0; spare <= (cut ? 3 : 0); spare++) {
    const text = decodeUtf8(bytes, 0, bytes.length - spare);
    // Tab, line feed and carriage return are the control characters that text has.
    if (text !== undefined) return /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) ? undefined : text;
  }
  return undefined;
}

/** Line breaks become spaces, and characters that would turn the row's direction around become visible. */
function oneLine(text: string): string {
  return text
    .replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ')
    .replace(/\t/g, ' ')
    .replace(
      /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hexByte(byte).toUpperCase()).join(' ');
}
