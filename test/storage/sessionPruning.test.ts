import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { SessionBound } from '../../src/storage/sessionPruning';
import { SqliteSessionStore } from '../../src/storage/sqliteSessionStore';

describe('Old Sessions on the disk', function () {
  this.timeout(60_000);
  let folder: string;
  let pruned: (number | undefined)[];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-pruning-'));
    pruned = [];
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const store = (key: string, bound?: SessionBound) =>
    new SqliteSessionStore({
      ...(bound && { bound }),
      ...{ folder, key },
      pruned: ({ messages }) => pruned.push(messages),
      notPruned: (reason) => assert.fail(reason),
      broken: (_, reason) => assert.fail(reason),
    });
  const names = () => fs.readdirSync(folder).filter((name) => /^[0-9a-f]{32}$/.test(name));

  /** Makes Sessions, the first used first, with a message each; returns their names. */
  async function fill(count: number): Promise<string[]> {
    const made: string[] = [];
    for (let index = 0; index < count; index++) {
      const before = names();
      const journal = await store(`old${index}`).open();
      const message = { entry: 1, packetIdentifier: 0, packet: Uint8Array.of(1), acceptedAt: 1 };
      journal.record([{ kind: 'added', message }]);
      journal.close();
      const [name = ''] = names().filter((each) => !before.includes(each));
      const time = new Date(1_700_000_000_000 + index * 1_000);
      fs.utimesSync(path.join(folder, name, 'free'), time, time);
      made.push(name);
    }
    return made;
  }

  it('go in no larger number than there is room to be made where several are opened at once', async () => {
    const old = await fill(8);
    const bound = { sessions: 8, bytes: 1e9 };
    const journals = await Promise.all(['a', 'b', 'c'].map((key) => store(key, bound).open()));
    assert.deepEqual(pruned, [1, 1, 1]);
    const left = names();
    assert.equal(left.length, 8);
    assert.deepEqual(
      old.filter((name) => left.includes(name)),
      old.slice(3),
    );
    for (const journal of journals) journal.close();
  });

  it('go also where they cannot be opened to be counted, and none in their place', async () => {
    const [oldest = '', ...others] = await fill(3);
    const file = path.join(folder, oldest, 'free', 'session.db');
    fs.rmSync(file);
    fs.mkdirSync(file);
    fs.utimesSync(path.join(folder, oldest, 'free'), 1, 1);
    const journal = await store('new', { sessions: 3, bytes: 1e9 }).open();
    journal.close();
    assert.deepEqual(pruned, [undefined]);
    const left = names();
    assert.ok(!left.includes(oldest) && others.every((name) => left.includes(name)));
    (await store('old0').open()).close();
  });

  it('stay where another process makes room for all', async () => {
    await fill(3);
    const elsewhere = path.join(folder, 'pruning', `1.${Date.now()}.ab12.elsewhere`);
    fs.mkdirSync(elsewhere, { recursive: true });
    (await store('new', { sessions: 3, bytes: 1e9 }).open()).close();
    assert.deepEqual([pruned, names().length], [[], 4]);
  });
});
