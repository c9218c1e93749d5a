import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { KeptCaptures } from '../../src/storage/keptCaptures';

describe('The packets that windows keep', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-captures-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const day = 86_400_000;
  const bound = { bytes: 250, milliseconds: 30 * day };
  const windowOf = (name: string): KeptCaptures => new KeptCaptures(folder, name, bound);

  /** What a window has, in the order of its names in `names`. */
  async function present(...names: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    for (const name of names) {
      const file = await windowOf(name).open();
      if (file) found.push(name);
      await file?.close();
    }
    return found;
  }

  async function keep(name: string, days: number, bytes = 100): Promise<void> {
    const before = new Set(fs.readdirSync(folder));
    const file = await windowOf(name).create();
    await file.write(new Uint8Array(bytes));
    await file.finish('unsynced');
    const at = new Date(Date.now() - days * day);
    for (const each of fs.readdirSync(folder))
      if (!before.has(each)) fs.utimesSync(path.join(folder, each), at, at);
  }

  it('are those of each window alone', async () => {
    await keep('a', 0, 10);
    await keep('b', 0, 20);
    const file = (await windowOf('b').open()) ?? assert.fail();
    assert.equal(file.size, 20);
    await file.close();
    await windowOf('b').delete();
    assert.deepEqual(await present('a', 'b'), ['a']);
  });

  it('go when all together are too many bytes, those first that were kept for longest', async () => {
    await keep('old', 3);
    await keep('older', 4);
    await keep('new', 1);
    await keep('own', 0);
    assert.equal((await windowOf('own').prune()).length, 2);
    assert.deepEqual(await present('older', 'old', 'new', 'own'), ['new', 'own']);
    assert.deepEqual(await windowOf('own').prune(), []);
  });

  it('go after a month, but for those of the window that asks', async () => {
    await keep('other', 31, 1);
    await keep('own', 31, 1);
    const [pruned] = await windowOf('own').prune();
    assert.equal(pruned?.bytes, 1);
    assert.ok(pruned && Date.now() - pruned.kept >= 31 * day);
    assert.deepEqual(await present('other', 'own'), ['own']);
  });

  it('leave nothing behind of a write that broke off, and other files alone', async () => {
    const broken = await windowOf('a').create();
    const [unfinished = ''] = fs.readdirSync(folder);
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    const asked = windowOf('b');
    await asked.prune();
    assert.deepEqual(fs.readdirSync(folder).sort(), [unfinished, 'notes.txt'].sort());
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    fs.utimesSync(path.join(folder, unfinished), longAgo, longAgo);
    await asked.prune();
    assert.deepEqual(fs.readdirSync(folder), ['notes.txt']);
    await broken.abandon();
  });

  it('are none where there is no folder', async () => {
    const none = new KeptCaptures(path.join(folder, 'none'), 'a', bound);
    assert.equal(await none.open(), undefined);
    await none.delete();
    assert.deepEqual(await none.prune(), []);
  });
});
