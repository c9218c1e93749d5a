import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { FileSlices } from '../../src/storage/fileSlices';
import { CaptureFileDocument } from '../../src/ui/capture/captureFileDocument';
import { hostPace } from '../../src/ui/inspector/hostPace';
import { savedCapture } from '../support/savedCapture';
import { FakeUri } from '../support/vscodeFake';

function setUp(content: Uint8Array | Error, budget = 1 << 26) {
  const disk = { content, mtime: 1 };
  const closed: number[] = [];
  let held: Promise<void> | undefined;
  const open = (): Promise<FileSlices> => {
    const { content: now } = disk;
    if (now instanceof Error) return Promise.reject(now);
    return Promise.resolve({
      size: now.length,
      read: async (offset, length) => {
        await held;
        const current = disk.content instanceof Error ? now : disk.content;
        return current.slice(offset, offset + length);
      },
      close: () => Promise.resolve(void closed.push(1)),
    });
  };
  const make = (): CaptureFileDocument =>
    new CaptureFileDocument(new FakeUri('/folder/a.pcapng') as unknown as vscode.Uri, {
      open,
      stat: () => {
        if (disk.content instanceof Error) return Promise.reject(disk.content);
        return Promise.resolve({ mtime: disk.mtime, size: disk.content.length });
      },
      budget: () => budget,
      pace: hostPace,
    });
  const hold = (): (() => void) => {
    let release = (): void => undefined;
    held = new Promise((resolve) => (release = resolve));
    return release;
  };
  return { disk, closed, make, hold };
}

/** Resolves when the document is like that. */
function when(document: CaptureFileDocument, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!is()) return;
      subscription.dispose();
      resolve();
    };
    const subscription = document.onDidChange(look);
    look();
  });
}

const done = (document: CaptureFileDocument) => when(document, () => document.state.phase !== 'reading');
const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('CaptureFileDocument', () => {
  it('reads a file into a log of its own', async () => {
    const content = savedCapture(100);
    const { make, closed } = setUp(content);
    const document = make();
    assert.deepEqual([document.state.name, document.state.phase], ['a.pcapng', 'reading']);
    await done(document);
    assert.equal(document.log.end - document.log.first, 102);
    assert.deepEqual(document.state, {
      name: 'a.pcapng',
      phase: 'read',
      read: content.length,
      size: content.length,
      notes: [],
      damaged: false,
      format: 'capture',
      outdated: false,
      grown: false,
    });
    assert.ok(document.endpointsOf(document.log.row(1)?.connection ?? 0));
    assert.deepEqual(closed, [1]);
    document.dispose();
  });

  it('keeps within the budget, the newest packets', async () => {
    const { make } = setUp(savedCapture(2000, 100), 64 * 1024);
    const document = make();
    await done(document);
    assert.ok(document.log.evictedPackets > 1000);
    assert.equal(document.log.end, 2003);
    document.dispose();
  });

  it('says what is wrong with the file, and shows what is readable', async () => {
    const whole = savedCapture(10);
    const document = setUp(whole.subarray(0, whole.length - 20)).make();
    await done(document);
    assert.deepEqual([document.state.phase, document.state.damaged], ['read', true]);
    assert.match(document.state.notes[0] ?? '', /^The file ends inside block/);
    assert.ok(document.log.end > 10);
    const none = setUp(new Uint8Array(100).fill(65)).make();
    await done(none);
    assert.deepEqual(none.state.notes, [
      'This is not a capture file: it begins like neither pcap nor pcapng.',
    ]);
    const zipped = setUp(new Uint8Array([0x1f, 0x8b, 8, ...new Uint8Array(97)])).make();
    await done(zipped);
    assert.deepEqual(
      [document, none, zipped].map(({ state }) => state.format),
      ['capture', 'none', 'unread'],
    );
    const empty = setUp(savedCapture(0).subarray(0, 64)).make();
    await done(empty);
    assert.equal(empty.log.end, 1);
    assert.ok(empty.state.notes.length > 0);
    for (const each of [document, none, zipped, empty]) each.dispose();
  });

  it('says why it cannot be read', async () => {
    const document = setUp(failure('EACCES')).make();
    await done(document);
    assert.equal(document.state.phase, 'failed');
    assert.match(document.state.notes[0] ?? '', /^The file could not be read\. This user has no permission/);
    document.dispose();
  });

  it('stops when it is told to, with what it has', async () => {
    const { make, hold, closed } = setUp(savedCapture(20_000, 100));
    const release = hold();
    const document = make();
    document.cancel();
    release();
    await done(document);
    assert.equal(document.state.phase, 'cancelled');
    assert.ok(document.log.end < 20_000);
    assert.deepEqual(closed, [1]);
    document.dispose();
  });

  it('knows that the file has changed on the disk, and reads it again into a log that begins anew', async () => {
    const { make, disk } = setUp(savedCapture(10));
    const document = make();
    await done(document);
    await document.checkFile();
    assert.equal(document.state.outdated, false);
    disk.content = savedCapture(5);
    disk.mtime = 2;
    await document.checkFile();
    assert.deepEqual([document.state.outdated, document.state.grown], [true, false]);
    const before = document.log;
    let restarts = 0;
    document.onDidRestart(() => restarts++);
    document.readAgain();
    await done(document);
    assert.notEqual(document.log, before);
    assert.equal(document.log.first, 1);
    assert.equal(document.log.end, 8);
    assert.deepEqual([restarts, document.state.outdated], [1, false]);
    disk.content = failure('ENOENT');
    await document.checkFile();
    assert.equal(document.state.outdated, true);
    assert.equal(document.log.end, 8);
    document.dispose();
  });

  it('knows a file that is still being recorded from one that changed, and shows what was added', async () => {
    const { make, disk } = setUp(savedCapture(100));
    const document = make();
    await done(document);
    disk.content = savedCapture(150);
    disk.mtime = 2;
    await document.checkFile();
    assert.deepEqual([document.state.outdated, document.state.grown], [false, true]);
    const { end } = document.log;
    document.showAdded();
    await done(document);
    assert.deepEqual([document.firstAdded, document.state.grown], [end, false]);
    assert.equal(document.log.end - end, 50);
    document.readAgain();
    await done(document);
    assert.equal(document.firstAdded, undefined);
    // As long and longer, but of another beginning.
    disk.content = savedCapture(200).map((byte, at) => (at === 300 ? byte ^ 1 : byte));
    disk.mtime = 3;
    await document.checkFile();
    assert.deepEqual([document.state.outdated, document.state.grown], [true, false]);
    document.dispose();
  });

  it('says nothing of what was added while it was read, since that was read', async () => {
    const { make, hold, disk } = setUp(savedCapture(10));
    const release = hold();
    const document = make();
    // Its length is asked for before its bytes are.
    await new Promise((resolve) => setImmediate(resolve));
    disk.content = savedCapture(30);
    disk.mtime = 2;
    release();
    await done(document);
    await document.checkFile();
    assert.equal(document.log.end, 33);
    assert.deepEqual([document.state.outdated, document.state.grown], [false, false]);
    document.dispose();
  });

  it('ends a reading that is given up for another', async () => {
    const { make, hold, disk } = setUp(savedCapture(10));
    const release = hold();
    const document = make();
    disk.content = savedCapture(30);
    document.readAgain();
    release();
    await done(document);
    assert.equal(document.log.end, 33);
    document.dispose();
  });
});
