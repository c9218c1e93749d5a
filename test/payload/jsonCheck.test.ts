import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/base/utf8';
import { JsonCheck } from '../../src/payload/jsonCheck';

/** The same whatever the pieces are. */
function isJson(text: string): boolean {
  const bytes = encodeUtf8(text);
  const verdicts = [1, 3, bytes.length + 1].map((step) => {
    const check = new JsonCheck();
    for (let at = 0; at < bytes.length; at += step) check.push(bytes, at, Math.min(bytes.length, at + step));
    return check.end();
  });
  assert.equal(new Set(verdicts).size, 1, text);
  return verdicts[0] === true;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

describe('The check whether bytes are JSON', () => {
  it('takes what JSON.parse takes, and nothing else', () => {
    const texts = [
      ...['', ' ', '1', '-', '-0', '01', '1.', '1.5e', '1e+5', '1E-5 ', '.5', '+1', '1 2', '-1.25e10'],
      ...[
        'true',
        'tru',
        'truer',
        'false',
        'null ',
        'nul',
        '"',
        '"a',
        '"a"',
        '"\\u00e4"',
        '"\\u00g4"',
        '"\\x"',
      ],
      ...[
        '"\t"',
        '"ä€😀"',
        '[',
        ']',
        '[]',
        '[1,]',
        '[1,2]',
        '[,1]',
        '[1 2]',
        '{}',
        '{"a"}',
        '{"a":}',
        '{"a":1}',
      ],
      ...[
        '{"a":1,}',
        '{"a":1,"b":[{}]}',
        '{a:1}',
        '{"a":1]',
        '[{"a":1}',
        '[[[]]]',
        '{"a" : [ true , null ] }',
      ],
      ...['\ufeff1', '[1]x', '{"a":01}', '[-]', '[1.5,-2e3]', '"\\"', "'a'"],
    ];
    for (const text of texts) assert.equal(isJson(text), parses(text), text);
  });

  it('does so for whatever is cut out of JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.nat(3), (text, at, count) => {
        const start = at % (text.length + 1);
        const cut = text.slice(0, start) + text.slice(start + count);
        // A half of a surrogate pair is no UTF-8.
        fc.pre(!/\p{Surrogate}/u.test(cut));
        assert.equal(isJson(cut), parses(cut), cut);
        return true;
      }),
    );
  });

  it('keeps a bound on what is open', () => {
    const check = new JsonCheck();
    assert.equal(check.push(new Uint8Array(1024 * 1024).fill(0x5b)), true);
    assert.equal(check.push(Uint8Array.of(0x5b)), false);
    assert.equal(check.end(), false);
  });
});
