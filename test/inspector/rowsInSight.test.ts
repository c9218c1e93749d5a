import assert from 'node:assert/strict';
import { RowCache } from '../../media/inspector/rowCache';
import { RowsInSight } from '../../media/inspector/rowsInSight';
import { FakeClock } from '../support/fakeClock';

/** A cache that answers nothing and tells what it is asked for. */
class AskedCache extends RowCache {
  readonly asked: (readonly [number, number])[] = [];
  readonly ahead: (readonly [number, number])[] = [];

  constructor() {
    super({ fetch: () => new Promise(() => undefined), changed: () => undefined, failed: () => undefined });
  }

  override want(first: number, end: number): void {
    this.asked.push([first, end]);
  }

  override wantAhead(first: number, end: number): void {
    this.ahead.push([first, end]);
  }
}

/** A log that has nothing around what shows. */
const alone = (first: number, end: number) => [first, end, { from: first, to: end }] as const;

describe('The rows in sight', () => {
  const setUp = () => {
    const clock = new FakeClock(1000);
    const cache = new AskedCache();
    const sight = new RowsInSight(
      () => undefined,
      () => clock.now(),
      (milliseconds, work) => clock.schedule(clock.now() + milliseconds, work),
    );
    return { clock, cache, sight };
  };

  it('are asked for at once, and seldom while one place after another flies past', async () => {
    const { sight, cache, clock } = setUp();
    sight.show(cache, ...alone(0, 10));
    await clock.pass(1);
    sight.show(cache, 5000, 5010, { from: 0, to: 100_000, before: 1 });
    assert.deepEqual(cache.asked, [
      [0, 10],
      [4999, 5010],
    ]);
    for (let at = 6000; at <= 9000; at += 500) {
      await clock.pass(5);
      sight.show(cache, ...alone(at, at + 10));
    }
    assert.equal(cache.asked.length, 2);
    await clock.pass(60);
    assert.deepEqual(cache.asked.slice(2), [[9000, 9010]]);
    await clock.pass(1000);
    sight.show(cache, ...alone(20_000, 20_010));
    sight.show(cache, ...alone(20_003, 20_013));
    assert.deepEqual(cache.asked.slice(3), [
      [20_000, 20_010],
      [20_003, 20_013],
    ]);
    sight.dispose();
  });

  it('have what is around them fetched behind them, as far as there is any, first where the way leads', async () => {
    const { sight, cache, clock } = setUp();
    const all = { from: 15, to: 30_000 };
    sight.show(cache, 20, 30, all);
    assert.deepEqual(cache.asked, [[20, 30]]);
    assert.deepEqual(cache.ahead, [
      [30, 50],
      [15, 20],
    ]);
    await clock.pass(100);
    sight.show(cache, 29_980, 29_990, all);
    assert.deepEqual(cache.ahead.slice(2), [
      [29_990, 30_000],
      [29_960, 29_980],
    ]);
    await clock.pass(100);
    sight.show(cache, 29_975, 29_985, all);
    assert.deepEqual(cache.ahead.slice(4), [
      [29_955, 29_975],
      [29_985, 30_000],
    ]);
    // What is drawn again stays on its way.
    sight.show(cache, 29_975, 29_985, all);
    assert.deepEqual(cache.ahead.slice(6), cache.ahead.slice(4, 6));
    // What flies past has nothing fetched around it.
    await clock.pass(100);
    sight.show(cache, 5_000, 5_010, all);
    sight.show(cache, 6_000, 6_010, all);
    sight.show(cache, 7_000, 7_010, all);
    assert.deepEqual(cache.asked.slice(4), [[5_000, 5_010]]);
    assert.equal(cache.ahead.length, 10);
    sight.dispose();
  });

  it('are not asked for any more by a list that is gone', async () => {
    const { sight, cache, clock } = setUp();
    sight.show(cache, ...alone(0, 10));
    sight.show(cache, ...alone(100, 110));
    await clock.pass(59);
    sight.show(cache, ...alone(200, 210));
    sight.dispose();
    await clock.pass(100);
    assert.equal(cache.asked.length, 2);
  });
});
