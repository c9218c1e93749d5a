import assert from 'node:assert/strict';
import { PagedBytes, pageLength, SourceWindow, WholeBytes } from '../../media/inspector/byteSource';
import { diffRows, diffSummary } from '../../media/inspector/payload/diffRows';
import { JsonRows } from '../../media/inspector/payload/jsonRows';
import { longestTree, payloadContent } from '../../media/inspector/payload/payloadContent';
import { textLines } from '../../media/inspector/payload/textLines';
import { readTextPage, textPageCount, textPageLength } from '../../media/inspector/payload/textPages';
import { encodeUtf8 } from '../../src/base/utf8';
import { JsonTree } from '../../src/payload/jsonTree';
import { diffPayloads } from '../../src/payload/payloadDiff';
import type { PayloadForm } from '../../src/payload/payloadMode';

const fail = (error: unknown): void => assert.fail(String(error));

describe('Bytes that come in pages', () => {
  const all = Uint8Array.from({ length: 5 * pageLength }, (_, index) => index % 251);
  const setUp = (isGone = false) => {
    const asked: number[] = [];
    const fetch = (offset: number, length: number): Promise<Uint8Array | undefined> => {
      asked.push(offset / pageLength);
      return Promise.resolve(isGone ? undefined : all.slice(offset, offset + length));
    };
    const bytes = new PagedBytes(all.length, all.slice(0, pageLength), fetch, fail);
    const loaded = new Promise<void>((resolve) => bytes.onDidLoad(resolve));
    return { bytes, asked, loaded };
  };

  it('are fetched page by page when they are looked at, once', async () => {
    const { bytes, asked, loaded } = setUp();
    assert.equal(bytes.at(5), 5);
    assert.equal(bytes.at(3 * pageLength), undefined);
    assert.equal(bytes.at(3 * pageLength + 1), undefined);
    await loaded;
    assert.equal(bytes.at(3 * pageLength + 1), all[3 * pageLength + 1]);
    assert.equal(bytes.at(all.length), undefined);
    assert.deepEqual(asked, [3]);
  });

  it('are read across pages, and as a window of others', async () => {
    const { bytes } = setUp();
    const window = new SourceWindow(bytes, pageLength - 2);
    assert.equal(window.length, all.length - pageLength + 2);
    assert.deepEqual(await window.read(0, 5), all.slice(pageLength - 2, pageLength + 3));
    assert.equal(window.at(1), all[pageLength - 1]);
  });

  it('are not asked for again where the log has lost them', async () => {
    const { bytes, asked } = setUp(true);
    bytes.at(pageLength);
    await new Promise((resolve) => setImmediate(resolve));
    bytes.at(2 * pageLength);
    assert.deepEqual(asked, [1]);
    assert.equal(await bytes.read(0, all.length), undefined);
  });
});

describe('Pages of text', () => {
  it('meet between characters, and together are the text', async () => {
    const text = '€ä𝄞a'.repeat(60_000);
    const source = new WholeBytes(encodeUtf8(text));
    const pages = textPageCount(source.length);
    assert.equal(pages, 3);
    let together = '';
    let end = 0;
    for (let page = 0; page < pages; page++) {
      const read = await readTextPage(source, page);
      assert.equal(read?.start, end);
      assert.equal(read?.illFormedAt, undefined);
      end = read?.end ?? 0;
      together += read?.text ?? '';
    }
    assert.equal(end, source.length);
    assert.equal(together, text);
  });

  it('say which byte is no text', async () => {
    const bytes = new Uint8Array(textPageLength + 10).fill(0x41);
    bytes[textPageLength + 4] = 0xff;
    const page = await readTextPage(new WholeBytes(bytes), 1);
    assert.equal(page?.illFormedAt, textPageLength + 4);
    assert.equal(page?.text, 'AAAA\ufffdAAAAA');
  });
});

describe('Lines of text', () => {
  it('break where the text does and where a line has no end, never inside a character', () => {
    assert.deepEqual(
      textLines(`a\r\nb\n\n${'c'.repeat(4500)}`).map(({ text, continued }) => [text.length, continued]),
      [
        [1, false],
        [1, false],
        [0, false],
        [2000, false],
        [2000, true],
        [500, true],
      ],
    );
    assert.deepEqual(
      textLines(`${'a'.repeat(1999)}\u{1f600}b`).map(({ text }) => text.slice(-3)),
      ['aaa', '\u{1f600}b'],
    );
  });

  it('show control characters as pictures and those that reorder text by their number', () => {
    assert.equal(textLines('a\0b\x7f\u202ec')[0]?.text, 'a\u2400b\u2421\u27e8U+202E\u27e9c');
  });
});

describe('What a payload is shown as', () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const cases: readonly (readonly [string, Uint8Array, PayloadForm, PayloadForm, RegExp | undefined])[] = [
    ['an object', encodeUtf8('{"on":true}'), 'json', 'json', undefined],
    ['a number', encodeUtf8('21.5'), 'json', 'json', undefined],
    ['a word', encodeUtf8('online'), 'json', 'text', /^Not JSON: .* offset 0\. Shown as Text\.$/],
    ['every byte', everyByte, 'json', 'hex', /^Not UTF-8: .* offset 128 .* Shown as Hex\.$/],
    ['every byte', everyByte, 'text', 'hex', /^Not UTF-8/],
    ['every byte', everyByte, 'image', 'hex', /^Not a PNG/],
    [
      'a long object',
      encodeUtf8(`{"a":"${'x'.repeat(longestTree)}"}`),
      'json',
      'text',
      /^Too long for a tree/,
    ],
  ];
  for (const [name, bytes, form, shown, notice] of cases) {
    it(`is ${shown} for ${name} that is to be ${form}`, async () => {
      const { content, notices } = (await payloadContent(new WholeBytes(bytes), form)) ?? {};
      assert.equal(content?.form, shown);
      if (notice) assert.match(notices?.join(' ') ?? '', notice);
      else assert.deepEqual(notices, []);
    });
  }

  it('is nothing where the log has lost it', async () => {
    const lost = new PagedBytes(3_000_000, encodeUtf8('{'), () => Promise.resolve(undefined), fail);
    assert.equal(await payloadContent(lost, 'json'), undefined);
  });
});

describe('Rows of a JSON tree', () => {
  const rowsOf = (text: string): JsonRows => {
    const tree = JsonTree.parse(text);
    assert.ok(tree instanceof JsonTree);
    return new JsonRows(tree);
  };

  it('fold and unfold, and lead to the row around what is folded', () => {
    const rows = rowsOf('{"a":[1,2],"b":{"c":3}}');
    assert.equal(rows.count, 6);
    rows.setExpanded(1, false);
    assert.deepEqual(
      Array.from({ length: rows.count }, (_, row) => rows.node(row)),
      [0, 1, 4, 5],
    );
    assert.equal(rows.rowOf(2), 1);
    assert.equal(rows.depth(5), 2);
    rows.setExpanded(1, true);
    assert.equal(rows.count, 6);
  });

  it('start with no more than can be taken in, outer values first', () => {
    const list = `[${'[1],'.repeat(2000)}[1]]`;
    const rows = rowsOf(`{"a":${list},"b":[1]}`);
    assert.equal(rows.count, 4);
    assert.equal(rowsOf(list).count, 2002);
  });
});

describe('Rows of a difference', () => {
  const rows = (before: string, after: string, form: PayloadForm = 'text') => {
    const [old, current] = [encodeUtf8(before), encodeUtf8(after)];
    const diff = diffPayloads(old, current, form);
    return { rows: diffRows(diff, old, current), summary: diffSummary(diff) };
  };

  it('leave out what is the same far from any difference, and count it', () => {
    const same = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join('');
    const { rows: found, summary } = rows(`${same}x\n`, `${same}y`);
    assert.deepEqual(
      found.map(({ kind, place, before, after }) => [kind, place, before, after]),
      [
        ['skipped', '17 lines the same', undefined, undefined],
        ['same', '18 18', 'line 17', 'line 17'],
        ['same', '19 19', 'line 18', 'line 18'],
        ['same', '20 20', 'line 19', 'line 19'],
        ['removed', '21', 'x', undefined],
        ['added', '21', undefined, 'y ⟨no line break⟩'],
      ],
    );
    assert.equal(summary, 'Lines: 1 added, 1 removed, 20 the same.');
  });

  it('show bytes that differ with their offsets', () => {
    const { rows: found, summary } = rows('abcdefghij', 'abXdefghijk', 'hex');
    assert.deepEqual(
      found.map(({ kind, place, before, after }) => [kind, place, before, after]),
      [
        ['skipped', '0000: 2 bytes the same', undefined, undefined],
        ['changed', '0002', '63 64 65 66 67 68 69 6a', '58 64 65 66 67 68 69 6a'],
        ['added', '000a', undefined, '6b'],
      ],
    );
    assert.equal(summary, 'Bytes: 8 bytes became 9 in one place.');
  });

  it('are none where nothing differs', () => {
    assert.deepEqual(rows('a', 'a'), {
      rows: [],
      summary: 'Byte for byte the same as the previous message of the topic.',
    });
  });
});
