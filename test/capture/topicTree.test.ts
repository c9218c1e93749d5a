import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TopicLevel } from '../../src/capture/topicLevel';
import { TopicTree, type TopicMessage } from '../../src/capture/topicTree';
import { encodeUtf8 } from '../../src/base/utf8';
import { topicMatches } from '../../src/protocol/topics';

function message(topicName: string, payload = 'x', more: Partial<TopicMessage> = {}): TopicMessage {
  return { topicName, payload: encodeUtf8(payload), qos: 0, retain: false, at: 1000, ...more };
}

/** The tree as text: a line for each filter and level, with the count and value of topics. */
function outline(tree: TopicTree): string[] {
  const lines: string[] = [];
  const add = (levels: ReadonlyMap<string, TopicLevel>, indent: string): void => {
    for (const { name, count, value, levels: below } of levels.values()) {
      const shown = value
        ? ` ${count} ${String.fromCharCode(...value.payload)}${value.retain ? ' R' : ''}`
        : '';
      lines.push(`${indent}${name}${shown}`);
      add(below, `${indent}  `);
    }
  };
  for (const filter of tree.filters) {
    lines.push(`${filter.topicFilter ?? '(none)'} QoS ${filter.qos ?? '-'} ${filter.count}`);
    add(filter.levels, '  ');
  }
  return lines;
}

describe('The topic tree', () => {
  const cases: readonly {
    readonly name: string;
    readonly filters: readonly string[];
    readonly messages: readonly TopicMessage[];
    readonly outline: readonly string[];
  }[] = [
    {
      name: 'shows the levels of the topics that came, with count and last value',
      filters: ['devices/#'],
      messages: [
        message('devices/a/state', '1'),
        message('devices/a/state', '2', { retain: true }),
        message('devices/a/raw', '3'),
        message('devices', '4'),
      ],
      outline: ['devices/# QoS 1 4', '  devices 1 4', '    a', '      state 2 2 R', '      raw 1 3'],
    },
    {
      name: 'counts a message under every filter that matches',
      filters: ['a/+', 'a/b', 'x/#'],
      messages: [message('a/b')],
      outline: ['a/+ QoS 1 1', '  a', '    b 1 x', 'a/b QoS 1 1', '  a', '    b 1 x', 'x/# QoS 1 0'],
    },
    {
      name: 'matches the filter of a shared subscription without its ShareName',
      filters: ['$share/group/a/#'],
      messages: [message('a/b')],
      outline: ['$share/group/a/# QoS 1 1', '  a', '    b 1 x'],
    },
    {
      name: 'hides nothing that came without a filter, as from a session the server kept',
      filters: ['a'],
      messages: [message('b')],
      outline: ['a QoS 1 0', '(none) QoS - 1', '  b 1 x'],
    },
    {
      name: 'keeps empty levels apart',
      filters: ['#'],
      messages: [message('/a'), message('a/'), message('a')],
      outline: ['# QoS 1 3', '  ', '    a 1 x', '  a 1 x', '     1 x'],
    },
  ];
  for (const { name, filters, messages, outline: expected } of cases) {
    it(name, () => {
      const tree = new TopicTree();
      for (const filter of filters) tree.addFilter(filter, 1);
      for (const one of messages) tree.receive(one);
      assert.deepEqual(outline(tree), expected);
    });
  }

  it('gives a level its whole topic, its parent and the message as it came', () => {
    const tree = new TopicTree();
    tree.addFilter('#', 2);
    tree.receive(message('a/b/c', '7', { qos: 2, at: 1234.5 }));
    const [filter] = tree.filters;
    const c = filter?.levels.get('a')?.levels.get('b')?.levels.get('c');
    assert.ok(filter && c);
    assert.deepEqual([c.topicName, c.value?.qos, c.value?.at, c.value?.length], ['a/b/c', 2, 1234.5, 1]);
    assert.equal((c.parent as TopicLevel).topicName, 'a/b');
    assert.equal(filter.levels.get('a')?.parent, filter);
  });

  it('copies the payload, cut where it is long, and says how long it was', () => {
    const tree = new TopicTree({ valueBytes: 4 });
    tree.addFilter('#', 0);
    const payload = encodeUtf8('0123456789');
    tree.receive({ ...message('a'), payload });
    payload.fill(0);
    const value = tree.filters[0]?.levels.get('a')?.value;
    assert.deepEqual([value?.payload, value?.length], [encodeUtf8('0123'), 10]);
  });

  it('takes a filter away with everything under it, and leaves it to the others', () => {
    const tree = new TopicTree();
    tree.addFilter('a/#', 1);
    tree.addFilter('+/b', 1);
    tree.receive(message('a/b'));
    tree.receive(message('a/c'));
    tree.removeFilter('a/#');
    assert.deepEqual(outline(tree), ['+/b QoS 1 1', '  a', '    b 1 x']);
    assert.equal(tree.topicCount, 1);
    tree.receive(message('a/c'));
    assert.deepEqual(outline(tree).slice(3), ['(none) QoS - 1', '  a', '    c 1 x']);
    tree.removeFilter(undefined);
    assert.equal(tree.filters.length, 1);
  });

  it('moves a topic that came without a filter under the one that is added for it', () => {
    const tree = new TopicTree();
    tree.receive(message('a/b'));
    tree.addFilter('a/#', 1);
    tree.receive(message('a/b'));
    assert.deepEqual(outline(tree), ['a/# QoS 1 1', '  a', '    b 1 x', '(none) QoS - 1']);
  });

  it('keeps topics and counts when a filter is subscribed to again with another QoS', () => {
    const tree = new TopicTree();
    tree.addFilter('a', 0);
    tree.receive(message('a'));
    tree.addFilter('a', 2);
    assert.deepEqual(outline(tree), ['a QoS 2 1', '  a 1 x']);
  });

  it('marks what a message changed, up to the filter, and nothing beside it', () => {
    const tree = new TopicTree();
    tree.addFilter('a/#', 0);
    tree.addFilter('b/#', 0);
    tree.receive(message('a/x/1'));
    tree.receive(message('a/y'));
    tree.receive(message('b/z'));
    const seen = tree.revision;
    tree.receive(message('a/x/1'));
    const [a, b] = tree.filters;
    const changed = [
      a,
      a?.levels.get('a'),
      a?.levels.get('a')?.levels.get('x'),
      a?.levels.get('a')?.levels.get('x')?.levels.get('1'),
      a?.levels.get('a')?.levels.get('y'),
      b,
    ].map((node) => (node?.revision ?? 0) > seen);
    assert.deepEqual(changed, [true, true, true, true, false, false]);
    assert.ok(tree.revision > seen);
  });

  it('lets go the topics that were silent longest when the budget is used up, and counts them', () => {
    const tree = new TopicTree({ byteBudget: 20_000 });
    tree.addFilter('#', 0);
    for (let round = 0; round < 100; round++) {
      tree.receive(message('kept/always'));
      tree.receive(message(`once/${round}`));
    }
    assert.ok(tree.evictedTopics > 0);
    assert.equal(tree.topicCount + tree.evictedTopics, 101);
    const [filter] = tree.filters;
    assert.equal(filter?.count, 200);
    assert.equal(filter?.levels.get('kept')?.levels.get('always')?.count, 100);
    const left = [...(filter?.levels.get('once')?.levels.keys() ?? [])].map(Number);
    assert.deepEqual(
      left,
      Array.from({ length: left.length }, (_, index) => 100 - left.length + index),
    );
  });

  it('keeps a single topic beyond the budget', () => {
    const tree = new TopicTree({ byteBudget: 10 });
    tree.addFilter('#', 0);
    tree.receive(message('a'));
    tree.receive(message('b'));
    assert.deepEqual(outline(tree), ['# QoS 0 2', '  b 1 x']);
  });

  it('goes no deeper than 32 levels whatever a topic holds', () => {
    const tree = new TopicTree();
    tree.addFilter('#', 0);
    const topicName = '/'.repeat(65_535);
    tree.receive(message(topicName));
    let depth = 0;
    let level: TopicLevel | undefined;
    let levels = tree.filters[0]?.levels;
    while (levels?.size === 1) {
      level = [...levels.values()][0];
      levels = level?.levels;
      depth++;
    }
    assert.deepEqual([depth, level?.topicName === topicName, level?.count], [32, true, 1]);
  });

  const topicNames = ['a', 'a/b', 'a/b/c', 'a/', '/a', 'x/b', '$SYS/up'];
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ topic: fc.constantFrom(...topicNames) }) },
    { weight: 2, arbitrary: fc.record({ add: fc.constantFrom('#', '+/b', 'a/#', 'a/b', '$SYS/#') }) },
    { weight: 1, arbitrary: fc.record({ remove: fc.constantFrom('#', '+/b', 'a/#', 'a/b', '$SYS/#') }) },
  );
  it('counts as a list of what each filter saw does, through any sequence of filters and messages', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tree = new TopicTree();
        const model = new Map<string, string[]>();
        for (const one of steps) {
          if ('add' in one) {
            tree.addFilter(one.add, 0);
            if (!model.has(one.add)) model.set(one.add, []);
          } else if ('remove' in one) {
            tree.removeFilter(one.remove);
            model.delete(one.remove);
          } else {
            tree.receive(message(one.topic));
            for (const [filter, seen] of model) if (topicMatches(filter, one.topic)) seen.push(one.topic);
          }
        }
        const counted = new Map<string, string[]>();
        for (const filter of tree.filters) {
          if (filter.topicFilter === undefined) continue;
          const seen: string[] = [];
          const walk = (levels: ReadonlyMap<string, TopicLevel>): void => {
            for (const level of levels.values()) {
              assert.ok(level.value || level.levels.size > 0, 'no level leads nowhere');
              for (let count = 0; count < level.count; count++) seen.push(level.topicName);
              walk(level.levels);
            }
          };
          walk(filter.levels);
          assert.equal(filter.count, seen.length);
          counted.set(filter.topicFilter, seen.sort());
        }
        assert.deepEqual(counted, new Map(Array.from(model, ([filter, seen]) => [filter, [...seen].sort()])));
      }),
    );
  });
});
