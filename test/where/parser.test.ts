import assert from 'node:assert/strict';
import fc from 'fast-check';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import { completionsAt } from '../../src/where/completion';
import { fieldNames, operatorTable } from '../../src/where/fieldTable';
import { parseWhere } from '../../src/where/parser';
import { tokens } from '../../src/where/tokens';
import { describeWhereProblem } from '../../src/where/whereProblem';

/** The expression with the problem's characters in ‹›, and its sentence; undefined where it is one. */
function problemOf(text: string): string | undefined {
  const parsed = parseWhere(text, whereVocabulary);
  if ('expression' in parsed) return undefined;
  const { problem } = parsed;
  const { start, end } = problem;
  return `${text.slice(0, start)}‹${text.slice(start, end)}›${text.slice(end)}  ${describeWhereProblem(problem)}`;
}

describe('An expression', () => {
  const good = [
    'payload.on == true',
    'retain == false',
    'payload.path[0].x >= -1.5e3 and not (qos == 0 or qos == 2)',
    'payload["a b"].c[3]["d"] != null',
    `text contains 'it''`.replace("''", "'"),
    'hex == "de ad BE ef"',
    'topic ~ "devices/+/state" and topic[1] == "bench-7"',
    'property.contentType == "application/json" and property.user.my-name exists',
    'property.user["a b"] contains "x" or property.messageExpiryInterval < 60',
    'packet == publish and direction != sent',
    'reason >= 0x80 or reason == "not authorized"',
    'violation exists and time > "14:02:11" and time <= "2026-11-22T14:02:11.5Z"',
    'topic matches /^devices\\/\\d+/i and text matches "^v\\d+"',
    'payload == 123456789012345678901234567890',
  ];
  for (const text of good) {
    it(`is ${text}`, () => assert.equal(problemOf(text), undefined));
  }

  const bad: Readonly<Record<string, string>> = {
    '': '‹›  A field, “not” or “(” is missing here.',
    qos: 'qos‹›  An operator after qos, such as == or !=, is missing here.',
    'qos ==': 'qos ==‹›  A number is missing here.',
    'qos = 1': 'qos ‹=› 1  Write == in place of =.',
    'qos == 1 && retain == true': 'qos == 1 ‹&&› retain == true  Write and in place of &&.',
    '!retain': '‹!›retain  Write not in place of !.',
    'topic ~ a/b': 'topic ~ ‹a/b›  topic is compared with a text in quotes: write "a/b".',
    '(topic ~ /a/+/b) or qos == 1':
      '(topic ~ ‹/a/+/b›) or qos == 1  topic is compared with a text in quotes: write "/a/+/b".',
    'topic ~ # and qos == 1': 'topic ~ ‹#› and qos == 1  topic is compared with a text in quotes: write "#".',
    'topic ~ $SYS/# and qos == 1':
      'topic ~ ‹$SYS/#› and qos == 1  topic is compared with a text in quotes: write "$SYS/#".',
    'client == esp-1.local':
      'client == ‹esp-1.local›  client is compared with a text in quotes: write "esp-1.local".',
    'topic contains 10.0.0.7':
      'topic contains ‹10.0.0.7›  topic is compared with a text in quotes: write "10.0.0.7".',
    'topic == "a': 'topic == ‹"a›  The closing " is missing.',
    'topic == == ': 'topic == ‹==›   topic is compared with a text in quotes.',
    'packet == PUBACK, qos == 1': 'packet == PUBACK‹,› qos == 1  “and” or “or” is expected here, not ,.',
    'time > 14:02 and qos == 1':
      'time > ‹14:02› and qos == 1  time is compared with a time in quotes, such as "14:02:11" or "2026-11-22T14:02:11": write "14:02".',
    'qos == 1 AND dup == true': 'qos == 1 ‹AND› dup == true  Write and in place of AND.',
    '(qos == 1 Or dup == true)': '(qos == 1 ‹Or› dup == true)  Write or in place of Or.',
    'qos == 1 and NOT dup == true': 'qos == 1 and ‹NOT› dup == true  Write not in place of NOT.',
    'dup == True': 'dup == ‹True›  Write true in place of True.',
    'payload.on != NULL': 'payload.on != ‹NULL›  Write null in place of NULL.',
    'payload.0 == 1': 'payload‹.0› == 1  Write [0] in place of .0.',
    'payload.items.0.x == 1': 'payload.items‹.0›.x == 1  Write [0] in place of .0.',
    'payload.a.1.2 == 1': 'payload.a‹.1.2› == 1  Write [1][2] in place of .1.2.',
    'topic == “a b” and qos == 1': 'topic == ‹“a b”› and qos == 1  Write "a b" in place of “a b”.',
    'payload[„a“] == 1': 'payload[‹„a“›] == 1  Write "a" in place of „a“.',
    'qoss == 1': '‹qoss› == 1  There is no field “qoss”; did you mean qos?',
    'tpoic == "a"': '‹tpoic› == "a"  There is no field “tpoic”; did you mean topic?',
    'qos == "1"': 'qos == ‹"1"›  qos is compared with a number.',
    'qos == 1 retain': 'qos == 1 ‹retain›  “and” or “or” is expected here, not retain.',
    '(qos == 1': '(qos == 1‹›  “and”, “or” or “)” is missing here.',
    'qos == 1)': 'qos == 1‹)›  “and” or “or” is expected here, not ).',
    'qos contains 1': 'qos ‹contains› 1  “contains” does not go with qos; these do: == != < <= > >= exists.',
    'topic == bench': 'topic == ‹bench›  topic is compared with a text in quotes: write "bench".',
    'packet == PUBISH':
      'packet == ‹PUBISH›  “PUBISH” is none of its values: CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH, unframed, incomplete, note, RESERVED.',
    'text contains "abc': 'text contains ‹"abc›  The closing " is missing.',
    'hex contains "abc"':
      'hex contains ‹"abc"›  hex is compared with whole bytes as hexadecimal digits in quotes, such as "de ad".',
    'topic ~ "a/#/b"':
      'topic ~ ‹"a/#/b"›  This is no Topic Filter: In the Topic Filter "a/#/b" the # is not a whole last level.',
    'topic[1] ~ "a"':
      'topic[1] ‹~› "a"  “~” does not go with topic; these do: ~ == != contains matches < <= > >= exists.',
    'topic[x] == "a"': 'topic[‹x›] == "a"  The number of a level, from 0 on, is expected here, not x.',
    'topic matches "a(b"':
      'topic matches "a‹(›b"  The regular expression cannot be used: this \'(\' is not closed.',
    'topic matches /a/g':
      'topic matches /a/‹g›  The regular expression cannot be used: of the flags only i is known.',
    'property.contentTyp exists':
      'property.‹contentTyp› exists  MQTT 5.0 has no property “contentTyp”; did you mean contentType?',
    'property exists':
      'property ‹exists›  The name of a property, such as contentType or user.name, is expected here, not exists.',
    'time > "25:00"':
      'time > ‹"25:00"›  time is compared with a time in quotes, such as "14:02:11" or "2026-11-22T14:02:11".',
    'reason == "nothing"':
      'reason == ‹"nothing"›  reason is compared with a Reason Code such as 0x87, or its name in quotes.',
    'payload. == 1': 'payload. ‹==› 1  The name of a member is expected here, not ==.',
  };
  for (const [text, problem] of Object.entries(bad)) {
    it(`is not ${text === '' ? 'nothing' : text}`, () => assert.equal(problemOf(text), problem));
  }

  it('is bounded in its length and its depth', () => {
    assert.match(problemOf(`text == "${'a'.repeat(5000)}"`) ?? '', /4,096 characters/);
    assert.match(problemOf(`${'('.repeat(200)}qos == 1`) ?? '', /too deep/);
    assert.equal(problemOf(Array.from({ length: 300 }, () => 'qos == 1').join(' or ')), undefined);
  });

  const words = fc.constantFrom(
    ...fieldNames,
    ...Object.keys(operatorTable),
    ...[
      'and',
      'or',
      'not',
      '(',
      ')',
      '[',
      ']',
      '.',
      '"',
      "'",
      '/',
      '"a/b"',
      '1',
      '0x',
      '-1',
      'true',
      'null',
      '/a(/',
      '=',
      '&&',
      'é',
      '\\',
      '😀',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(words, { maxLength: 14 }).map((list) => list.join(' ')),
    fc.array(words, { maxLength: 14 }).map((list) => list.join('')),
  );

  it('is any text, or the text has a problem at some of its characters; what can stand at a place never throws', () => {
    fc.assert(
      fc.property(text, fc.nat(60), (written, at) => {
        const parsed = parseWhere(written, whereVocabulary);
        const offset = Math.min(at, written.length);
        const known = { clients: [{ name: 'bench', description: 'connection' }], topics: ['a/b'] };
        const { start, end, items } = completionsAt(written, offset, whereVocabulary, known);
        assert.ok(0 <= start && start <= offset && offset <= end && end <= written.length);
        assert.ok(items.length <= 100);
        if ('expression' in parsed) return;
        const { problem } = parsed;
        assert.ok(0 <= problem.start && problem.start <= problem.end && problem.end <= written.length);
        assert.match(describeWhereProblem(problem), /[.?]$/);
      }),
      { numRuns: 3000 },
    );
  });

  it('has every character that is no white space in one of its tokens', () => {
    fc.assert(
      fc.property(text, (written) => {
        let before = 0;
        for (const { start, end } of tokens(written)) {
          assert.equal(written.slice(before, start).trim(), '');
          before = end;
        }
        assert.equal(before, written.length);
      }),
    );
  });
});
