import assert from 'node:assert/strict';
import { requirePeer } from '../support/peers';
import type { Workbench } from '../support/workbench';
import { sharedWorkbench } from './sharedWorkbench';

const source = `#include <stdint.h>

static const uint8_t packet[] = {
  0x30, 0x09, /* PUBLISH, Remaining Length */
  0x00, 0x03, 'a', '/', 'b', '{', '"', '"', '}',
};
`;

describe('Decode as MQTT', function () {
  this.timeout(180_000);
  let workbench: Workbench;

  before(async function () {
    requirePeer(this, 'chromium');
    workbench = await sharedWorkbench({
      suite: 'decode',
      files: { 'main.c': source, 'noise.txt': 'hello world\n' },
    });
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it('opens the packets of a C array in the inspector', async () => {
    await workbench.openFile('main.c');
    await workbench.runCommand('MQTT: Decode as MQTT');
    const inspector = workbench.webview();
    const row = inspector.getByRole('row').filter({ hasText: 'PUBLISH' });
    await row.first().waitFor();
    assert.match((await row.first().textContent()) ?? '', /main\.c:1/);
    await inspector
      .getByRole('treeitem', { name: /Topic Name/ })
      .first()
      .waitFor();
    await workbench.screenshot('c-array');
  });

  it('says what is no byte, and where', async () => {
    await workbench.openFile('noise.txt');
    await workbench.runCommand('MQTT: Decode as MQTT');
    await workbench.notification(/"h" is no byte \(line 1, column 1\)/);
    await workbench.screenshot('no-bytes');
    await workbench.clearNotifications();
  });

  for (const theme of ['dark', 'high contrast'] as const) {
    it(`follows the ${theme} theme`, async () => {
      await workbench.setTheme(theme);
      await workbench.showTab('MQTT Inspector');
      await workbench.webview().getByRole('row').filter({ hasText: 'PUBLISH' }).first().waitFor();
      await workbench.screenshot(`c-array-${theme.replace(' ', '-')}`);
    });
  }
});
