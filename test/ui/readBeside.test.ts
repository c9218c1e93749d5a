import * as assert from 'node:assert/strict';
import { FakeFileSystemError, FakeUri, fakeVscode } from '../support/vscodeFake';
import type * as vscode from 'vscode';
import { readBeside } from '../../src/ui/snippets/readBeside';

const { workspace } = fakeVscode;

async function read(path: string, beside = new FakeUri('/w/dir/a.mqtt')): Promise<string> {
  const bytes = await readBeside(beside as unknown as vscode.Uri, path);
  return typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
}

describe('A file that a body names', () => {
  const untitled = new FakeUri('Untitled-1', 'untitled');

  beforeEach(() => {
    workspace.isTrusted = true;
    workspace.files.clear();
    workspace.files.set('/w/dir/b.bin', 'beside');
    workspace.files.set('/w/c.bin', 'above');
    workspace.files.set('/w/locked', new FakeFileSystemError('NoPermissions'));
    workspace.asked.length = 0;
  });

  it('is read from its place relative to the .mqtt file, or from an absolute one', async () => {
    assert.equal(await read('./b.bin'), 'beside');
    assert.equal(await read('../c.bin'), 'above');
    assert.equal(await read('/w/c.bin'), 'above');
    assert.equal(await read('/w/c.bin', untitled), 'above');
  });

  it('is told apart by why it cannot be read', async () => {
    assert.equal(await read('no.bin'), 'notFound');
    assert.equal(await read('/w/locked'), 'notReadable');
  });

  it('has no place beside a file that is not saved', async () => {
    assert.equal(await read('b.bin', untitled), 'notSaved');
    assert.deepEqual(workspace.asked, []);
  });

  it('is left alone where the workspace is not trusted, without a message of its own', async () => {
    workspace.isTrusted = false;
    fakeVscode.window.messages.length = 0;
    assert.equal(await read('b.bin'), 'notTrusted');
    assert.equal(await read('b.bin', untitled), 'notTrusted');
    assert.deepEqual(workspace.asked, []);
    assert.deepEqual(fakeVscode.window.messages, []);
    workspace.isTrusted = true;
  });
});
