import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { makeFolder } from '../../src/storage/makeFolder';

describe('A folder is made', () => {
  let root: string;
  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-folder-'))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('with what is missing above it, and is well where it is there', () => {
    const folder = path.join(root, 'a', 'b', 'c');
    makeFolder(folder);
    makeFolder(folder);
    assert.ok(fs.statSync(folder).isDirectory());
    if (process.platform !== 'win32') assert.equal(fs.statSync(path.join(root, 'a')).mode & 0o777, 0o700);
  });

  it('unless a file is in its place, or in that of a parent', () => {
    const file = path.join(root, 'file');
    fs.writeFileSync(file, '');
    assert.throws(() => makeFolder(file), { code: 'EEXIST' });
    assert.throws(
      () => makeFolder(path.join(file, 'a')),
      (error: NodeJS.ErrnoException) => ['ENOTDIR', 'ENOENT', 'EEXIST'].includes(error.code ?? ''),
    );
  });

  it('unless the system has no folders there, which it says at once', function () {
    if (process.platform !== 'linux') this.skip();
    assert.throws(() => makeFolder('/proc/mqtt-workbench/state'), { code: 'ENOENT' });
  });
});
