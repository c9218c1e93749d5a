import assert from 'node:assert/strict';
import { chartCsv } from '../../media/inspector/chart/chartCsv';
import { ChartedSeries } from '../../media/inspector/chart/chartedSeries';
import { ChartFeed } from '../../media/inspector/chart/chartFeed';
import { mostPoints, pointRows, SeriesPoints } from '../../media/inspector/chart/seriesPoints';
import { timeLabel } from '../../media/inspector/chart/timeLabel';
import {
  mostSeries,
  parseChartSeries,
  type ChartPage,
  type ChartPoints,
  type ChartSeries,
} from '../../src/inspector/chartContract';
import type { LogState } from '../../src/inspector/contract';
import { FakeClock } from '../support/fakeClock';

const series = (topic: string, path: string): ChartSeries => ({
  client: 'bench',
  direction: 'in',
  topic,
  path,
});
const points = (sequences: readonly number[], values: readonly number[]): ChartPoints => ({
  ...{ sequences, values, times: sequences.map((sequence) => sequence * 1000), without: 0, tooLong: 0 },
});
const log = (first: number, end: number): LogState => ({ first, end, evictedPackets: 0, evictedBytes: 0 });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Points of a series', () => {
  it('keep of every run the lowest and the highest when there are too many', () => {
    const series = new SeriesPoints();
    const sequences = Array.from({ length: 5 * mostPoints }, (_, index) => index + 1);
    const values = sequences.map((sequence) =>
      sequence === 7777 ? 1e6 : sequence === 8888 ? -1e6 : sequence % 10,
    );
    series.add(points(sequences, values));
    assert.equal(series.total, 5 * mostPoints);
    assert.ok(series.values.length < 2 * mostPoints);
    assert.deepEqual([Math.max(...series.values), Math.min(...series.values)], [1e6, -1e6]);
    for (const [at, sequence] of series.sequences.entries()) {
      assert.equal(series.values[at], values[sequence - 1]);
      assert.ok(sequence > (series.sequences[at - 1] ?? 0));
    }
  });

  it('are merged by packet', () => {
    const [a, b] = [new SeriesPoints(), new SeriesPoints()];
    a.add(points([1, 3, 5], [10, 30, 50]));
    b.add(points([3, 4], [3, 4]));
    assert.deepEqual(pointRows([a, b]), {
      sequences: [1, 3, 4, 5],
      times: [1000, 3000, 4000, 5000],
      values: [
        [10, 30, null, 50],
        [null, 3, 4, null],
      ],
    });
  });

  it('count numbers that a chart cannot tell apart', () => {
    const series = new SeriesPoints();
    series.add(points([1, 2], [2 ** 53 + 2, 1]));
    assert.equal(series.rounded, 1);
  });
});

describe('The feed of a chart', () => {
  function setUp() {
    const asked: string[] = [];
    const feed = new ChartFeed({
      fetch: (all, from): Promise<ChartPage> => {
        asked.push(`${all.map(({ path }) => path).join()} from ${from}`);
        const next = Math.min(from + 10, 21);
        const sequences = Array.from(
          { length: Math.max(0, next - Math.max(1, from)) },
          (_, at) => Math.max(1, from) + at,
        );
        return Promise.resolve({ points: all.map(() => points(sequences, sequences)), next });
      },
      changed: () => undefined,
      failed: (error) => assert.fail(String(error)),
    });
    return { feed, asked };
  }

  it('tells how far it is where that takes long, and not of what comes while packets come', async () => {
    const clock = new FakeClock();
    const told: number[] = [];
    let end = 0;
    let coming = 8;
    const feed: ChartFeed = new ChartFeed({
      fetch: async (all, from): Promise<ChartPage> => {
        clock.jump(300);
        const next = Math.min(from + 10, end);
        if (coming-- > 0) feed.logChanged(log(1, (end += 2)));
        return Promise.resolve({ points: all.map(() => points([], [])), next });
      },
      changed: () => told.push(feed.progress),
      failed: (error) => assert.fail(String(error)),
      now: () => clock.now(),
    });
    feed.follow([series('t', 'a')]);
    feed.run(true);
    feed.logChanged(log(1, (end = 3)));
    await turn();
    assert.deepEqual(
      told,
      Array.from({ length: 9 }, () => 1),
    );
    feed.logChanged(log(1, (end = 61)));
    await turn();
    assert.deepEqual(told.slice(9), [1, 38 / 60, 48 / 60, 58 / 60, 1]);
  });

  it('reads what there is in parts, and goes on when more comes', async () => {
    const { feed, asked } = setUp();
    feed.follow([series('t', 'a')]);
    feed.logChanged(log(1, 15));
    feed.run(true);
    await turn();
    assert.deepEqual(asked, ['a from 0', 'a from 10']);
    feed.logChanged(log(1, 21));
    feed.logChanged(log(1, 21));
    await turn();
    assert.deepEqual(asked, ['a from 0', 'a from 10', 'a from 20']);
    assert.deepEqual(feed.points[0]?.sequences.length, 20);
    assert.equal(feed.progress, 1);
  });

  it('reads nothing while it is paused, and reads a new series from the start', async () => {
    const { feed, asked } = setUp();
    const first = series('t', 'a');
    feed.follow([first]);
    feed.logChanged(log(1, 21));
    await turn();
    assert.deepEqual(asked, []);
    feed.run(true);
    await turn();
    asked.length = 0;
    feed.follow([first, series('t', 'b')]);
    await turn();
    assert.deepEqual(asked, ['b from 0', 'b from 10', 'b from 20']);
  });

  it('forgets its points when the log is cleared', async () => {
    const { feed } = setUp();
    feed.follow([series('t', 'a')]);
    feed.run(true);
    feed.logChanged(log(1, 21));
    await turn();
    feed.logChanged(log(21, 21));
    assert.equal(feed.points[0]?.total, 0);
  });
});

describe('What a chart follows', () => {
  it('has each series once, those of one name on one axis, and tells what found no room', () => {
    const charted = new ChartedSeries([series('a', 'payload.t'), series('b', 'payload.x.t')]);
    charted.add([series('a', 'payload.t'), series('a', 'payload.p')]);
    assert.deepEqual(charted.axisOf, [0, 0, 1]);
    charted.add(Array.from({ length: mostSeries }, (_, index) => series('c', `payload[${index}]`)));
    assert.equal(charted.series.length, mostSeries);
    assert.equal(charted.refusedSeries, 3);
    assert.equal(Math.max(...charted.axisOf), 3);
    const [first] = charted.series;
    assert.ok(first);
    charted.remove(first);
    assert.equal(charted.series.length, mostSeries - 1);
  });

  it('is read from what was kept, whatever that is', () => {
    const kept = series('a', 'payload');
    assert.deepEqual(parseChartSeries([kept, { ...kept, direction: 'up' }, 7, null]), [kept]);
    assert.deepEqual(parseChartSeries('x'), []);
  });
});

describe('A chart as CSV', () => {
  it('has every point, quoted where that is needed, with microseconds', async () => {
    const page: ChartPage = { points: [{ ...points([7], [-0.5]), times: [1.25] }], next: 8 };
    const table = await chartCsv([series('a,"b"', 'payload.x')], 8, () => Promise.resolve(page));
    assert.equal(
      new TextDecoder().decode(table),
      'time,packet,client,direction,topic,path,value\r\n1970-01-01T00:00:00.001250Z,7,bench,received,"a,""b""",payload.x,-0.5\r\n',
    );
  });

  it('has no topic in it that a spreadsheet calculates', async () => {
    const page: ChartPage = { points: [points([7], [1])], next: 8 };
    const table = await chartCsv([series('=cmd|x', '-2+3')], 8, () => Promise.resolve(page));
    assert.ok(new TextDecoder().decode(table).endsWith(",bench,received,'=cmd|x,'-2+3,1\r\n"));
  });
});

describe('A place on the axis of time', () => {
  const at = new Date(2026, 10, 22, 9, 5, 7, 42).getTime();
  for (const [step, expected] of [
    [10, '09:05:07.042'],
    [5000, '09:05:07'],
    [60_000, '09:05'],
    [86_400_000, '2026-11-22'],
  ] as const) {
    it(`is ${expected} where the next is ${step} ms away`, () =>
      assert.equal(timeLabel(at, step, false), expected));
  }

  it('is that of the step, where adding up steps ended a little before it', () => {
    assert.equal(timeLabel(at + 458 - 1e-4, 500, false), '09:05:07.500');
    assert.equal(timeLabel(at + 958 - 1e-4, 500, false), '09:05:08.000');
    assert.equal(timeLabel(at + 958 - 1e-4, 1_000, false), '09:05:08');
    assert.equal(timeLabel(at + 958 + 1e-4, 1_000, false), '09:05:08');
  });

  it('has microseconds where steps are that small', () => {
    assert.equal(timeLabel(at + 0.25, 0.05, false), '09:05:07.042250');
    assert.equal(timeLabel(at + 0.2999, 0.1, false), '09:05:07.042300');
  });
});
