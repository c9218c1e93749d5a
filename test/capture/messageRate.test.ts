import assert from 'node:assert/strict';
import { MessageRate } from '../../src/capture/messageRate';

describe('The message rate', () => {
  const start = 1_700_000_000_000;
  const cases: readonly { name: string; at: readonly number[]; now: number; rate: number }[] = [
    { name: 'is 0 before anything came', at: [], now: 0, rate: 0 },
    { name: 'leaves out the second that is not over', at: [0, 500, 999], now: 999, rate: 0 },
    { name: 'is the mean of the last five seconds', at: [0, 500, 1000, 1001, 1002], now: 5000, rate: 1 },
    { name: 'forgets a second after five others', at: [0, 1, 2, 1000], now: 6000, rate: 0.2 },
    { name: 'is 0 after a long silence', at: [0, 1000, 2000], now: 3_600_000, rate: 0 },
    { name: 'counts on where the clock went back', at: [3000, 1000], now: 4000, rate: 0.4 },
  ];
  for (const { name, at, now, rate } of cases) {
    it(name, () => {
      const messages = new MessageRate();
      for (const time of at) messages.add(start + time);
      assert.equal(messages.perSecond(start + now), rate);
    });
  }
});
