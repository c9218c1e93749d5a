import { strict as assert } from 'node:assert';
import { playgroundFolder } from '../../support/paths';
import { requireVscode } from '../../support/peers';
import { Workbench } from '../../support/workbench';

describe('The oldest VS Code that engines.vscode promises', function () {
  this.timeout(120_000);
  let workbench: Workbench;

  before(async function () {
    requireVscode(this, 'oldest');
    workbench = await Workbench.open({ suite: 'smoke', version: 'oldest', workspace: playgroundFolder });
  });
  after(() => workbench?.close());

  it('is what runs', () => assert.match(workbench.server.version, /^1\.100\./));

  it('activates the extension and shows its container with three views', async () => {
    await workbench.openContainer('MQTT');
    for (const view of ['Connections', 'Subscriptions', 'Snippets']) {
      await workbench.view(view).pane.waitFor();
    }
    // The row comes from the extension's own tree, so it runs.
    await workbench.view('Connections').waitForRow('bench');
    await workbench.screenshot('container');
  });

  it('runs a command of the extension that asks for something', async () => {
    await workbench.runCommand('MQTT: Add Connection…');
    assert.notEqual(await workbench.quickInput.prompt(), '');
    await workbench.quickInput.cancel();
    assert.deepEqual(workbench.errors(), []);
  });
});
