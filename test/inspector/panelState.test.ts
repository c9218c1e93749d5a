import assert from 'node:assert/strict';
import { mostFilters, parseLastChoices, withChoices } from '../../src/inspector/lastChoices';
import { parsePanelState, type PanelState } from '../../src/inspector/panelState';

describe('parsePanelState', () => {
  const whole: PanelState = {
    selected: { sequence: 7, at: 1.5 },
    top: 3,
    following: false,
    payloadMode: 'hex',
    splits: { list: 0.4 },
    tab: 'timeline',
    columns: { widths: { client: 20 }, hidden: ['number'] },
    timeMode: 'since',
    reference: { sequence: 2, at: 1 },
    chart: [{ client: 'bench', direction: 'in', topic: 'a', path: 'payload.t' }],
    openedFor: 'client == "bench"',
  };

  it('reads what it kept', () => {
    assert.deepEqual(parsePanelState(JSON.parse(JSON.stringify(whole))), whole);
  });

  const others: [string, unknown, PanelState][] = [
    ['nothing', undefined, {}],
    ['null', null, {}],
    ['a number', 7, {}],
    ['a selection of an earlier form', { selected: 7, following: true }, { following: true }],
    ['fields of other types', { following: 'yes', top: '3', payloadMode: 1, splits: 2 }, {}],
    [
      'columns of other types',
      { columns: { widths: { client: 'wide', time: 9 }, hidden: [1, 'time'] }, reference: 3 },
      { columns: { widths: { time: 9 }, hidden: ['time'] } },
    ],
    [
      'sizes that are no fractions',
      { splits: { list: 0.5, fields: 7, bytes: '0.5', none: 0, all: 1 } },
      { splits: { list: 0.5 } },
    ],
  ];
  for (const [name, kept, state] of others) {
    it(`takes what it can use of ${name}`, () => assert.deepEqual(parsePanelState(kept), state));
  }
});

describe('What was chosen last', () => {
  it('is the columns of the panel that chose, and the filters of all, the newest first', () => {
    const columns = { widths: { client: 20 }, hidden: ['number'] };
    const before = withChoices({ filterHistory: ['a', 'b'] }, { columns });
    assert.deepEqual(before, { columns, filterHistory: ['a', 'b'] });
    const others = { widths: {}, hidden: [] };
    assert.deepEqual(withChoices(before, { columns: others, filterHistory: ['c', 'b'] }), {
      columns: others,
      filterHistory: ['c', 'b', 'a'],
    });
    const many = Array.from({ length: 100 }, (_, index) => `f${index}`);
    assert.equal(withChoices({}, { filterHistory: many }).filterHistory?.length, mostFilters);
  });

  it('is read back as far as it can be used', () => {
    assert.deepEqual(parseLastChoices(undefined), {});
    assert.deepEqual(parseLastChoices({ columns: 7, filterHistory: ['a', 1], tab: 'chart' }), {
      filterHistory: ['a'],
    });
  });
});
