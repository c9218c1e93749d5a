import assert from 'node:assert/strict';
import { RowCache } from '../../media/inspector/rowCache';
import type { LogRow, RowPage } from '../../src/inspector/contract';

function row(sequence: number): LogRow {
  return {
    at: sequence,
    direction: 'in',
    client: 'bench',
    version: 5,
    kind: 'packet',
    topic: undefined,
    length: 2,
    excerpt: Uint8Array.of(0xc0, 0),
    context: {},
    concealed: [],
    endsPrevious: false,
    endsFraming: false,
  };
}

interface Request {
  readonly first: number;
  readonly count: number;
  answer(from?: number, to?: number): Promise<void>;
  fail(): Promise<void>;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setUp(limits: { pageLimit?: number; requestLimit?: number } = {}) {
  const requests: Request[] = [];
  const changes: number[] = [];
  const failures: unknown[] = [];
  const cache = new RowCache({
    pageSize: 10,
    ...limits,
    fetch: (first, count) =>
      new Promise<RowPage>((resolve, reject) => {
        requests.push({
          first,
          count,
          answer: (from = first, to = first + count) => {
            const length = Math.max(0, to - from);
            resolve({ first: from, rows: Array.from({ length }, (_, index) => row(from + index)) });
            return turn();
          },
          fail: () => {
            reject(new Error('gone'));
            return turn();
          },
        });
      }),
    changed: () => changes.push(changes.length),
    failed: (error) => failures.push(error),
  });
  const asked = (): [number, number][] => requests.map(({ first, count }) => [first, count]);
  return { cache, requests, changes, failures, asked };
}

describe('RowCache', () => {
  it('asks once for each page that shows, all of it', () => {
    const { cache, asked } = setUp();
    cache.want(15, 32, 0);
    cache.want(15, 32, 0);
    assert.deepEqual(asked(), [
      [10, 10],
      [20, 10],
      [30, 10],
    ]);
  });

  it('asks for no row that is older than the log', () => {
    const { cache, asked } = setUp();
    cache.want(15, 22, 13);
    assert.deepEqual(asked(), [
      [13, 7],
      [20, 10],
    ]);
  });

  it('says nothing where only rows came that are here: those that are wanted may be lost', async () => {
    const { cache, requests, changes } = setUp();
    cache.want(0, 10, 0);
    await requests[0]?.answer(4, 8);
    assert.equal(changes.length, 1);
    cache.want(0, 4, 0);
    await requests[1]?.answer(4, 8);
    assert.equal(changes.length, 1);
  });

  it('leaves a request for rows in sight where others are asked for ahead of them', async () => {
    const { cache, requests, changes, asked } = setUp({ requestLimit: 2 });
    cache.wantAhead(10, 30, 0);
    assert.deepEqual(asked(), [[10, 10]]);
    cache.want(50, 60, 0);
    assert.deepEqual(asked(), [
      [10, 10],
      [50, 10],
    ]);
    // There is room again for what was left out.
    await requests[1]?.answer(0, 0);
    assert.equal(changes.length, 1);
    cache.wantAhead(10, 30, 0);
    assert.equal(asked().length, 2);
    await requests[0]?.answer();
    cache.wantAhead(10, 30, 0);
    assert.deepEqual(asked().at(-1), [20, 10]);
  });

  it('keeps the rows that are here where more of their page comes', async () => {
    const { cache, requests } = setUp();
    cache.want(0, 10, 0);
    await requests[0]?.answer(4, 8);
    const known = cache.row(5);
    cache.want(0, 10, 0);
    await requests[1]?.answer(0, 10);
    assert.equal(cache.row(5), known);
    assert.deepEqual([cache.row(0)?.at, cache.row(9)?.at], [0, 9]);
  });

  it('hands out the rows that came and says that they did', async () => {
    const { cache, requests, changes } = setUp();
    cache.want(3, 5, 0);
    assert.equal(cache.row(3), undefined);
    await requests[0]?.answer();
    assert.equal(changes.length, 1);
    assert.equal(cache.row(3)?.at, 3);
    assert.equal(cache.row(9)?.at, 9);
    assert.equal(cache.row(2)?.at, 2);
    assert.equal(cache.row(10), undefined);
  });

  it('asks for the rest of the last page as the log grows', async () => {
    const { cache, requests, asked } = setUp();
    cache.want(0, 4, 0);
    await requests[0]?.answer(0, 4);
    cache.want(0, 4, 0);
    cache.want(0, 6, 0);
    assert.deepEqual(asked(), [
      [0, 10],
      [4, 6],
    ]);
  });

  it('does not go in circles over rows the log has lost', async () => {
    const { cache, requests, changes } = setUp();
    cache.want(0, 4, 0);
    await requests[0]?.answer(0, 0);
    assert.deepEqual(changes, []);
  });

  it('takes an answer that starts later than asked', async () => {
    const { cache, requests } = setUp();
    cache.want(0, 10, 0);
    await requests[0]?.answer(6, 10);
    assert.equal(cache.row(5), undefined);
    assert.equal(cache.row(6)?.at, 6);
  });

  it('keeps few requests on their way and asks for what still shows when one comes back', async () => {
    const { cache, requests, changes, asked } = setUp({ requestLimit: 1 });
    cache.want(0, 5, 0);
    cache.want(500, 505, 0);
    cache.want(900, 905, 0);
    assert.deepEqual(asked(), [[0, 10]]);
    await requests[0]?.answer(0, 0);
    assert.equal(changes.length, 1);
    cache.want(900, 905, 0);
    assert.deepEqual(asked().at(-1), [900, 10]);
  });

  it('keeps the pages looked at last', async () => {
    const { cache, requests } = setUp({ pageLimit: 2 });
    for (const first of [0, 10, 20]) {
      cache.want(first, first + 10, 0);
      await requests.at(-1)?.answer();
    }
    cache.want(10, 20, 0);
    cache.want(30, 40, 0);
    assert.equal(cache.row(0), undefined);
    assert.equal(cache.row(20), undefined);
    assert.equal(cache.row(10)?.at, 10);
  });

  it('reports a failure and asks again only when the rows are wanted again', async () => {
    const { cache, requests, failures, changes, asked } = setUp();
    cache.want(0, 5, 0);
    await requests[0]?.fail();
    assert.deepEqual([failures.length, changes.length, asked().length], [1, 0, 1]);
    cache.want(0, 5, 0);
    assert.equal(asked().length, 2);
  });
});
