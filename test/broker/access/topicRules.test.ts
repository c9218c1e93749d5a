import assert from 'node:assert/strict';
import type { AdmittedClient } from '../../../src/broker/accessControl';
import { type TopicRule, TopicRules } from '../../../src/broker/access/topicRules';

const origin = { peer: '127.0.0.1:1', listener: 'mqtt', security: undefined };
const client = (userName: string | undefined, clientIdentifier = 'c1'): AdmittedClient => ({
  clientIdentifier,
  userName,
  origin,
});

describe('Rules about topics', () => {
  const rules: TopicRule[] = [
    { who: 'everybody', publish: ['status/%c'], subscribe: ['public/#'] },
    { who: 'anonymous', publish: ['guest/+'], subscribe: [] },
    { who: { user: 'anna' }, publish: ['devices/%u/+/state'], subscribe: ['devices/%u/#', '+/x', '$SYS/#'] },
  ];
  const publishing: readonly (readonly [client: AdmittedClient, topicName: string, allowed: boolean])[] = [
    [client('anna'), 'status/c1', true],
    [client('anna'), 'status/c2', false],
    [client('anna'), 'devices/anna/7/state', true],
    [client('anna'), 'devices/anna/7/state/more', false],
    [client('anna'), 'devices/bert/7/state', false],
    [client('anna'), 'guest/a', false],
    [client(undefined), 'guest/a', true],
    [client(undefined), 'guest/a/b', false],
    // A name that looks like a filter, or has a level too much, reaches nothing of others.
    [client('#', '#'), 'status/c2', false],
    [client('x', 'a/b'), 'status/a/b', false],
  ];
  for (const [who, topicName, allowed] of publishing) {
    const { userName, clientIdentifier } = who;
    it(`${allowed ? 'let' : 'do not let'} ${userName ?? 'nobody'} (${clientIdentifier}) publish to ${topicName}`, () => {
      const held = new TopicRules(rules);
      assert.equal(held.mayPublish(who, topicName), allowed);
      assert.equal(held.mayPublish(who, topicName), allowed);
    });
  }

  it('let a client get what it may subscribe to, whatever subscription it comes by', () => {
    const held = new TopicRules(rules);
    const gets = (topicName: string) => held.mayReceive(client('anna'), topicName);
    assert.deepEqual(
      [
        'devices/anna',
        'devices/anna/a/b',
        'devices/bert/a',
        'a/x',
        'a/b/x',
        '$SYS/uptime',
        '$other/x',
      ].filter(gets),
      ['devices/anna', 'devices/anna/a/b', 'a/x', '$SYS/uptime'],
    );
    assert.ok(gets('devices/anna'));
    assert.ok(new TopicRules([]).mayReceive(client('anna'), 'anything'));
  });

  const subscribing: readonly (readonly [filter: string, allowed: boolean])[] = [
    ['public', true],
    ['public/#', true],
    ['public/+/a', true],
    ['devices/anna/#', true],
    ['devices/+/#', false],
    ['#', false],
    ['+/x', true],
    ['a/x', true],
    ['$a/x', false],
    ['+/#', false],
    ['$SYS/broker/+', true],
  ];
  for (const [topicFilter, allowed] of subscribing) {
    it(`${allowed ? 'let' : 'do not let'} a user subscribe to ${topicFilter}`, () =>
      assert.equal(new TopicRules(rules).maySubscribe(client('anna'), topicFilter), allowed));
  }

  it('take a wildcard in a name for text', () => {
    const open = new TopicRules([{ who: 'everybody', publish: [], subscribe: ['own/%u', '%c'] }]);
    assert.equal(open.maySubscribe(client('+', '#'), 'own/+'), false);
    assert.equal(open.maySubscribe(client('+', '#'), '#'), false);
    assert.equal(open.maySubscribe(client('+', '#'), 'own/a'), false);
  });

  it('leave everything open where there is none', () => {
    assert.ok(new TopicRules([]).mayPublish(client(undefined), 'a'));
    assert.ok(new TopicRules([]).maySubscribe(client(undefined), '#'));
  });
});
