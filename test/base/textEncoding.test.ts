import assert from 'node:assert/strict';
import { decodeText } from '../../src/base/textEncoding';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

const texts: readonly (readonly [name: string, bytes: Uint8Array, text: string | undefined])[] = [
  ['UTF-8', Buffer.from('30 05 é'), '30 05 é'],
  ['UTF-8 with a byte order mark', Buffer.from('\ufeff30 05\r\n'), '30 05\r\n'],
  ['UTF-16, least significant byte first', Buffer.from('\ufeff30 05 é\n', 'utf16le'), '30 05 é\n'],
  ['UTF-16, most significant byte first', utf16be('\ufeff30 05'), '30 05'],
  ['Latin-1 where it is no UTF-8', Buffer.from('30 \xe9', 'latin1'), '30 é'],
  ['Latin-1 after the mark of UTF-8', Buffer.from('\xef\xbb\xbf30 \xe9', 'latin1'), '30 é'],
  ['a packet', Buffer.from('30050003612f62', 'hex'), undefined],
  ['bytes that begin like UTF-16', Buffer.from('fffe0000', 'hex'), undefined],
  ['half a character of UTF-16', Buffer.from('fffe300005', 'hex'), undefined],
  ['nothing', new Uint8Array(0), ''],
  [
    'text longer than a call takes arguments',
    Buffer.from('\xe9'.repeat(300_000), 'latin1'),
    'é'.repeat(300_000),
  ],
];

describe('decodeText', () => {
  for (const [name, bytes, text] of texts) {
    it(`${text === undefined ? 'takes for no text' : 'reads'} ${name}`, () => {
      assert.equal(decodeText(bytes), text);
    });
  }
});
