import { strict as assert } from 'node:assert';
import { durationInColumn, durationText } from '../../src/base/duration';

describe('A duration in words', () => {
  const cases: readonly (readonly [milliseconds: number, text: string])[] = [
    [0, '0 ms'],
    [0.26, '260 µs'],
    [0.9999, '1 ms'],
    [1.5, '1.5 ms'],
    [51, '51 ms'],
    [999.7, '1 s'],
    [1_500, '1.5 s'],
    [12_340, '12.3 s'],
    [-90_000, '90 s'],
    [720_000, '12 min'],
    [7_199_900, '2 h'],
    [36_000_000, '10 h'],
    [86_400_000 * 12, '12 days'],
  ];
  for (const [milliseconds, text] of cases) {
    it(`is ${text} for ${milliseconds} ms`, () => assert.equal(durationText(milliseconds), text));
  }
});

describe('A duration in a column', () => {
  const cases: readonly (readonly [milliseconds: number, text: string])[] = [
    [0, '0 ms'],
    [0.2604, '260 µs'],
    [0.9999, '1.00 ms'],
    [3, '3.00 ms'],
    [51.239, '51.24 ms'],
    [999.996, '1.00 s'],
    [12_340, '12.34 s'],
    [720_000, '12 min'],
  ];
  for (const [milliseconds, text] of cases) {
    it(`is ${text} for ${milliseconds} ms`, () => assert.equal(durationInColumn(milliseconds), text));
  }
});
