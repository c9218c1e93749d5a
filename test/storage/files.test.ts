import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { openFileSlices } from '../../src/storage/fileSlices';
import { UnfinishedFile } from '../../src/storage/unfinishedFile';

describe('Files in pieces', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-files-'));
    file = path.join(folder, 'file');
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('are read from any place, with fewer bytes at their end', async () => {
    fs.writeFileSync(file, 'abcdef');
    const slices = await openFileSlices(file);
    assert.equal(slices.size, 6);
    assert.equal(Buffer.from(await slices.read(2, 3)).toString(), 'cde');
    assert.equal(Buffer.from(await slices.read(4, 100)).toString(), 'ef');
    assert.equal((await slices.read(6, 100)).length, 0);
    fs.appendFileSync(file, 'g');
    assert.equal(Buffer.from(await slices.read(6, 100)).toString(), 'g');
    await slices.close();
  });

  it('that are not there, or are folders, reject', async () => {
    await assert.rejects(openFileSlices(file), { code: 'ENOENT' });
    const slices = await openFileSlices(folder);
    await assert.rejects(slices.read(0, 1), { code: 'EISDIR' });
    await slices.close();
  });

  it('are at their place when they are whole, and not before', async () => {
    fs.writeFileSync(file, 'before');
    const unfinished = await UnfinishedFile.create(file);
    await unfinished.write(Buffer.from('af'));
    await unfinished.write(Buffer.from('ter'));
    assert.equal(fs.readFileSync(file, 'utf8'), 'before');
    await unfinished.finish();
    assert.equal(fs.readFileSync(file, 'utf8'), 'after');
    assert.deepEqual(fs.readdirSync(folder), ['file']);
  });

  it('leave nothing where they are abandoned, also after they failed to get their name', async () => {
    const unfinished = await UnfinishedFile.create(file);
    await unfinished.write(Buffer.from('half'));
    await unfinished.abandon();
    assert.deepEqual(fs.readdirSync(folder), []);
    fs.mkdirSync(path.join(file, 'inside'), { recursive: true });
    const other = await UnfinishedFile.create(file);
    await assert.rejects(other.finish());
    await other.abandon();
    assert.deepEqual(fs.readdirSync(folder), ['file']);
  });
});
