import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { playgroundFolder, repositoryRoot } from '../support/paths';
import { requireVscode } from '../support/peers';
import { Workbench } from '../support/workbench';
import { zipEntries } from '../support/zipEntries';

describe('The package', function () {
  this.timeout(120_000);
  let folder: string;
  let vsix: string;
  let told: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-package-'));
    vsix = path.join(folder, 'mqtt-workbench.vsix');
    // What `npm run package` does once esbuild is done.
    const vsce = path.join(repositoryRoot, 'node_modules/@vscode/vsce/vsce');
    const made = spawnSync(process.execPath, [vsce, 'package', '--no-dependencies', '--out', vsix], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    });
    told = made.stdout + made.stderr;
    assert.equal(made.status, 0, told);
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it('is made without a warning', () => assert.doesNotMatch(told, /warning/i));

  it('holds what runs and nothing of the sources and the tests', () => {
    const listed = zipEntries(fs.readFileSync(vsix));
    const folders = new Set(
      listed
        .filter((file) => file.startsWith('extension/'))
        .map((file) =>
          file
            .split('/')
            .slice(1, 3)
            .join('/')
            .replace(/^(LICENSE\.txt|readme\.md|changelog\.md)$/i, 'text'),
        ),
    );
    assert.deepEqual([...folders].sort(), [
      'dist/cli.js',
      'dist/codicons',
      'dist/extension.js',
      'dist/inspector',
      'dist/node-sqlite3-wasm.LICENSE',
      'dist/node-sqlite3-wasm.wasm',
      'media/icons',
      'media/language',
      'package.json',
      'text',
    ]);
    assert.deepEqual(
      listed.filter((file) => /\.(ts|map)$/.test(file)),
      [],
    );
  });

  it('installs into VS Code and activates there', async function () {
    requireVscode(this);
    const workbench = await Workbench.open({
      suite: 'package',
      extension: { vsix },
      workspace: playgroundFolder,
    });
    try {
      await workbench.openContainer('MQTT');
      await workbench.view('Connections').waitForRow('bench');
      await workbench.screenshot('installed');
    } finally {
      await workbench.close();
    }
  });
});
