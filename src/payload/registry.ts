import { hexPayload } from './hexPayload';
import { jsonPayload } from './jsonPayload';
import type { PayloadFormat, PayloadFormatId } from './payloadFormat';
import { textPayload } from './textPayload';

/** All formats, in the order in which they are tried: the last takes everything. */
export const payloadFormats: readonly PayloadFormat[] = [jsonPayload, textPayload, hexPayload];

export function payloadFormat(id: PayloadFormatId): PayloadFormat {
  return payloadFormats.find((format) => format.id === id) ?? hexPayload;
}
