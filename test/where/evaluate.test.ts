import assert from 'node:assert/strict';
import { topicMatches } from '../../src/protocol/topics';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import type { FieldReference } from '../../src/where/expression';
import { fieldsOf, holds, type FieldValue } from '../../src/where/evaluate';
import { parseWhere } from '../../src/where/parser';

type Values = Readonly<Record<string, readonly FieldValue[]>>;

/** Values by what is written before the operator. */
function evaluate(text: string, values: Values, topic = ''): boolean {
  const parsed = parseWhere(text, whereVocabulary);
  assert.ok('expression' in parsed, text);
  return holds(parsed.expression, {
    values: ({ name, path }: FieldReference) => values[[name, ...path].join('.')] ?? [],
    isMatchedBy: (topicFilter) => topicMatches(topicFilter, topic),
  });
}

const noon = new Date(2026, 10, 22, 12, 0, 30, 500).getTime();

describe('An expression holds', () => {
  const values: Values = {
    qos: [1],
    retain: [false],
    'payload.on': [true],
    'payload.big': [9007199254740993n],
    'payload.list': [[1, 'a', 2n]],
    'payload.object': [{ key: 1 }],
    'payload.none': [null],
    text: ['{"on":true}'],
    hex: ['0aadbe0d0ab00ab0'],
    'property.user.source': ['workbench', 'test'],
    reason: [0x87, 'Not authorized'],
    time: [noon],
    'time.day': [(12 * 60 * 60 + 30) * 1000 + 500],
  };
  const cases: Readonly<Record<string, boolean>> = {
    'qos == 1': true,
    'qos != 1': false,
    'qos < 2 and retain == false': true,
    'qos == 2 or payload.on == true': true,
    'qos == 2 or qos == 1 and retain == true': false,
    'not qos == 2': true,
    'not (qos == 1 and retain == false)': false,
    'payload.off == true': false,
    'payload.off != true': false,
    'not payload.off exists': true,
    'payload.none exists and payload.none == null': true,
    'payload.on == 1': false,
    'payload.on != 1': true,
    'payload.big == 9007199254740993': true,
    'payload.big == 9007199254740992': false,
    'payload.big > 1.5': true,
    'payload.list contains 2 and payload.list contains "a"': true,
    'payload.list contains 3': false,
    'payload.object contains "key"': true,
    'payload.object contains "constructor"': false,
    'text contains "on"': true,
    'text contains "ON"': false,
    'text matches /ON/i': true,
    'text matches "^.\\"on"': true,
    'text >= "{"': true,
    'hex contains "ad be"': true,
    'hex contains "aa"': false,
    'hex contains "d0"': false,
    'hex contains "ab"': false,
    'property.user.source == "test"': true,
    'property.user.source != "test"': false,
    'property.user.source != "other"': true,
    'reason >= 0x80': true,
    'reason == "not authorized"': true,
    'reason contains "auth"': true,
    'topic ~ "devices/+/state"': true,
    'topic ~ "devices/+"': false,
    'time > "12:00:30"': true,
    'time == "12:00:30"': true,
    'time == "12:00"': true,
    'time == "12:01"': false,
    'time != "12:00:30"': false,
    'time <= "12:00:30"': true,
    'time < "2026-11-22T12:00:31"': true,
    'time >= "2026-11-23"': false,
    'time == "2026-11-22"': true,
    'violation exists': false,
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(`${expected ? '' : 'not '}with ${text}`, () => {
      assert.equal(evaluate(text, values, 'devices/7/state'), expected);
    });
  }

  it('and names the fields it asks for', () => {
    const parsed = parseWhere('not (qos == 1 or topic ~ "a") and payload.x[1] exists', whereVocabulary);
    assert.ok('expression' in parsed);
    assert.deepEqual(
      fieldsOf(parsed.expression).map(({ name, path }) => [name, ...path].join('.')),
      ['qos', 'topic', 'payload.x.1'],
    );
  });
});
