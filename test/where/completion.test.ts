import assert from 'node:assert/strict';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import { completionsAt } from '../../src/where/completion';
import { fieldNames } from '../../src/where/fieldTable';
import { parseWhere } from '../../src/where/parser';

const clients = ['bench', 'esp32-7f2a'].map((name) => ({ name, description: 'connection' }));
const known = { clients, topics: ['devices/7/state', 'status'] };

/** Completions at the bar, with what the expression becomes with the first of them. */
function complete(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { start, end, items } = completionsAt(text, offset, whereVocabulary, known);
  const [first] = items;
  return {
    labels: items.map(({ label }) => label),
    with: first && text.slice(0, start) + first.insert + text.slice(end),
    items,
  };
}

describe('Completion of an expression', () => {
  it('offers the fields with their meaning where a term begins', () => {
    assert.deepEqual(complete('|').labels, [...fieldNames, 'not']);
    assert.deepEqual(complete('(|').labels, [...fieldNames, 'not']);
    assert.deepEqual(complete('qos == 1 and |').labels, [...fieldNames, 'not']);
    assert.ok(complete('|').items.every(({ description }) => description.length > 0));
  });

  const cases: readonly (readonly [
    marked: string,
    labels: readonly string[],
    becomes: string | undefined,
  ])[] = [
    ['to|', ['topic'], 'topic'],
    ['qos == 1 and reta|', ['retain'], 'qos == 1 and retain'],
    ['topic |', ['~', '==', '!=', 'contains', 'matches', '<', '<=', '>', '>=', 'exists'], 'topic ~'],
    ['topic[1] cont|', ['contains'], 'topic[1] contains'],
    ['qos =|', ['==', '!=', '<=', '>='], 'qos =='],
    ['retain == |', ['true', 'false'], 'retain == true'],
    ['retain == f|', ['false'], 'retain == false'],
    ['direction == |', ['in', 'out', 'decoded'], 'direction == in'],
    ['packet == pub|', ['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'], 'packet == PUBLISH'],
    [
      'packet == pub|xyz and qos == 1',
      ['PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'],
      'packet == PUBLISH and qos == 1',
    ],
    ['client == |', ['bench', 'esp32-7f2a'], 'client == "bench"'],
    ['client == "esp|', ['esp32-7f2a'], 'client == "esp32-7f2a"'],
    ['client == "esp|32" and qos == 1', ['esp32-7f2a'], 'client == "esp32-7f2a" and qos == 1'],
    ['topic ~ "dev|', ['devices/7/state'], 'topic ~ "devices/7/state"'],
    ['reason == not auth|', [], undefined],
    ['reason == "Not auth|', ['0x87'], 'reason == 0x87'],
    ['property.cont|', ['contentType'], 'property.contentType'],
    ['property.us|', ['user'], 'property.user.'],
    ['qos == 1 |', ['and', 'or'], 'qos == 1 and'],
    ['(qos == 1 o|', ['or'], '(qos == 1 or'],
    ['payload.|', [], undefined],
    ['text contains "a|', [], undefined],
    ['text matches |', [], undefined],
    ['qos = 1 and |', [], undefined],
  ];
  for (const [marked, labels, becomes] of cases) {
    it(`at ${marked}`, () => {
      const found = complete(marked);
      assert.deepEqual(found.labels, labels);
      assert.equal(found.with, becomes);
    });
  }

  it('offers the names of violations, and nothing that is no value there', () => {
    const { items } = complete('violation == |');
    assert.ok(items.length > 20);
    for (const { insert } of items) {
      assert.ok('expression' in parseWhere(`violation == ${insert}`, whereVocabulary), insert);
    }
  });
});
