import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/base/utf8';
import { diffBytes } from '../../src/payload/byteDiff';
import { diffLines } from '../../src/payload/lineDiff';
import { diffPayloads } from '../../src/payload/payloadDiff';

const diff = (before: string, after: string) => diffPayloads(encodeUtf8(before), encodeUtf8(after), 'json');

describe('A payload and the one before it', () => {
  it('are compared by field where both are JSON', () => {
    assert.deepEqual(
      diff(
        '{"on":true,"mV":3312,"gone":[1,{}],"id":9007199254740993,"k":1,"k":2}',
        '{"on":true,"mV":3313,"id":9007199254740992,"new":{"x":-0},"k":1,"k":3}',
      ),
      {
        kind: 'fields',
        changes: [
          { kind: 'changed', path: 'payload.mV', before: '3312', after: '3313' },
          { kind: 'removed', path: 'payload.gone[0]', before: '1', after: undefined },
          { kind: 'removed', path: 'payload.gone[1]', before: '{}', after: undefined },
          { kind: 'changed', path: 'payload.id', before: '9007199254740993', after: '9007199254740992' },
          { kind: 'added', path: 'payload.new.x', before: undefined, after: '-0' },
          { kind: 'changed', path: 'payload.k(2)', before: '2', after: '3' },
        ],
        same: 2,
        more: 0,
      },
    );
  });

  it('are compared by line where only the writing of JSON differs, or where they are text', () => {
    const written = diff('{"a":1}', '{"a": 1}');
    assert.equal(written.kind, 'lines');
    const text = diffPayloads(encodeUtf8('a\nb\nc\n'), encodeUtf8('a\nB\nc\nd'), 'text');
    assert.deepEqual(text.kind === 'lines' && text.lines.map(({ kind, text: line }) => `${kind} ${line}`), [
      'same a\n',
      'removed b\n',
      'added B\n',
      'same c\n',
      'added d',
    ]);
  });

  it('are compared by byte where one is no text, or where that is how it is shown', () => {
    const bytes = diffPayloads(Uint8Array.of(1, 2, 0xff), Uint8Array.of(1, 3, 0xff), 'json');
    assert.equal(bytes.kind, 'bytes');
    assert.equal(diffPayloads(encodeUtf8('a'), encodeUtf8('b'), 'hex').kind, 'bytes');
  });

  it('may be the same', () => {
    assert.deepEqual(diff('{}', '{}'), { kind: 'equal' });
  });
});

describe('The line diff', () => {
  it('leads from one text to the other with the fewest steps', () => {
    const line = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (before, after) => {
        const { lines } = diffLines(before, after);
        assert.deepEqual(
          lines.filter(({ kind }) => kind !== 'added').map(({ text }) => text),
          before,
        );
        assert.deepEqual(
          lines.filter(({ kind }) => kind !== 'removed').map(({ text }) => text),
          after,
        );
        for (const { before: old, after: current, text } of lines) {
          if (old !== undefined) assert.equal(before[old - 1], text);
          if (current !== undefined) assert.equal(after[current - 1], text);
        }
        const same = lines.filter(({ kind }) => kind === 'same').length;
        assert.equal(same, longestCommon(before, after));
      }),
    );
  });

  it('gives up matching where nearly all differs, and says so', () => {
    const before = Array.from({ length: 3000 }, (_, index) => `a${index}`);
    const after = Array.from({ length: 3000 }, (_, index) => `b${index}`);
    const { lines, coarse } = diffLines(['x', ...before], ['x', ...after]);
    assert.equal(coarse, true);
    assert.equal(lines.length, 6001);
  });
});

describe('The byte diff', () => {
  it('tells for any two payloads which spans are the same and which differ', () => {
    const bytes = fc.uint8Array({ max: 3, maxLength: 30 });
    fc.assert(
      fc.property(bytes, bytes, (before, after) => {
        let [at, other] = [0, 0];
        for (const run of diffBytes(before, after)) {
          assert.deepEqual([run.before.start, run.after.start], [at, other]);
          const [old, current] = [
            before.slice(run.before.start, run.before.end),
            after.slice(run.after.start, run.after.end),
          ];
          if (run.same) assert.deepEqual(old, current);
          else assert.notDeepEqual(old, current);
          [at, other] = [run.before.end, run.after.end];
        }
        assert.deepEqual([at, other], [before.length, after.length]);
      }),
    );
  });
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  a.forEach((line, i) =>
    b.forEach((other, j) => {
      const best =
        line === other
          ? (lengths[i]?.[j] ?? 0) + 1
          : Math.max(lengths[i]?.[j + 1] ?? 0, lengths[i + 1]?.[j] ?? 0);
      (lengths[i + 1] as number[])[j + 1] = best;
    }),
  );
  return lengths[a.length]?.[b.length] ?? 0;
}
