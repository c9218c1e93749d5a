import { decodeUtf8, findIllFormedUtf8 } from '../base/utf8';
import { cutTo, listOfLines, onOneLine, type PayloadFormat } from './payloadFormat';

/** Control characters that no text has: all but tab, line feed and carriage return. */
const binary = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** UTF-8. Bytes that only happen to be well formed are taken for text when asked for, not by themselves. */
export const textPayload: PayloadFormat = {
  id: 'text',
  name: 'Text',

  read(bytes) {
    const text = decodeUtf8(bytes);
    if (text === undefined) return { code: 'notUtf8', offset: findIllFormedUtf8(bytes, 0, bytes.length) };
    return listOfLines(text.split(/\r\n|\n|\r/).map((line) => ({ indent: 0, text: line })));
  },

  oneLine({ text, complete }, limit) {
    if (text === undefined || binary.test(text)) return undefined;
    // A break may take two characters and shows as one.
    const shown = text.slice(0, 2 * limit + 2);
    return cutTo(limit, onOneLine(shown), complete && shown.length === text.length);
  },
};
