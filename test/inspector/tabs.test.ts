import assert from 'node:assert/strict';
import { describeInspector } from './harness/inspectorSuite';

describeInspector('The tabs of the inspector', (open) => {
  it('are chosen by mouse and arrow keys, make their element when it is first shown, and come back after a reload', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    const chosen = async () => (await page.getByRole('tab', { selected: true }).textContent())?.trim();
    await page.getByRole('tab', { name: 'Packets' }).focus();
    assert.deepEqual(
      (await page.getByRole('tab').allTextContents()).map((caption) => caption.trim()),
      ['Packets', 'Chart', 'Timeline', 'Statistics', 'Doctor'],
    );
    assert.equal(await page.locator('mqtt-timeline').count(), 0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Timeline' }).waitFor();
    assert.ok(await page.locator('mqtt-timeline').isVisible());
    assert.equal(await page.locator('mqtt-doctor').count(), 0);
    assert.ok(await page.getByRole('grid', { name: 'Captured packets' }).isHidden());
    await page.keyboard.press('End');
    await page.locator('mqtt-doctor').waitFor();
    assert.ok(await page.locator('mqtt-timeline').isHidden());
    await page.keyboard.press('ArrowRight');
    assert.equal(await chosen(), 'Packets');
    await page.getByRole('tab', { name: 'Doctor' }).click();
    await page.reload();
    await page.locator('mqtt-doctor').waitFor();
    await host((harness) => harness.reveal(1), undefined);
    await page.getByRole('grid', { name: 'Captured packets' }).waitFor();
    assert.equal(await chosen(), 'Packets');
  });

  it('are all in sight in a narrow panel, also at twice the size, and in one line as far as they fit', async () => {
    const { page, host } = await open();
    await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator('#packet-1').waitFor();
    for (const width of [600, 280, 150]) {
      await page.setViewportSize({ width, height: 500 });
      const boxes = await page
        .getByRole('tab')
        .evaluateAll((tabs) => tabs.map((tab) => tab.getBoundingClientRect().toJSON() as DOMRect));
      assert.equal(boxes.length, 5);
      for (const { left, right } of boxes) assert.ok(left >= 0 && right <= width, `${right} of ${width}`);
      const lines = new Set(boxes.map(({ top }) => top)).size;
      assert.ok(width < 280 ? lines <= 3 : lines === 1, `${lines} lines at ${width}`);
      await page.getByRole('tab', { selected: true }).focus();
      await page.keyboard.press('End');
      assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'Doctor');
      await page.getByRole('tab', { name: 'Packets' }).click();
    }
  });
});
