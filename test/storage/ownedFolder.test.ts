import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { SingleDatabase } from '../../src/storage/database';
import { turn } from '../support/fakeClock';
import { addedMessage, SessionFolder } from '../support/sessionFolder';

describe('A Session on the disk, which one process has at a time,', function () {
  this.timeout(60_000);
  let disk: SessionFolder;

  beforeEach(() => (disk = new SessionFolder()));
  afterEach(() => disk.remove());

  it('is had by one at a time, each for itself', async () => {
    const one = await disk.store('one').open();
    const other = await disk.store('other').open();
    await assert.rejects(disk.store('one').open(), { failure: { code: 'inUse' } });
    one.close();
    (await disk.store('one').open()).close();
    other.close();
    assert.throws(() => other.record([addedMessage(1, 0)]), { failure: { code: 'inUse' } });
  });

  it('goes to the next process at once where its owner was killed in the middle of a write', async () => {
    (await disk.store().open()).close();
    // As they lie there then: the name of an owner that is gone, and the lock of the engine.
    const gone = path.join(path.dirname(disk.place), `4194303.${Date.now()}.ab12.${os.hostname()}`);
    fs.renameSync(disk.place, gone);
    fs.mkdirSync(path.join(gone, 'session.db.lock'));
    (await disk.store().open()).close();
    assert.ok(fs.existsSync(disk.place));
  });

  it('goes to the next process at once where nobody has asked how its owner ended', async function () {
    if (process.platform !== 'linux') this.skip();
    (await disk.store().open()).close();
    // The shell becomes a program that does not ask, before the other one ends.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60']);
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(printed.toString());
      while (!fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await turn();
      const gone = path.join(path.dirname(disk.place), `${pid}.${Date.now()}.ab12.${os.hostname()}`);
      fs.renameSync(disk.place, gone);
      (await disk.store().open()).close();
    } finally {
      parent.kill();
    }
  });

  it('stays with an owner that lives, though its machine may be another, until that has been silent for long', async () => {
    (await disk.store().open()).close();
    const elsewhere = path.join(path.dirname(disk.place), `1.${Date.now()}.ab12.elsewhere`);
    fs.renameSync(disk.place, elsewhere);
    await assert.rejects(disk.store().open(), { failure: { code: 'inUse' } });
    fs.utimesSync(elsewhere, new Date(0), new Date(0));
    // Once is not enough: both machines may have slept.
    await assert.rejects(disk.store().open(), { failure: { code: 'inUse' } });
  });

  it('stays with an owner that shows itself, though the clock was set forward by more than the machine has run', async () => {
    (await disk.store().open()).close();
    // A process that is there, and an owner from before the machine was started, by the clock of now.
    const living = path.join(path.dirname(disk.place), `${process.ppid}.1000.ab12.${os.hostname()}`);
    fs.renameSync(disk.place, living);
    fs.utimesSync(living, new Date(), new Date());
    await assert.rejects(disk.store().open(), { failure: { code: 'inUse' } });
    fs.utimesSync(living, new Date(0), new Date(0));
    (await disk.store().open()).close();
  });

  it('is found among what other programs leave there, and made where they left nothing else', async () => {
    (await disk.store().open()).close();
    const parent = path.dirname(disk.place);
    fs.writeFileSync(path.join(parent, '.DS_Store'), '');
    fs.mkdirSync(path.join(parent, '.AppleDouble'));
    assert.equal((await disk.kept([addedMessage(1, 0)])).messages.length, 1);
    fs.rmSync(path.join(parent, 'free'), { recursive: true });
    assert.equal((await disk.kept([])).messages.length, 0);
  });

  it('is not taken for that of another window where this user may not write there', async function () {
    if (process.platform === 'win32') this.skip();
    (await disk.store().open()).close();
    const parent = path.dirname(disk.place);
    for (const each of [disk.folder, path.dirname(parent)]) fs.chmodSync(each, 0o755);
    fs.chmodSync(parent, 0o555);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534); // Nothing is forbidden to the administrator.
    const opening = disk.store().open();
    if (isRoot) process.seteuid?.(0);
    await assert.rejects(opening, /notPermitted: EACCES: permission denied/);
    fs.chmodSync(parent, 0o755);
  });

  it('is let go where it cannot be made smaller, with all that the engine holds of it', async () => {
    const journal = await disk.store().open();
    const shrink = Object.getOwnPropertyDescriptor(SingleDatabase.prototype, 'shrink');
    assert.ok(shrink);
    SingleDatabase.prototype.shrink = () => {
      throw new Error('disk I/O error');
    };
    try {
      assert.throws(() => journal.close(), { failure: { code: 'unusable', detail: 'disk I/O error' } });
    } finally {
      Object.defineProperty(SingleDatabase.prototype, 'shrink', shrink);
    }
    // What the engine has open it locks.
    assert.ok(!fs.existsSync(path.join(disk.place, 'session.db.lock')));
    (await disk.store().open()).close();
  });

  it('is not written to any more by an owner whom it was taken from', async () => {
    const journal = await disk.store().open();
    const parent = path.dirname(disk.place);
    const [name = ''] = fs.readdirSync(parent);
    fs.renameSync(path.join(parent, name), path.join(parent, 'free'));
    assert.throws(() => journal.record([addedMessage(1, 0)]), { failure: { code: 'inUse' } });
    journal.close();
    assert.deepEqual(fs.readdirSync(parent), ['free']);
  });
});
