import assert from 'node:assert/strict';
import '../support/vscodeFake';
import { statusText } from '../../src/ui/connections/statusText';

describe('The status bar', () => {
  const cases: readonly [
    up: readonly string[],
    reconnecting: readonly string[],
    shown: string,
    spoken: string,
  ][] = [
    [[], [], '$(debug-disconnect) MQTT', 'not connected'],
    [['bench'], [], '$(plug) bench · 3/s', 'bench connected, 3 messages a second'],
    [['a', 'b'], [], '$(plug) 2 connections · 3/s', 'a, b connected, 3 messages a second'],
    [[], ['bench'], '$(sync) bench reconnecting', 'bench reconnecting'],
    [
      ['a'],
      ['b', 'c'],
      '$(plug) a · 3/s $(sync) 2 connections reconnecting',
      'a connected, 3 messages a second; b, c reconnecting',
    ],
  ];
  for (const [up, reconnecting, shown, spoken] of cases) {
    it(`shows "${shown}"`, () => assert.deepEqual(statusText(up, reconnecting, 3), { shown, spoken }));
  }

  it('draws no icons that a name asks for', () => {
    assert.equal(statusText([], ['$(flame)'], 0).shown, '$(sync) \\$(flame) reconnecting');
  });
});
