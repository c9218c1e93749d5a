import assert from 'node:assert/strict';
import { followedTime, systemClock, wakefulSchedule } from '../../src/transport/systemClock';

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

describe('A timer over a sleep of the machine', () => {
  /** The platform: its timers run when a test says so. */
  const platform = () => {
    const once = new Map<() => void, number>();
    const every = new Set<() => void>();
    const time = { now: 0 };
    const schedule = wakefulSchedule(() => time.now, {
      once: (callback, delay) => {
        once.set(callback, delay);
        return () => once.delete(callback);
      },
      every: (callback) => {
        every.add(callback);
        return () => every.delete(callback);
      },
    });
    const look = (now: number) => {
      time.now = now;
      for (const callback of [...every]) callback();
    };
    const runDue = () => {
      for (const [callback, delay] of [...once]) if (delay === 0) callback();
    };
    return { once, every, schedule, look, runDue };
  };

  it('runs at the next look after waking, though its own delay is not over', () => {
    const { once, schedule, look, runDue } = platform();
    const ran: string[] = [];
    schedule(60_000, () => ran.push('keep alive'));
    schedule(1e9, () => ran.push('later'));
    look(1_000);
    look(3_500);
    assert.deepEqual([...once.values()], [60_000, 1e9]);
    look(8 * 3_600_000);
    runDue();
    assert.deepEqual(ran, ['keep alive']);
  });

  it('leaves nothing behind once it ran or was cancelled', () => {
    const { once, every, schedule, look, runDue } = platform();
    schedule(10, () => undefined);
    schedule(20_000, () => undefined).dispose();
    assert.equal(every.size, 1);
    look(10_000);
    runDue();
    assert.deepEqual([once.size, every.size], [0, 0]);
  });
});
