import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/base/utf8';
import { payloadValue, valueAt } from '../../src/payload/payloadValue';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import { parse } from '../../src/snippets/parser';
import { publishPlan } from '../../src/snippets/publishPlan';
import {
  appended,
  expectBlock,
  publishBlock,
  withoutConnection,
  type CapturedMessage,
} from '../../src/snippets/snippetText';
import { holds, type FieldValue } from '../../src/where/evaluate';
import type { FieldReference } from '../../src/where/expression';
import { parseWhere } from '../../src/where/parser';

function message(changed: Partial<CapturedMessage> = {}): CapturedMessage {
  return {
    topicName: 'devices/bench-7/led',
    qos: 0,
    retain: false,
    properties: {},
    payload: encodeUtf8('{"on": true}'),
    ...changed,
  };
}

describe('A captured message as a block that publishes it', () => {
  it('reads as a person would write it', async () => {
    assert.equal(
      await publishBlock(
        message({
          qos: 1,
          retain: true,
          properties: { contentType: 'application/json', userProperties: [['a', 'b']] },
        }),
        'devices/bench-7/led',
      ),
      [
        '### devices/bench-7/led',
        'PUBLISH devices/bench-7/led',
        'QoS: 1',
        'Retain: true',
        'Content-Type: application/json',
        'User-Property: a=b',
        '',
        '{"on": true}',
      ].join('\n'),
    );
  });

  const texts: [string, string, boolean][] = [
    ['several lines', 'a\n\n  b', true],
    ['two braces', '{{device}} and \\{{', false],
    ['JSON with two braces', '{"a":{"b":{}}, "c": "{{x}}"}', true],
    ['a line that would begin another block', 'a\n### b', false],
    ['a line break at its end', 'a\n', false],
    ['blank lines before it', '\n\na', false],
    ['a carriage return', 'a\r\nb', false],
    ['the form of a file', '< ./secret.txt', false],
    ['a NUL', 'a\0', false],
  ];
  for (const [name, text, asText] of texts) {
    it(`keeps a payload with ${name} byte for byte${asText ? ' as text' : ''}`, async () => {
      const block = (await publishBlock(message({ payload: encodeUtf8(text) }), 'x')) ?? assert.fail();
      if (asText) assert.ok(!block.includes('Body: hex'), block);
      await comesTo(block, encodeUtf8(text));
    });
  }

  it('keeps any bytes, alone and with a block behind it', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.string({ unit: 'binary', maxLength: 60 }).map(encodeUtf8),
        ),
        async (payload) => {
          const block = (await publishBlock(message({ payload }), 'x')) ?? assert.fail();
          await comesTo(block, payload);
          await comesTo(`${block}\n\n### next\nPUBLISH b\n`, payload);
        },
      ),
      { numRuns: 150 },
    ));

  it('is none where the language cannot say the topic', async () => {
    assert.equal(await publishBlock(message({ topicName: ' spaced ' }), 'x'), undefined);
  });

  it('leaves out what only its connection knew', () => {
    const packet = {
      ...message(),
      type: 'PUBLISH' as const,
      dup: true,
      packetIdentifier: 3,
      topicName: '',
      properties: { topicAlias: 4, subscriptionIdentifiers: [1], contentType: 'x' },
    };
    assert.deepEqual(withoutConnection(packet, 'a/b'), {
      ...message(),
      topicName: 'a/b',
      properties: { contentType: 'x' },
    });
  });
});

describe('A captured message as a block that expects it', () => {
  it('states what a JSON payload says, value by value', () => {
    assert.equal(
      expectBlock(
        message({ qos: 1, retain: true, payload: encodeUtf8('{"on":true,"a":[{"mV":3312}],"n":"x\\"y"}') }),
        'State',
      ),
      [
        '### State',
        'EXPECT devices/bench-7/led',
        'Within: 5s',
        'Where: qos == 1',
        'Where: retain == true',
        'Where: payload.on == true',
        'Where: payload.a[0].mV == 3312',
        'Where: payload.n == "x\\"y"',
      ].join('\n'),
    );
  });

  for (const [name, payload, condition] of [
    ['text', encodeUtf8('on'), 'text == "on"'],
    ['a few bytes', Uint8Array.of(0xff, 0xad), 'hex == "ffad"'],
    ['many bytes', new Uint8Array(100).fill(0xff), 'size == 100'],
  ] as const) {
    it(`states ${name}`, () =>
      assert.ok(expectBlock(message({ payload }), 'x')?.endsWith(`Where: ${condition}`)));
  }

  it('is read back without a problem', () =>
    assert.deepEqual(parse(expectBlock(message(), 'x') ?? '').problems, []));

  it('states odd names and numbers of many digits as the filter reads them', () => {
    const payload = encodeUtf8('{"a b":1,"größe":{"n":12345678901234567890},"q\\"":2,"far":1e400}');
    const conditions = expectBlock(message({ payload }), 'x')?.split('\n').slice(4) ?? [];
    assert.equal(conditions.length, 3);
    for (const condition of conditions) {
      const parsed = parseWhere(condition.replace('Where: ', ''), whereVocabulary);
      assert.ok('expression' in parsed, condition);
      const { value } = payloadValue(payload) ?? {};
      const values = (field: FieldReference): readonly FieldValue[] => {
        const found = valueAt(value, field.path);
        return found ? [found.value as FieldValue] : [];
      };
      assert.ok(holds(parsed.expression, { values, isMatchedBy: () => false }), condition);
    }
  });

  it('states what fits of a payload that is nested without end', () => {
    const payload = encodeUtf8(`{"deep":${'['.repeat(200_000)}${']'.repeat(200_000)},"n":1}`);
    assert.ok(expectBlock(message({ payload }), 'x')?.endsWith('\nWhere: payload.n == 1'));
  });

  for (const topicName of ['a\n\n### Mine\nPUBLISH evil\n', 'a\nWhere: qos == 9', 'a\r\nb', ' a', 'a ']) {
    it(`is not written for the topic ${JSON.stringify(topicName)}`, () =>
      assert.equal(expectBlock(message({ topicName }), topicName), undefined));
  }
});

describe('Appending a block to a file', () => {
  const block = '### Next\nPUBLISH b\n\nnext';
  for (const [name, text] of [
    ['an empty file', ''],
    ['a file without a line break at its end', '### A\nPUBLISH a\n\nfirst'],
    ['a file with one', '### A\nPUBLISH a\n\nfirst\n'],
    ['a body that keeps its trailing lines', '### A\nPUBLISH a\nBody-End: exact\n\nfirst\n\n'],
    ['a file of comments', '# Messages\n'],
  ] as const) {
    it(`changes no byte that ${name} sends`, async () => {
      const whole = text + appended(text, block);
      const before = parse(text).blocks.at(0);
      const [first, ...others] = parse(whole).blocks;
      const last = others.at(-1) ?? first;
      assert.equal(last?.title?.text, 'Next');
      if (before?.request) assert.equal(first?.body?.text, before.body?.text);
      await comesTo(whole.slice(last?.start), encodeUtf8('next'));
    });
  }
});

async function comesTo(text: string, payload: Uint8Array): Promise<void> {
  const document = parse(text);
  const { plan, problems } = await publishPlan(document, document.blocks[0] ?? assert.fail(), {
    now: 0,
    random: () => 0,
    counter: 0,
    connection: () => undefined,
    readFile: () => Promise.resolve('notFound'),
  });
  assert.deepEqual(problems, []);
  assert.deepEqual(Buffer.from(plan?.payload ?? []), Buffer.from(payload), text);
}
