import assert from 'node:assert/strict';
import { inSlices, type Pace } from '../../src/base/slices';

/** A clock that goes on by one millisecond with each look, and notes every rest. */
function countingPace(): Pace & { rests: number } {
  let time = 0;
  return {
    rests: 0,
    now: () => time++,
    rest() {
      this.rests++;
      return Promise.resolve();
    },
  };
}

describe('Work in slices', () => {
  it('is done to its end, with a rest whenever the budget is used up', async () => {
    const pace = countingPace();
    let steps = 0;
    assert.equal(await inSlices(() => ++steps === 10, { pace, budget: 3 }), true);
    assert.equal(steps, 10);
    assert.equal(pace.rests, 3);
  });

  it('takes at least one step between two rests, however small the budget', async () => {
    const pace = countingPace();
    let steps = 0;
    assert.equal(await inSlices(() => ++steps === 4, { pace, budget: 0 }), true);
    assert.equal(pace.rests, 3);
  });

  it('ends where it is when it is no longer wanted, and tells before each rest', async () => {
    const pace = countingPace();
    const seen: number[] = [];
    let steps = 0;
    const finished = await inSlices(
      () => {
        steps++;
        return false;
      },
      { pace, budget: 2, wanted: () => steps < 6, resting: () => seen.push(steps) },
    );
    assert.equal(finished, false);
    assert.deepEqual(seen, [2, 4, 6]);
  });

  it('does nothing that was never wanted', async () => {
    const step = (): boolean => assert.fail('a step');
    assert.equal(await inSlices(step, { pace: countingPace(), wanted: () => false }), false);
  });

  it('rejects with what a step throws', async () => {
    const step = (): boolean => {
      throw new RangeError('broken');
    };
    await assert.rejects(inSlices(step, { pace: countingPace() }), /broken/);
  });
});
