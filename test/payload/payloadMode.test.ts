import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { imageType } from '../../src/payload/imageType';
import { isRounded, numericPaths, numericValue } from '../../src/payload/numericPaths';
import { chooseForm, formOfContentType } from '../../src/payload/payloadMode';

const ascii = (text: string): number[] => [...encodeUtf8(text)];

describe('The form of a payload', () => {
  const types: readonly (readonly [string, string | undefined])[] = [
    ['application/json', 'json'],
    ['application/vnd.device+json; charset=utf-8', 'json'],
    ['text/json', 'json'],
    ['text/plain', 'text'],
    ['APPLICATION/XML', 'text'],
    ['image/svg+xml', 'text'],
    ['image/png', 'image'],
    ['application/octet-stream', undefined],
    ['json', undefined],
    ['', undefined],
  ];
  for (const [type, form] of types) {
    it(`of Content Type "${type}" is ${form ?? 'what it looks like'}`, () =>
      assert.equal(formOfContentType(type), form));
  }

  it('is what was chosen, then what the Content Type says, then what it looks like', () => {
    const json = encodeUtf8('{"a":1}');
    assert.deepEqual(chooseForm('hex', 'text/plain', json), { form: 'hex', because: 'chosen' });
    assert.deepEqual(chooseForm('auto', 'text/plain', json), { form: 'text', because: 'contentType' });
    assert.deepEqual(chooseForm('auto', undefined, json), { form: 'json', because: 'look' });
    assert.equal(chooseForm('auto', undefined, encodeUtf8('on')).form, 'text');
    assert.equal(chooseForm('auto', undefined, Uint8Array.of(1, 2, 3)).form, 'hex');
    assert.equal(chooseForm('auto', undefined, new Uint8Array(0)).form, 'text');
    assert.equal(chooseForm('auto', undefined, Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)).form, 'image');
  });
});

describe('An image', () => {
  const bitmap = [0x42, 0x4d, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
  const cases: readonly (readonly [string, readonly number[], string | undefined])[] = [
    ['PNG', [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a, 0], 'image/png'],
    ['JPEG', [0xff, 0xd8, 0xff, 0xe1], 'image/jpeg'],
    ['GIF', ascii('GIF89a'), 'image/gif'],
    ['WebP', [...ascii('RIFF'), 1, 2, 3, 4, ...ascii('WEBP')], 'image/webp'],
    ['BMP', bitmap, 'image/bmp'],
    ['text that begins with BM', ascii('BM is short for bitmap, or so they say'), undefined],
    ['SVG', ascii('<svg xmlns="http://www.w3.org/2000/svg"/>'), undefined],
    ['a sound', [...ascii('RIFF'), 1, 2, 3, 4, ...ascii('WAVE')], undefined],
    ['nothing', [], undefined],
  ];
  for (const [name, bytes, type] of cases) {
    it(`is ${type ?? 'none'} for ${name}`, () => assert.equal(imageType(Uint8Array.from(bytes), 1000), type));
  }
});

describe('A number for a chart', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['21.5', 21.5],
    ['-0', -0],
    ['1e3', 1000],
    ['"3.3"', 3.3],
    ['true', 1],
    ['false', 0],
    ['null', undefined],
    ['"x"', undefined],
    ['""', undefined],
    ['"0x10"', undefined],
    ['1e999', undefined],
  ];
  for (const [text, value] of cases) {
    it(`is ${value ?? 'none'} for ${text}`, () => assert.equal(numericValue(text), value));
  }

  it('has a path for each in a payload', () => {
    const found = numericPaths(encodeUtf8('{"a":[1,{"b":2}],"c":"x","d":true}'), 10);
    assert.deepEqual(
      found.map(({ path, text }) => `${path} ${text}`),
      ['payload.a[0] 1', 'payload.a[1].b 2', 'payload.d true'],
    );
    assert.equal(numericPaths(encodeUtf8('[1,2,3]'), 2).length, 2);
    assert.deepEqual(numericPaths(Uint8Array.of(0xff), 2), []);
  });

  it('is rounded beyond 2^53', () =>
    assert.deepEqual([isRounded(2 ** 53 - 1), isRounded(2 ** 53)], [false, true]));
});
