import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeUtf8, encodeUtf8 } from '../../src/base/utf8';
import { TopicNames } from '../../src/capture/topicNames';

describe('Topic names by their bytes', () => {
  it('are what decoding gives, whatever was asked for before', () => {
    const few = fc
      .constantFrom('', 'a', 'a/b', 'b/a', 'ä/ω/😀', 'x'.repeat(256), 'x'.repeat(257))
      .map(encodeUtf8);
    fc.assert(
      fc.property(fc.array(fc.oneof(few, fc.uint8Array({ maxLength: 12 })), { maxLength: 200 }), (all) => {
        const names = new TopicNames();
        for (const bytes of all) {
          assert.equal(names.nameOf(bytes, 0, bytes.length), decodeUtf8(bytes));
        }
      }),
    );
  });

  it('stay apart where they fall into one slot', () => {
    const names = new TopicNames();
    // The same length, middle and end.
    const topics = ['a/1/x/abcdef', 'b/2/x/abcdef', 'c/3/x/abcdef'].map(encodeUtf8);
    for (const bytes of [...topics, ...topics]) {
      assert.equal(names.nameOf(bytes, 0, bytes.length), decodeUtf8(bytes));
    }
  });

  it('are remembered by bytes of their own', () => {
    const names = new TopicNames();
    const chunk = encodeUtf8('devices/1');
    assert.equal(names.nameOf(chunk, 0, chunk.length), 'devices/1');
    chunk.set(encodeUtf8('devices/2'));
    assert.equal(names.nameOf(chunk, 0, chunk.length), 'devices/2');
    assert.equal(names.nameOf(encodeUtf8('devices/1'), 0, 9), 'devices/1');
  });
});
