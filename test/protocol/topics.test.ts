import assert from 'node:assert/strict';
import {
  splitSharedFilter,
  topicFilterProblem,
  topicMatches,
  topicNameProblem,
} from '../../src/protocol/topics';
import type { ViolationId } from '../../src/protocol/violations';

describe('Topics', () => {
  const names: readonly (readonly [string, ViolationId | undefined])[] = [
    ['a', undefined],
    ['/', undefined],
    ['//', undefined],
    [' ', undefined],
    ['Accounts payable', undefined],
    ['$SYS/broker', undefined],
    ['\ufeff', undefined],
    ['', 'topicNameEmpty'], // [MQTT-4.7.3-1]
    ['+', 'topicNameWildcard'], // [MQTT-4.7.0-1]
    ['a/#', 'topicNameWildcard'],
    ['a+b', 'topicNameWildcard'],
    ['a\0', 'nullCharacter'], // [MQTT-4.7.3-2]
  ];
  for (const [name, problem] of names) {
    it(`${JSON.stringify(name)} as a Topic Name: ${problem ?? 'nothing wrong'}`, () => {
      assert.equal(topicNameProblem(name), problem);
    });
  }

  const filters: readonly (readonly [string, ViolationId | undefined])[] = [
    ['#', undefined],
    ['/#', undefined],
    ['+', undefined],
    ['+/tennis/#', undefined],
    ['sport/+/player1', undefined],
    ['sport/tennis/#', undefined],
    ['a//b', undefined],
    ['', 'topicFilterEmpty'],
    ['a\0', 'nullCharacter'],
    ['sport/tennis#', 'topicFilterMultiLevelWildcard'], // [MQTT-4.7.1-1]
    ['sport/tennis/#/ranking', 'topicFilterMultiLevelWildcard'],
    ['#/', 'topicFilterMultiLevelWildcard'],
    ['##', 'topicFilterMultiLevelWildcard'],
    ['a/##', 'topicFilterMultiLevelWildcard'],
    ['sport+', 'topicFilterSingleLevelWildcard'], // [MQTT-4.7.1-2]
    ['+sport', 'topicFilterSingleLevelWildcard'],
    ['+/a+', 'topicFilterSingleLevelWildcard'],
    ['++', 'topicFilterSingleLevelWildcard'],
    ['+/+/x+y/+', 'topicFilterSingleLevelWildcard'],
  ];
  for (const [filter, problem] of filters) {
    it(`${JSON.stringify(filter)} as a Topic Filter: ${problem ?? 'nothing wrong'}`, () => {
      assert.equal(topicFilterProblem(filter), problem);
      assert.equal(topicFilterProblem(filter, false), problem);
      if (problem !== 'topicFilterEmpty' && problem !== 'nullCharacter') {
        assert.equal(topicFilterProblem(`$share/group/${filter}`), problem, 'the same behind a ShareName');
      }
    });
  }

  const shared: readonly (readonly [string, ViolationId | undefined, string | undefined, string])[] = [
    ['$share/g/a/b', undefined, 'g', 'a/b'],
    ['$share/consumer1//finance', undefined, 'consumer1', '/finance'],
    ['$share/g/#', undefined, 'g', '#'],
    ['$share', undefined, undefined, '$share'],
    ['$shared/g/a', undefined, undefined, '$shared/g/a'],
    ['$SHARE/g', undefined, undefined, '$SHARE/g'],
    ['a/$share/g', undefined, undefined, 'a/$share/g'],
    ['$share/', 'shareNameMissing', '', ''], // [MQTT-4.8.2-1]
    ['$share//a', 'shareNameMissing', '', 'a'],
    ['$share/+/a', 'shareNameMissing', '+', 'a'], // [MQTT-4.8.2-2]
    ['$share/a#b/a', 'shareNameMissing', 'a#b', 'a'],
    ['$share/g', 'sharedFilterMissing', 'g', ''],
    ['$share/g/', 'sharedFilterMissing', 'g', ''],
  ];
  for (const [filter, problem, shareName, rest] of shared) {
    it(`${filter} in 5.0: ${problem ?? (shareName === undefined ? 'an ordinary filter' : 'shared')}`, () => {
      assert.equal(topicFilterProblem(filter), problem);
      const split = splitSharedFilter(filter);
      assert.deepEqual([split.shareName, split.filter], [shareName, rest]);
    });
  }

  it('$share means nothing before 5.0', () => {
    for (const filter of ['$share/', '$share/g', '$share//a'])
      assert.equal(topicFilterProblem(filter, false), undefined);
    // The whole filter is held against the rules then, the ShareName included.
    assert.equal(topicFilterProblem('$share/a#/a', false), 'topicFilterMultiLevelWildcard');
  });

  // Examples of 4.7.1 to 4.7.3, and what lies between them.
  const matches: readonly (readonly [filter: string, name: string, matches: boolean])[] = [
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/tennis/player1/#', 'sport/tennis/player10', false],
    ['sport/tennis/player1/#', 'sport/tennis', false],
    ['sport/#', 'sport', true],
    ['sport/#', 'sport/', true],
    ['#', 'a', true],
    ['#', '/', true],
    ['#', 'a/b/c', true],
    ['/#', 'a', false],
    ['/#', '/', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player2', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['+', 'finance', true],
    ['+/+/#', 'a', false],
    ['+/+/#', 'a/b', true],
    ['a/+/c', 'a//c', true],
    ['a/+/c', 'a/b/d', false],
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/', false],
    ['a/b/', 'a/b', false],
    ['ACCOUNTS', 'Accounts', false], // [MQTT-4.7.3-4]
    ['/finance', 'finance', false],
    ['\u00e9', 'e\u0301', false],
    ['#', '$SYS/monitor', false], // [MQTT-4.7.2-1]
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/monitor/Clients', true],
    ['$SYS/#', '$SYS', true],
    ['$SYS/monitor/+', '$SYS/monitor/Clients', true],
    ['a/#', 'a/$SYS', true],
  ];
  for (const [filter, name, expected] of matches) {
    it(`${filter} ${expected ? 'matches' : 'does not match'} ${name}`, () => {
      assert.equal(topicMatches(filter, name), expected);
    });
  }
});
