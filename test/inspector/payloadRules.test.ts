import assert from 'node:assert/strict';
import { filtersAround, parsePayloadRules, ruleFor } from '../../src/inspector/payloadRules';

describe('Rules for payloads', () => {
  it('are read from a setting, whatever somebody wrote there', () => {
    const rule = { topic: 'a/#', as: 'hex' };
    assert.deepEqual(
      parsePayloadRules([
        rule,
        { topic: 'a' },
        { topic: '', as: 'hex' },
        { topic: 'a', as: 'auto' },
        1,
        null,
      ]),
      [rule],
    );
    assert.deepEqual(parsePayloadRules('hex'), []);
  });

  it('count in their order', () => {
    const rules = parsePayloadRules([
      { topic: 'a/+/state', as: 'hex' },
      { topic: 'a/#', as: 'text' },
    ]);
    assert.equal(ruleFor(rules, 'a/b/state')?.as, 'hex');
    assert.equal(ruleFor(rules, 'a/b')?.as, 'text');
    assert.equal(ruleFor(rules, 'b'), undefined);
    assert.equal(ruleFor(rules, undefined), undefined);
  });

  it('are offered for the topic, for one level of it, and for all below it', () => {
    assert.deepEqual(filtersAround('a/b/c'), ['a/b/c', 'a/b/+', 'a/+/c', '+/b/c', 'a/b/#', 'a/#']);
    assert.deepEqual(filtersAround('a'), ['a', '+']);
    assert.deepEqual(filtersAround('$SYS/x'), ['$SYS/x', '$SYS/+', '$SYS/#']);
  });
});
