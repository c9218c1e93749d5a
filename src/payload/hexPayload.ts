import { toHex } from '../base/bytes';
import type { PayloadFormat } from './payloadFormat';

const bytesInLine = 16;

function upperHex(bytes: Uint8Array): string {
  return toHex(bytes, ' ').toUpperCase();
}

/** Hexadecimal digits: what can be said of any bytes. */
export const hexPayload: PayloadFormat = {
  id: 'hex',
  name: 'Hex',

  read(bytes) {
    return {
      lineCount: Math.ceil(bytes.length / bytesInLine),
      line: (index) => ({
        indent: 0,
        text: upperHex(bytes.subarray(index * bytesInLine, (index + 1) * bytesInLine)),
      }),
    };
  },

  oneLine({ bytes, complete }, limit) {
    if (complete && bytes.length * 3 - 1 <= limit) return upperHex(bytes);
    return `${upperHex(bytes.subarray(0, Math.floor(limit / 3)))}…`;
  },
};
