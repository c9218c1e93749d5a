import { toHex } from '../../base/bytes';
import { decodeUtf8 } from '../../base/utf8';
import { decodePayload, oneLine } from '../../payload/payloadDecoder';

/** A payload in a row; `length` is how many bytes it has where `payload` holds fewer. A cut shows as an ellipsis. */
export function valueLine(payload: Uint8Array, length: number, mostCharacters: number): string {
  return length === 0 ? '(empty)' : oneLine(payload, length, mostCharacters);
}

/** What copying a value yields: the text of a readable payload as it is, the bytes in hexadecimal otherwise. */
export function valueText(payload: Uint8Array): string {
  const text = decodePayload(payload).format === 'hex' ? undefined : decodeUtf8(payload);
  return text ?? toHex(payload, ' ').toUpperCase();
}
