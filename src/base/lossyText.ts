import { decodeUtf8, findIllFormedUtf8 } from './utf8';

/** UTF-8 as text, whatever it is: each byte that belongs to no character is U+FFFD. */
export function lossyUtf8(bytes: Uint8Array): string {
  const whole = decodeUtf8(bytes);
  if (whole !== undefined) return whole;
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const broken = findIllFormedUtf8(bytes, at, bytes.length);
    const end = broken < 0 ? bytes.length : broken;
    text += decodeUtf8(bytes, at, end) ?? '';
    if (broken >= 0) text += '\ufffd';
    at = end + 1;
  }
  return text;
}
