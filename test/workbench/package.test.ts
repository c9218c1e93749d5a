import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { playgroundFolder, repositoryRoot } from '../support/paths';
import { requireVscode } from '../support/peers';
import { Workbench } from '../support/workbench';
import { zipEntries } from '../support/zipEntries';

const manifest = JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as Record<
  string,
  string
>;
const vsix = path.join(repositoryRoot, `mqtt-workbench-${manifest['version']}.vsix`);

describe('The package', function () {
  this.timeout(120_000);

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
