import * as assert from 'node:assert/strict';
import { type FakeDocument, FakeFileSystemError, FakeUri, fakeVscode } from '../support/vscodeFake';
import { SnippetFiles } from '../../src/ui/snippets/snippetFiles';

const { workspace } = fakeVscode;

function opened(path: string, text: string): FakeDocument {
  return { uri: new FakeUri(path), languageId: 'mqtt', version: 1, getText: () => text };
}

describe('The .mqtt files of the workspace', () => {
  let files: SnippetFiles;
  let failures: string[];

  beforeEach(() => {
    workspace.files.clear();
    workspace.files.set('/w/b.mqtt', 'PUBLISH b');
    workspace.files.set('/w/a.mqtt', 'PUBLISH a');
    workspace.textDocuments = [];
    failures = [];
    files = new SnippetFiles((what) => failures.push(what));
  });
  afterEach(() => files.dispose());

  /** The text of each file, and what had to be asked for to know it. */
  async function listed(): Promise<{ readonly texts: readonly string[]; readonly asked: readonly string[] }> {
    workspace.asked.length = 0;
    const texts = (await files.all()).map(({ document }) => document?.text ?? '?');
    return { texts, asked: [...workspace.asked] };
  }

  it('are looked for and read once', async () => {
    assert.deepEqual(await listed(), {
      texts: ['PUBLISH a', 'PUBLISH b'],
      asked: ['find', '/w/a.mqtt', '/w/b.mqtt'],
    });
    assert.deepEqual((await listed()).asked, []);
  });

  it('are not read while one of them is written in an editor, and count as they are there', async () => {
    await listed();
    const document = opened('/w/a.mqtt', 'PUBLISH typed');
    workspace.textDocuments = [document];
    workspace.textChanged.fire({ document, contentChanges: [] });
    assert.deepEqual(await listed(), { texts: ['PUBLISH typed', 'PUBLISH b'], asked: [] });
  });

  it('count as they are on disk once they are closed without being saved', async () => {
    const document = opened('/w/a.mqtt', 'PUBLISH typed');
    workspace.textDocuments = [document];
    assert.deepEqual((await listed()).texts, ['PUBLISH typed', 'PUBLISH b']);
    let told = 0;
    files.onDidChange(() => told++);
    workspace.textDocuments = [];
    workspace.closed.fire(document);
    assert.equal(told, 1);
    assert.deepEqual(await listed(), { texts: ['PUBLISH a', 'PUBLISH b'], asked: ['/w/a.mqtt'] });
  });

  it('are read again one by one as they change on disk', async () => {
    await listed();
    workspace.files.set('/w/b.mqtt', 'PUBLISH other');
    workspace.changedOnDisk.fire(new FakeUri('/w/b.mqtt'));
    assert.deepEqual(await listed(), { texts: ['PUBLISH a', 'PUBLISH other'], asked: ['/w/b.mqtt'] });
  });

  it('are looked for again when one comes or goes', async () => {
    await listed();
    workspace.files.set('/w/c.mqtt', 'PUBLISH c');
    workspace.created.fire(new FakeUri('/w/c.mqtt'));
    assert.deepEqual((await listed()).asked, ['find', '/w/c.mqtt']);
    workspace.files.delete('/w/a.mqtt');
    workspace.deleted.fire(new FakeUri('/w/a.mqtt'));
    assert.deepEqual(await listed(), { texts: ['PUBLISH b', 'PUBLISH c'], asked: ['find'] });
  });

  it('are looked for again when a folder goes that held one', async () => {
    workspace.files.set('/w/v1.2/c.mqtt', 'PUBLISH c');
    await listed();
    workspace.files.delete('/w/v1.2/c.mqtt');
    workspace.deleted.fire(new FakeUri('/w/v1.2'));
    assert.deepEqual((await listed()).texts, ['PUBLISH a', 'PUBLISH b']);
  });

  it('are looked for again when a folder comes, and not for each other file', async () => {
    await listed();
    workspace.created.fire(new FakeUri('/w/main.o'));
    workspace.deleted.fire(new FakeUri('/w/main.o'));
    assert.deepEqual((await listed()).asked, []);
    workspace.created.fire(new FakeUri('/w/moved'));
    assert.deepEqual((await listed()).asked, ['find']);
  });

  it('are reported once where they cannot be read', async () => {
    workspace.files.set('/w/b.mqtt', new FakeFileSystemError('NoPermissions'));
    for (let time = 0; time < 3; time++) {
      assert.deepEqual((await listed()).texts, ['PUBLISH a']);
      workspace.changedOnDisk.fire(new FakeUri('/w/b.mqtt'));
    }
    assert.deepEqual(failures, ['Reading w/b.mqtt']);
    workspace.files.set('/w/b.mqtt', 'PUBLISH b');
    workspace.changedOnDisk.fire(new FakeUri('/w/b.mqtt'));
    assert.deepEqual((await listed()).texts, ['PUBLISH a', 'PUBLISH b']);
  });

  it('are no failure where they went before they were read', async () => {
    workspace.files.set('/w/b.mqtt', new FakeFileSystemError('FileNotFound'));
    assert.deepEqual((await listed()).texts, ['PUBLISH a']);
    assert.deepEqual(failures, []);
  });
});
