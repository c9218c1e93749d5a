import assert from 'node:assert/strict';
import { SubscriptionTrie } from '../../src/broker/subscriptionTrie';
import { topicMatches } from '../../src/protocol/topics';
import { randomFrom } from '../support/random';

const found = (trie: SubscriptionTrie<string, number>, topicName: string) => {
  const owners: string[] = [];
  trie.match(topicName, (owner, value) => owners.push(`${owner}${value}`));
  return owners.sort();
};

/** Filters and names of up to four levels from a small alphabet, so that many of them match. */
const generator = (seed: number) => {
  const random = randomFrom(seed);
  const pick = (levels: readonly string[]) => levels[Math.floor(random() * levels.length)] ?? '';
  const name = () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(['a', 'b', '', '$s'])).join('/');
  const filter = () => {
    const levels = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      pick(['a', 'b', '', '+', '$s']),
    );
    return (random() < 0.3 ? [...levels.slice(1), '#'] : levels).join('/');
  };
  return { random, name, filter };
};

describe('The subscription trie', () => {
  for (let seed = 1; seed <= 5; seed++) {
    it(`finds exactly the filters that match, whatever was added and removed, seed ${seed} (4.7)`, () => {
      const { random, name, filter } = generator(seed);
      const trie = new SubscriptionTrie<string, number>();
      const filters = new Map<string, string>();
      for (let round = 0; round < 500; round++) {
        const topicFilter = filter();
        const owner = `${topicFilter}|`;
        if (random() < 0.6) {
          assert.equal(trie.add(topicFilter, owner, 1), !filters.has(owner));
          filters.set(owner, topicFilter);
        } else assert.equal(trie.remove(topicFilter, owner), filters.delete(owner));
        const topicName = name();
        const expected = [...filters]
          .filter(([, each]) => topicMatches(each, topicName))
          .map(([each]) => `${each}1`);
        assert.deepEqual(found(trie, topicName), expected.sort(), topicName);
      }
    });
  }

  it('keeps one value for each owner of a filter, the last [MQTT-3.8.4-3]', () => {
    const trie = new SubscriptionTrie<string, number>();
    assert.equal(trie.add('a/#', 'one', 1), true);
    assert.equal(trie.add('a/#', 'one', 2), false);
    assert.equal(trie.add('a/#', 'two', 3), true);
    assert.deepEqual(found(trie, 'a'), ['one2', 'two3']);
    assert.equal(trie.remove('a/#', 'one'), true);
    assert.equal(trie.remove('a/#', 'one'), false);
    assert.equal(trie.remove('a', 'two'), false);
    assert.deepEqual(found(trie, 'a/b/c'), ['two3']);
  });
});
