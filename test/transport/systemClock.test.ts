import assert from 'node:assert/strict';
import { systemClock } from '../../src/transport/systemClock';

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
