import * as assert from 'node:assert/strict';
import { compareNames, firstInOrder } from '../../../src/ui/broker/naturalOrder';

describe('The order of names', () => {
  it('goes by the numbers in them, and tells apart what differs only in how it is written', () => {
    const names = ['node-10', 'b', 'node-2', 'A', 'node-02'];
    assert.deepEqual([...names].sort(compareNames), ['A', 'b', 'node-02', 'node-2', 'node-10']);
    assert.equal(compareNames('node-2', 'node-2'), 0);
  });

  it('has the same first ones without putting the others in order', () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `node-${(index * 617) % 1_000}`);
    const sorted = [...names].sort(compareNames);
    for (const most of [1, 7, 999, 1_000, 2_000]) {
      assert.deepEqual(firstInOrder(names, most, compareNames), sorted.slice(0, most));
    }
    assert.deepEqual(firstInOrder([], 5, compareNames), []);
  });

  it('asks about each of very many once, about', () => {
    let asked = 0;
    const counting = (one: number, other: number) => {
      asked++;
      return one - other;
    };
    const many = Array.from({ length: 100_000 }, (_, index) => (index * 617) % 100_000);
    firstInOrder(many, 500, counting);
    assert.ok(asked < 200_000, String(asked));
  });
});
