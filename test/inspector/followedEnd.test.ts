import assert from 'node:assert/strict';
import { FollowedEnd, type FollowedList } from '../../media/inspector/followedEnd';
import { RowCache } from '../../media/inspector/rowCache';
import type { LogRow, LogState } from '../../src/inspector/contract';

const log = (first: number, end: number): LogState => ({ first, end, evictedPackets: 0, evictedBytes: 0 });
const rowOf = (at: number): LogRow => ({ at }) as LogRow;

/** A host that answers when a test says so, with what the log has by then. */
class SlowHost {
  private answers: (() => void)[] = [];
  state = log(1, 1);
  readonly cache = new RowCache({
    fetch: (first, count) =>
      new Promise((resolve) =>
        this.answers.push(() => {
          const start = Math.max(first, this.state.first);
          const length = Math.max(0, Math.min(first + count, this.state.end) - start);
          resolve({ first: start, rows: Array.from({ length }, (_, index) => rowOf(start + index)) });
        }),
      ),
    changed: () => undefined,
    failed: (error) => assert.fail(String(error)),
  });

  get asked(): number {
    return this.answers.length;
  }

  async answer(): Promise<void> {
    const { answers } = this;
    this.answers = [];
    for (const answer of answers) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('The end of a list that is followed', () => {
  function setUp() {
    const host = new SlowHost();
    let tired = 0;
    const end = new FollowedEnd(() => tired++);
    const shown = (changes: Partial<FollowedList> = {}): number => {
      const { state: latest, cache } = host;
      return end.of({ latest, numbering: 0, cache, following: true, room: 10, ...changes }).end;
    };
    host.state = log(1, 101);
    assert.equal(shown(), 101);
    return { host, end, shown, tired: () => tired };
  }

  it('shows rows once their text is here, and asks for those that came meanwhile', async () => {
    const { host, end, shown } = setUp();
    host.state = log(1, 301);
    assert.equal(shown(), 101);
    assert.ok(end.waits);
    await host.answer();
    assert.equal(shown(), 301);
    assert.equal(end.waits, false);
    assert.ok(host.cache.row(291) && host.cache.row(300));
    end.dispose();
  });

  it('goes on where packets come faster than their text', async () => {
    const { host, end, shown } = setUp();
    let before = 101;
    for (let latest = 301; latest < 3000; latest += 200) {
      host.state = log(1, latest);
      shown();
      host.state = log(1, latest + 100);
      assert.equal(shown(), before);
      await host.answer();
      const now = shown();
      assert.ok(now > before, `${now} after ${before}`);
      for (let row = now - 10; row < now; row++) assert.ok(host.cache.row(row), `row ${row} of ${now}`);
      before = now;
    }
    end.dispose();
  });

  it('does not wait for rows that went meanwhile', async () => {
    const { host, end, shown } = setUp();
    host.state = log(1, 301);
    shown();
    host.state = log(5000, 6000);
    await host.answer();
    assert.equal(shown(), 101);
    await host.answer();
    assert.equal(shown(), 6000);
    end.dispose();
  });

  it('waits for nothing where nobody follows, where no row is in sight, and where the rows are others', () => {
    for (const changes of [{ following: false }, { room: 0 }, { numbering: 1 }, { latest: log(301, 301) }]) {
      const { host, end, shown } = setUp();
      host.state = log(1, 301);
      assert.equal(shown(changes), 301);
      assert.equal(host.asked, 0);
      end.dispose();
    }
  });

  it('shows them without their text where that takes too long', async () => {
    const { host, end, shown, tired } = setUp();
    host.state = log(1, 301);
    assert.equal(shown(), 101);
    const begin = Date.now();
    while (tired() === 0 && Date.now() - begin < 5000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(tired(), 1);
    assert.equal(shown(), 301);
    end.dispose();
  });
});
