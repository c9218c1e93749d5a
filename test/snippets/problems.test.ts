import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from '../../src/snippets/parser';
import { describeProblem, severityOf } from '../../src/snippets/problems';
import { problemsOf } from '../../src/snippets/publishPlan';
import { outcomeOf, shown } from './planning';

describe('A PUBLISH block with a mistake', () => {
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
    [
      'variables inside one another without end',
      `${Array.from({ length: 3000 }, (_, index) => `@v${index} = {{v${index + 1}}}`).join('\n')}\n### x\nPUBLISH {{v0}}`,
      '64:8 variablesTooDeep "{{v64}}"',
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
      'a file of a workspace that is not trusted',
      'PUBLISH a\n\n< untrusted',
      '3:3 fileNotTrusted "untrusted"',
    ],
    ['a file beside one that is not saved', 'PUBLISH a\n\n< unsaved', '3:3 fileNotSaved "unsaved"'],
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
    ['a block that is skipped', '# @skip\nPUBLISH a', '1:3 skipped "@skip"'],
    [
      'a prompt, without asking for its variable to be defined a second time',
      '# @prompt who Who is it?\n# @tag x\nPUBLISH a/{{who}}\n\n{{who}}',
      '1:3 promptNotSupported "@prompt who Who is it?"',
    ],
    ['a prompt for nothing', '# @prompt\nPUBLISH a', '1:3 promptNotSupported "@prompt"'],
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

  it('says at which byte a topic has the null character', async () => {
    const { problems } = await outcomeOf('PUBLISH ä\0');
    assert.deepEqual(
      problems.map(({ code, details }) => [code, ...details]),
      [['violation', 'nullCharacter', '2']],
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

  it('tell of metadata that has no effect, and of that which does not exist', () => {
    const document = parse(
      [
        '# @name led',
        '# @note really?',
        '# @skip',
        '# @repeat 100 every 250ms',
        '# @delay 5s',
        '# @test led',
        '# @tag bench',
        '# @nonsense',
        '# @prompt who Who?',
        'PUBLISH a/{{who}}',
        '### only metadata',
        '// @Repeat 2',
      ].join('\n'),
    );
    assert.deepEqual(
      problemsOf(document).map((found) => [shown(document, found), severityOf(found)]),
      [
        ['4:3 metadataNotSupported "@repeat 100 every 250ms"', 'warning'],
        ['5:3 metadataNotSupported "@delay 5s"', 'warning'],
        ['6:3 metadataNotSupported "@test led"', 'warning'],
        ['7:3 metadataNotSupported "@tag bench"', 'warning'],
        ['8:3 unknownMetadata "@nonsense"', 'warning'],
        ['9:3 promptNotSupported "@prompt who Who?"', 'error'],
        ['12:4 unknownMetadata "@Repeat 2"', 'warning'],
      ],
    );
    assert.equal(
      describeProblem(problemsOf(document)[0] ?? assert.fail()),
      "'@repeat' has no effect yet: the message is sent once.",
    );
  });

  it('do not keep a message from being sent where they are warnings', async () => {
    const { plan } = await outcomeOf('# @repeat 2\n# @nonsense\nPUBLISH a');
    assert.equal(plan?.topicName, 'a');
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
        '# @prompt ',
        '# @repeat',
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
