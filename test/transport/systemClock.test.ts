import assert from 'node:assert/strict';
import { followedTime, systemClock } from '../../src/transport/systemClock';

describe('Time', () => {
  it('catches up after the machine has slept, and never goes back', () => {
    const source = { steady: 5.5, wall: 1_000_000 };
    const now = followedTime(
      () => source.steady,
      () => source.wall,
    );
    const at = (steady: number, wall: number) => {
      source.steady = steady;
      source.wall = wall;
      return now();
    };
    assert.equal(at(15.5, 1_000_010), 1_000_010);
    // A little ahead: the steady source goes on alone.
    assert.equal(at(25.5, 1_000_900), 1_000_020);
    // The machine slept for an hour.
    assert.equal(at(35.5, 4_600_030), 4_600_030);
    assert.equal(at(45.5, 4_600_040), 4_600_040);
    // Somebody set the clock back.
    assert.equal(at(55.5, 1_000), 4_600_050);
  });
});

describe('The system clock', () => {
  it('runs callbacks in order, none before its time, and none that was cancelled', async () => {
    const start = systemClock.now();
    assert.ok(Math.abs(start - Date.now()) < 60_000);
    const ran: [string, boolean][] = [];
    await new Promise<void>((resolve) => {
      const at = (delay: number, name: string) =>
        systemClock.schedule(start + delay, () => ran.push([name, systemClock.now() >= start + delay]));
      at(20, 'second');
      at(10, 'first');
      at(15, 'never').dispose();
      at(-5, 'past');
      systemClock.schedule(start + 30, resolve);
    });
    assert.deepEqual(ran, [
      ['past', true],
      ['first', true],
      ['second', true],
    ]);
  });

  it('waits longer than a timer of Node can', () => {
    let ran = false;
    const scheduled = systemClock.schedule(systemClock.now() + 10_000_000_000, () => (ran = true));
    return new Promise<void>((resolve) => {
      systemClock.schedule(systemClock.now() + 5, () => {
        scheduled.dispose();
        assert.equal(ran, false);
        resolve();
      });
    });
  });
});
