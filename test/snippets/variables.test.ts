import assert from 'node:assert/strict';
import { outcomeOf, payloadText, planOf } from './planning';

describe('Variables', () => {
  const values: readonly (readonly [text: string, value: string])[] = [
    ['{{device}}', 'bench-7'],
    ['{{ device }}', 'bench-7'],
    ['{{base}}', 'devices/bench-7'],
    ['{{own}}', 'own of devices/bench-7'],
    ['{{shadowed}}', 'block over file'],
    ['\\{{device}}', '{{device}}'],
    ['\\\\{{device}}', '\\{{device}}'],
    ['{{{object}}}', '{"a":1}'],
    ['{"a":{"b":{}}}', '{"a":{"b":{}}}'],
    ['{{text}}', '{{device}} stays'],
    ['{{empty}}', ''],
    ['{{$guid}}', '80808080-8080-4080-8080-808080808080'],
    ['{{$timestamp}}', '1767323045'],
    ['{{$timestampMs}}', '1767323045678'],
    ['{{$isoTimestamp}}', '2026-01-02T03:04:05.678Z'],
    ['{{$isoTimestamp -1h}}', '2026-01-02T02:04:05.678Z'],
    ['{{$isoTimestamp +250ms}}', '2026-01-02T03:04:05.928Z'],
    ['{{$isoTimestamp 2d}}', '2026-01-04T03:04:05.678Z'],
    ['{{$randomInt 0 4095}}', '2048'],
    ['{{$randomInt -3 -3}}', '-3'],
    ['{{$randomFloat 1 2}}', '1.5'],
    ['{{$randomFloat -0.5 0.5}}', '0'],
    ['{{$randomHex 4}}', '80808080'],
    ['{{$counter}}', '7'],
    ['{{$clientId}}', 'bench'],
  ];
  const definitions = [
    '@base = devices/{{device}}',
    '@device = bench-7',
    '@object = "a":1',
    '@text = \\{{device}} stays',
    '@shadowed = file',
    '@empty =',
    '### block',
    '@own = own of {{base}}',
    '@shadowed = block over {{shadowed}}',
    'PUBLISH t',
    '',
    '',
  ].join('\n');
  for (const [text, value] of values) {
    it(`replaces ${text} by ${value === '' ? 'nothing' : value}`, async () => {
      assert.equal(payloadText(await planOf(definitions + text)), value);
    });
  }

  it('gives a variable one value in one sending, and a built-in one each time it stands there', async () => {
    let calls = 0;
    const random = (): number => (calls++ % 16) / 16;
    const text =
      '@id = {{$randomHex 1}}\n### x\nPUBLISH {{id}}\n\n{{id}} {{id}} {{$randomHex 1}} {{$randomHex 1}}';
    const plan = await planOf(text, { random });
    assert.deepEqual([plan.topicName, payloadText(plan)], ['00', '00 00 10 20']);
  });

  it('takes both ends of $randomInt, and nothing beyond', async () => {
    const ends = await Promise.all(
      [0, 1 - 2 ** -53].map((value) => planOf('PUBLISH t\n\n{{$randomInt -2 9}}', { random: () => value })),
    );
    assert.deepEqual(ends.map(payloadText), ['-2', '9']);
  });

  it('refuses values that grow without end, without building them', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `@v${index} = ${`{{v${index + 1}}}`.repeat(10)}`);
    const { problems } = await outcomeOf(
      [...lines, '@v30 = 0123456789', '### x', 'PUBLISH a', '', '{{v0}}'].join('\n'),
    );
    assert.deepEqual(new Set(problems.map(({ code }) => code)), new Set(['valueTooLong']));
  });
});
