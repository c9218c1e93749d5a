import assert from 'node:assert/strict';
import type { CaptureNote } from '../../src/base/captureNote';
import { describeNote, encodeNote, readNote } from '../../src/base/captureNote';
import { encodeUtf8 } from '../../src/base/utf8';

describe('A note in a capture', () => {
  const notes: readonly CaptureNote[] = [
    { code: 'gap', bytes: 1460 },
    { code: 'snapLength', bytes: 1 },
    { code: 'midConnection' },
    { code: 'tls' },
    { code: 'tls', serverName: 'broker.ex' },
    { code: 'compressed' },
  ];
  for (const note of notes) {
    it(`is read back from the bytes of its row: ${describeNote(note)}`, () => {
      const bytes = encodeNote(note);
      assert.deepEqual(readNote(bytes), note);
      assert.equal(bytes[0], 0, 'begins no packet');
    });
  }

  it('is none in bytes of any other kind', () => {
    for (const text of [
      '',
      '\0',
      '\0{',
      '\0null',
      '\0[]',
      '\0{"code":"other"}',
      '\0{"code":"gap"}',
      '{"code":"tls"}',
    ]) {
      assert.equal(readNote(encodeUtf8(text)), undefined, text);
    }
    assert.equal(readNote(Uint8Array.of(0, 0xff)), undefined);
  });
});
