import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/base/utf8';
import { toHex } from '../../src/base/bytes';
import { parse } from '../../src/snippets/parser';
import { describeProblem, type SnippetProblem } from '../../src/snippets/problems';
import {
  problemsOf,
  publishPlan,
  type PublishOutcome,
  type PublishPlan,
  type PublishScope,
} from '../../src/snippets/publishPlan';
import { positionAt, type SnippetDocument } from '../../src/snippets/syntax';

const files: Readonly<Record<string, Uint8Array>> = {
  './build/firmware.bin': Uint8Array.from({ length: 256 }, (_, index) => index),
  'device.json': encodeUtf8('{"id": "{{device}}"}'),
  'broken.json': encodeUtf8('{"id": '),
};

const scope: PublishScope = {
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  random: () => 0.5,
  counter: 7,
  connection: (profile) => ({ clientIdentifier: profile ?? 'bench', version: profile === 'old' ? 4 : 5 }),
  readFile: (path) => Promise.resolve(files[path] ?? (path === 'locked' ? 'notReadable' : 'notFound')),
};

/** The outcome for the last block of a file. */
async function outcomeOf(text: string, changed: Partial<PublishScope> = {}): Promise<PublishOutcome> {
  const document = parse(text);
  return publishPlan(document, document.blocks[document.blocks.length - 1] ?? assert.fail('no block'), {
    ...scope,
    ...changed,
  });
}

async function planOf(text: string, changed: Partial<PublishScope> = {}): Promise<PublishPlan> {
  const { plan, problems } = await outcomeOf(text, changed);
  return plan ?? assert.fail(problems.map(describeProblem).join('; '));
}

const payloadText = ({ payload }: PublishPlan): string => new TextDecoder().decode(payload);

/** `line:column code "text"`, lines and columns from 1. */
function shown(document: SnippetDocument, { code, start, end }: SnippetProblem): string {
  const { line, column } = positionAt(document, start);
  return `${line + 1}:${column + 1} ${code} ${JSON.stringify(document.text.slice(start, end))}`;
}

describe('The plan of a PUBLISH block', () => {
  it('is QoS 0, not retained and without properties where nothing else is said', async () => {
    assert.deepEqual(await planOf('PUBLISH a/b\n\nhello'), {
      topicName: 'a/b',
      payload: new TextEncoder().encode('hello'),
      qos: 0,
      retain: false,
      connection: undefined,
      properties: {},
      note: undefined,
    });
  });

  it('takes every header', async () => {
    const plan = await planOf(
      [
        '# @note really?',
        'PUBLISH a/b',
        'qos: 2',
        'RETAIN: True',
        'Connection: staging',
        'Content-Type: application/json',
        'Response-Topic: answer/{{$clientId}}',
        'Correlation-Data: hex:DE AD',
        'Message-Expiry-Interval: 4294967295',
        'Payload-Format-Indicator: 1',
        'Topic-Alias: 9',
        'User-Property: source=workbench',
        'User-Property: source = a=b ',
      ].join('\n'),
    );
    assert.deepEqual(plan, {
      topicName: 'a/b',
      payload: new Uint8Array(0),
      qos: 2,
      retain: true,
      connection: 'staging',
      properties: {
        contentType: 'application/json',
        responseTopic: 'answer/staging',
        correlationData: Uint8Array.of(0xde, 0xad),
        messageExpiryInterval: 0xffff_ffff,
        payloadFormatIndicator: 1,
        topicAlias: 9,
        userProperties: [
          ['source', 'workbench'],
          ['source', 'a=b'],
        ],
      },
      note: 'really?',
    });
  });

  const correlations: readonly (readonly [string, string])[] = [
    ['plain: text', toHex(encodeUtf8('plain: text'))],
    ['base64:3q0=', 'dead'],
    ['HEX:00ff', '00ff'],
    ['hexagon', toHex(encodeUtf8('hexagon'))],
  ];
  for (const [value, hex] of correlations) {
    it(`takes Correlation-Data ${value} for ${hex}`, async () => {
      const { properties } = await planOf(`PUBLISH a\nCorrelation-Data: ${value}`);
      assert.equal(toHex(properties.correlationData ?? assert.fail('no data')), hex);
    });
  }

  const payloads: readonly (readonly [name: string, block: string, hex: string])[] = [
    ['text with its line endings', 'PUBLISH a\r\n\r\none\r\ntwo\n\r\n', toHex(encodeUtf8('one\r\ntwo'))],
    ['characters beyond ASCII as UTF-8', 'PUBLISH a\n\nä😀', 'c3a4f09f9880'],
    [
      'JSON as it is written',
      'PUBLISH a\nBody: json\n\n{ "a" : 1.0 ,\n"a":[]}',
      toHex(encodeUtf8('{ "a" : 1.0 ,\n"a":[]}')),
    ],
    ['hexadecimal digits', 'PUBLISH a\nBody: hex\n\nDE ad BEEF\n  00 01\n', 'deadbeef0001'],
    ['Base64', 'PUBLISH a\nBody: base64\n\n3q2+\n7wAB', 'deadbeef0001'],
    [
      'the bytes of a file',
      'PUBLISH a\n\n< ./build/firmware.bin\n\n',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'the bytes of a file whatever the body is said to be',
      'PUBLISH a\nBody: hex\n\n<  ./build/firmware.bin ',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'a file at a path with variables',
      '@dir = build\n### x\nPUBLISH a\n\n< ./{{dir}}/firmware.bin',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'a file with its variables as they are',
      'PUBLISH a\nBody: json\n\n< device.json',
      toHex(encodeUtf8('{"id": "{{device}}"}')),
    ],
    [
      'a file with its variables replaced',
      '@device = d1\n### x\nPUBLISH a\nBody: json\n\n<@ device.json',
      toHex(encodeUtf8('{"id": "d1"}')),
    ],
    [
      'a line that begins like a file and is none',
      'PUBLISH a\n\n<b>bold</b>',
      toHex(encodeUtf8('<b>bold</b>')),
    ],
    ['two lines of which one looks like a file', 'PUBLISH a\n\n< a\n< b', toHex(encodeUtf8('< a\n< b'))],
  ];
  for (const [name, block, hex] of payloads) {
    it(`sends ${name}`, async () => assert.equal(toHex((await planOf(block)).payload), hex));
  }

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

  const refused: readonly (readonly [name: string, file: string, ...problems: readonly string[]])[] = [
    [
      'an unknown variable',
      'PUBLISH a/{{who}}\n\n{{who}}',
      '1:11 unknownVariable "{{who}}"',
      '3:1 unknownVariable "{{who}}"',
    ],
    [
      'an unknown variable in the value of another',
      '@a = {{b}}\n### x\nPUBLISH {{a}}\n\n{{a}}',
      '1:6 unknownVariable "{{b}}"',
    ],
    [
      'a variable that is its own value',
      '@a = {{b}}\n@b = {{a}}\n### x\nPUBLISH {{a}}',
      '2:6 variableCycle "{{a}}"',
    ],
    ['a reference without its end', 'PUBLISH a\n\n{{b\n}}', '3:1 unclosedReference "{{"'],
    ['an unknown built-in', 'PUBLISH a\n\n{{$now}}', '3:1 unknownBuiltIn "{{$now}}"'],
    [
      'a variable of a later version',
      'PUBLISH a\n\n{{$env HOME}}',
      '3:1 variableNotSupported "{{$env HOME}}"',
    ],
    [
      'a reference to a message',
      'PUBLISH a\n\n{{led.payload.on}}',
      '3:1 variableNotSupported "{{led.payload.on}}"',
    ],
    ['$randomInt without its limits', 'PUBLISH a\n\n{{$randomInt}}', '3:1 badArguments "{{$randomInt}}"'],
    [
      'limits the wrong way round',
      'PUBLISH a\n\n{{$randomInt 2 1}}',
      '3:1 badArguments "{{$randomInt 2 1}}"',
    ],
    ['too many random bytes', 'PUBLISH a\n\n{{$randomHex 65537}}', '3:1 badArguments "{{$randomHex 65537}}"'],
    [
      'a time beyond all calendars',
      'PUBLISH a\n\n{{$isoTimestamp 99999999999d}}',
      '3:1 badArguments "{{$isoTimestamp 99999999999d}}"',
    ],
    ['an argument to what takes none', 'PUBLISH a\n\n{{$guid 1}}', '3:1 badArguments "{{$guid 1}}"'],
    ['a topic that is missing', 'PUBLISH\n\nx', '1:1 missingTopic "PUBLISH"'],
    ['a wildcard in the topic', '### x\nPUBLISH a/+/b', '2:9 violation "a/+/b"'],
    ['a wildcard that a variable brings', '@a = #\n### x\nPUBLISH {{a}}', '3:9 violation "{{a}}"'],
    ['a topic that is empty in the end', '@a =\n### x\nPUBLISH {{a}}', '3:9 violation "{{a}}"'],
    ['a wildcard in Response-Topic', 'PUBLISH a\nResponse-Topic: a/#', '2:17 violation "a/#"'],
    ['QoS 3', 'PUBLISH a\nQoS: 3', '2:6 notANumber "3"'],
    ['QoS without a number', 'PUBLISH a\nQoS:', '2:1 notANumber "QoS"'],
    [
      'a Message Expiry Interval of 33 bits',
      'PUBLISH a\nMessage-Expiry-Interval: 4294967296',
      '2:26 notANumber "4294967296"',
    ],
    ['Topic Alias 0', 'PUBLISH a\nTopic-Alias: 0', '2:14 notANumber "0"'],
    ['Retain: yes', 'PUBLISH a\nRetain: yes', '2:9 notAnOption "yes"'],
    ['a Connection without a name', 'PUBLISH a\nConnection:', '2:1 emptyValue "Connection"'],
    ['a User-Property without a value', 'PUBLISH a\nUser-Property: a', '2:16 notAPair "a"'],
    ['Correlation-Data of half a byte', 'PUBLISH a\nCorrelation-Data: hex:abc', '2:19 oddHex "hex:abc"'],
    ['an unknown header', 'PUBLISH a\nQuality: 1', '2:1 unknownHeader "Quality"'],
    ['a header given twice', 'PUBLISH a\nQoS: 1\nqos: 1', '3:1 duplicateHeader "qos"'],
    [
      'a header of MQTT 5 on an older connection',
      'PUBLISH a\nConnection: old\nContent-Type: x',
      '3:1 headerNeedsVersion5 "Content-Type"',
    ],
    ['a body of an unknown format', 'PUBLISH a\nBody: yaml\n\nx', '2:7 notAnOption "yaml"'],
    [
      'a body of a later version’s format',
      'PUBLISH a\nBody: struct(a.h#t)\n\n{}',
      '2:7 bodyFormatNotSupported "struct(a.h#t)"',
    ],
    ['a body that is no JSON', 'PUBLISH a\nBody: json\n\n{"a": 1,\n "b" 2}', '5:6 badJson "2"'],
    [
      'JSON that a variable breaks',
      '@v = ]\n### x\nPUBLISH a\nBody: json\n\n{"a": {{v}} }',
      '6:7 badJson "{{v}}"',
    ],
    ['JSON that ends early', 'PUBLISH a\nBody: json\n\n{"a": 1', '4:8 badJson ""'],
    ['a digit that is none', 'PUBLISH a\nBody: hex\n\nDE AD\nBE xF', '5:4 badHex "x"'],
    ['half a byte', 'PUBLISH a\nBody: hex\n\nDE A DB EEF', '4:4 oddHex "A"'],
    [
      'a digit that a variable brings',
      '@v = zz\n### x\nPUBLISH a\nBody: hex\n\nDE {{v}}',
      '6:4 badHex "{{v}}"',
    ],
    ['what is no Base64', 'PUBLISH a\nBody: base64\n\n3q=0', '4:4 badBase64 "0"'],
    ['a file that is not there', 'PUBLISH a\n\n< no/such.bin', '3:3 fileNotFound "no/such.bin"'],
    ['a file that cannot be read', 'PUBLISH a\n\n<@ locked', '3:4 fileNotReadable "locked"'],
    [
      'bytes where variables should be replaced',
      'PUBLISH a\n\n<@ ./build/firmware.bin',
      '3:4 fileNotText "./build/firmware.bin"',
    ],
    ['a file that is no JSON', 'PUBLISH a\nBody: json\n\n< broken.json', '4:3 badJson "broken.json"'],
    ['an unknown variable in a file', 'PUBLISH a\n\n<@ device.json', '3:4 unknownVariable "device.json"'],
    ['an unknown variable in a path', 'PUBLISH a\n\n< {{who}}.bin', '3:3 unknownVariable "{{who}}"'],
    ['what is no header', 'PUBLISH a\n{}', '2:1 malformedHeader "{}"'],
    ['a verb of a later version', 'EXPECT a/#\nWithin: 2s', '1:1 verbNotSupported "EXPECT"'],
    ['a verb that is none', 'SEND a', '1:1 unknownVerb "SEND"'],
    ['a block without a request', '### x\n# nothing', '1:1 noRequest ""'],
  ];
  for (const [name, file, ...expected] of refused) {
    it(`refuses ${name} and says where`, async () => {
      const { plan, problems } = await outcomeOf(file);
      assert.equal(plan, undefined);
      const document = parse(file);
      assert.deepEqual(
        problems.map((found) => shown(document, found)),
        expected,
      );
      for (const found of problems) assert.match(describeProblem(found), /^[^\n]+\.$/);
    });
  }

  it('refuses $clientId where there is no connection', async () => {
    const { problems } = await outcomeOf('PUBLISH a\n\n{{$clientId}}', { connection: () => undefined });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['noConnection'],
    );
  });

  it('refuses a topic and a property of more than 65,535 bytes', async () => {
    for (const text of [`PUBLISH ${'ä'.repeat(32_768)}`, `PUBLISH a\nContent-Type: ${'x'.repeat(65_536)}`]) {
      const { problems } = await outcomeOf(text);
      assert.deepEqual(
        problems.map(({ code, details }) => [code, ...details]),
        [['stringTooLong', '65536']],
      );
    }
  });

  it('refuses values that grow without end, without building them', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `@v${index} = ${`{{v${index + 1}}}`.repeat(10)}`);
    const { problems } = await outcomeOf(
      [...lines, '@v30 = 0123456789', '### x', 'PUBLISH a', '', '{{v0}}'].join('\n'),
    );
    assert.deepEqual(new Set(problems.map(({ code }) => code)), new Set(['valueTooLong']));
  });

  it('sends nothing because of a warning', async () => {
    assert.equal(payloadText(await planOf('@a = 1\n@a = 2\nPUBLISH t\n\n{{a}}')), '2');
  });
});

describe('The problems of a .mqtt file', () => {
  it('are those of all its blocks, each once, in the order of the file', () => {
    const text = [
      '@a = {{nobody}}',
      'PUBLISH x/{{a}}',
      '### two',
      'PUBLISH y/{{a}}/#',
      'QoS: 9',
      '### three',
      'EXPECT y/#',
      'Within: 2s',
      '### four',
      'NOTHING',
      '### five',
      '# only a comment',
      '### six',
      'PUBLISH z/{{$guid}}/{{$clientId}}',
      'Body: json',
      '',
      '[{{$randomInt 1 2}}, {{$counter}}, {{$timestamp}}]',
      '### seven',
      'PUBLISH w',
      '',
      '< no/such.file',
    ].join('\n');
    const document = parse(text);
    assert.deepEqual(
      problemsOf(document).map((found) => shown(document, found)),
      [
        '1:6 unknownVariable "{{nobody}}"',
        '5:6 notANumber "9"',
        '7:1 verbNotSupported "EXPECT"',
        '10:1 unknownVerb "NOTHING"',
      ],
    );
  });

  it('never throw and lie inside the file, whatever it holds', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '### ',
        '\n',
        '\r\n',
        '\n\n',
        'PUBLISH ',
        '@a = ',
        '{{a}}',
        '{{',
        '}}',
        '\\',
        '$guid',
        '{{$randomInt 1 ',
        'Body: json\n',
        'Body: hex\n',
        'Body: base64\n',
        'QoS: ',
        'Correlation-Data: hex:',
        '< ',
        '"',
        '1',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        for (const { start, end } of problemsOf(parse(text)))
          assert.ok(start >= 0 && start <= end && end <= text.length);
      }),
      { numRuns: 1000 },
    );
  });
});
