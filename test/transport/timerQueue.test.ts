import assert from 'node:assert/strict';
import { TimerQueue } from '../../src/transport/timerQueue';

/** The platform: its timers run when a test says so. */
function platform() {
  const once = new Map<() => void, number>();
  const every = new Set<() => void>();
  const time = { now: 0 };
  const queue = new TimerQueue(() => time.now, {
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
    for (const [callback, delay] of [...once]) if (delay === 0 && once.delete(callback)) callback();
  };
  const schedule = (at: number, callback: () => void) => queue.schedule(at, callback);
  return { once, every, time, schedule, look, runDue };
}

describe('A timer over a sleep of the machine', () => {
  it('runs at the next look after waking, though its own delay is not over', () => {
    const { once, schedule, look, runDue } = platform();
    const ran: string[] = [];
    schedule(60_000, () => ran.push('keep alive'));
    schedule(1e9, () => ran.push('later'));
    look(1_000);
    look(3_500);
    assert.deepEqual([...once.values()], [60_000]);
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

describe('Timers that share one of the platform', () => {
  const sleepTo = (at: number, { time, runDue, once }: ReturnType<typeof platform>) => {
    time.now = at;
    for (const callback of once.keys()) once.set(callback, 0);
    runDue();
  };

  it('run in the order of their times, and of one time in that they were asked for in, but for the cancelled', () => {
    const machine = platform();
    const ran: number[] = [];
    const wanted: { at: number; number: number }[] = [];
    let state = 7;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const cancels = Array.from({ length: 500 }, (_, number) => {
      const at = random(100);
      wanted.push({ at, number });
      return machine.schedule(at, () => ran.push(number));
    });
    const isCancelled = new Set(Array.from({ length: 200 }, () => random(500)));
    for (const number of isCancelled) cancels[number]?.dispose();
    const expected = wanted
      .filter(({ number }) => !isCancelled.has(number))
      .sort((one, other) => one.at - other.at || one.number - other.number);
    sleepTo(49, machine);
    assert.deepEqual(
      ran,
      expected.filter(({ at }) => at <= 49).map(({ number }) => number),
    );
    assert.equal(machine.once.size, 1);
    sleepTo(1_000, machine);
    assert.deepEqual(
      ran,
      expected.map(({ number }) => number),
    );
    for (const cancel of cancels) cancel.dispose();
    assert.deepEqual([machine.once.size, machine.every.size], [0, 0]);
  });

  it('set it anew only for one that is earlier, and it finds out itself that the first was cancelled', () => {
    const machine = platform();
    const ran: string[] = [];
    const first = machine.schedule(10, () => ran.push('first'));
    machine.schedule(20, () => ran.push('second'));
    assert.deepEqual([...machine.once.values()], [10]);
    machine.schedule(5, () => ran.push('earliest'));
    assert.deepEqual([...machine.once.values()], [5]);
    sleepTo(5, machine);
    assert.deepEqual([...machine.once.values()], [5]);
    first.dispose();
    sleepTo(10, machine);
    assert.deepEqual([ran, [...machine.once.values()]], [['earliest'], [10]]);
  });

  it('let others run before what they ask for anew, and though one of them throws', () => {
    const machine = platform();
    const ran: string[] = [];
    const again = () => {
      ran.push('again');
      machine.schedule(0, again);
    };
    machine.schedule(1, again);
    machine.schedule(2, () => {
      throw new Error('broken');
    });
    const cancelled = machine.schedule(5, () => ran.push('never'));
    machine.schedule(3, () => ran.push('third'));
    machine.schedule(4, () => {
      ran.push('fourth');
      cancelled.dispose();
    });
    assert.throws(() => sleepTo(5, machine), /broken/);
    assert.deepEqual(ran, ['again']);
    machine.runDue();
    assert.deepEqual(ran, ['again', 'again', 'third', 'fourth']);
  });
});
