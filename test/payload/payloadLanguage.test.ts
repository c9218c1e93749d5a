import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { payloadLanguage } from '../../src/payload/payloadLanguage';

describe('The language of a payload', () => {
  for (const [text, contentType, language] of [
    ['{"a":1}', undefined, 'json'],
    ['[1', undefined, 'plaintext'],
    ['hello', undefined, 'plaintext'],
    ['hello', 'application/json; charset=utf-8', 'json'],
    ['{}', 'application/senml+json', 'json'],
    ['<a/>', 'application/soap+xml', 'xml'],
    ['<?xml version="1.0"?><a/>', undefined, 'xml'],
    ['<!DOCTYPE html><html></html>', undefined, 'html'],
    ['a: 1', 'application/x-yaml', 'yaml'],
    ['{}', 'no media type', 'json'],
  ] as const) {
    it(`of ${JSON.stringify(text)} as ${contentType ?? 'nothing in particular'} is ${language}`, () =>
      assert.equal(payloadLanguage(encodeUtf8(text), contentType)?.language, language));
  }

  it('is none where bytes are no text', () => {
    assert.equal(payloadLanguage(Uint8Array.of(0xff), 'application/json'), undefined);
    assert.equal(payloadLanguage(encodeUtf8('a\0b'), undefined), undefined);
  });
});
