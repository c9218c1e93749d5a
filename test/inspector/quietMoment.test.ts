import assert from 'node:assert/strict';
import { QuietMoment } from '../../media/inspector/quietMoment';
import { FakeClock } from '../support/fakeClock';

describe('A quiet moment', () => {
  const setUp = () => {
    const clock = new FakeClock(0);
    const found: number[] = [];
    const moment = new QuietMoment(
      150,
      () => found.push(clock.now()),
      () => clock.now(),
      (milliseconds, work) => clock.schedule(clock.now() + milliseconds, work),
    );
    return { clock, found, moment };
  };

  it('has come once what it is about has not happened for so long, and not again without that', async () => {
    const { clock, found, moment } = setUp();
    for (let time = 0; time < 500; time += 100) {
      moment.again();
      await clock.pass(100);
    }
    assert.deepEqual(found, []);
    await clock.pass(1000);
    assert.deepEqual(found, [550]);
    moment.again();
    await clock.pass(1000);
    assert.deepEqual(found, [550, 1650]);
  });

  it('is waited for with one timer, however often it happens', () => {
    const { clock, moment } = setUp();
    for (let times = 0; times < 10; times++) moment.again();
    assert.equal(clock.waiting, 1);
  });

  it('does not come where nobody waits for it any more', async () => {
    const { clock, found, moment } = setUp();
    moment.again();
    moment.dispose();
    await clock.pass(1000);
    assert.deepEqual(found, []);
    moment.again();
    await clock.pass(1000);
    assert.equal(found.length, 1);
  });
});
