import assert from 'node:assert/strict';
import { parseTime, timeOfLocalDay, type TimeLiteral } from '../../src/where/timeLiteral';

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const inDay = (value: number, precision: number): TimeLiteral => ({ of: 'day', value, precision });
const instant = (value: number, precision: number): TimeLiteral => ({ of: 'instant', value, precision });

describe('A time that somebody wrote', () => {
  const times: Readonly<Record<string, TimeLiteral>> = {
    '0:00': inDay(0, minute),
    '14:02': inDay((14 * 60 + 2) * minute, minute),
    '23:59:59': inDay(day - second, second),
    '00:00:01.5': inDay(1_500, 100),
    '00:00:00.000001': inDay(0.001, 0.001),
    '2026-11-22T14:02Z': instant(Date.UTC(2026, 10, 22, 14, 2), minute),
    '2026-11-22T14:02:11.25Z': instant(Date.UTC(2026, 10, 22, 14, 2, 11, 250), 10),
    '2026-11-22T14:02:11+05:30': instant(Date.UTC(2026, 10, 22, 8, 32, 11), second),
    '2026-11-22 14:02:11-03:30': instant(Date.UTC(2026, 10, 22, 17, 32, 11), second),
    '2024-02-29': instant(new Date(2024, 1, 29).getTime(), day),
    '2026-11-22T14:02': instant(new Date(2026, 10, 22, 14, 2).getTime(), minute),
  };
  for (const [text, time] of Object.entries(times)) {
    it(`is read to its last digit: ${text}`, () => assert.deepEqual(parseTime(text), time));
  }

  for (const text of [
    '',
    '24:00',
    '12:60',
    '12:00:60',
    '1',
    '2026-02-29',
    '2026-13-01',
    '2026-11-22T',
    '12:00Z',
  ]) {
    it(`is none: ${text}`, () => assert.equal(parseTime(text), undefined));
  }

  it('of the day is that of the local clock, before 1970 too', () => {
    for (const year of [1961, 2026])
      assert.equal(
        timeOfLocalDay(new Date(year, 10, 22, 14, 2, 11, 250).getTime()),
        (14 * 60 + 2) * minute + 11_250,
      );
  });
});
