import assert from 'node:assert/strict';
import { describeInspector, drawnSequences } from './harness/inspectorSuite';

describeInspector('The inspector shows a log', (open) => {
  it('holds a million packets and reaches each of them', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1_000_000), undefined);
    await page.locator('#packet-1000000').waitFor();
    assert.equal(await page.locator('.count').textContent(), '1,000,000 packets');
    assert.ok((await drawnSequences(page)).length < 100);

    await page.locator('#packet-1000000').click();
    await page.keyboard.press('Home');
    await page.locator('#packet-1.selected').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('PageDown');
    const paged = Number(await page.locator('.selected[data-sequence]').getAttribute('data-sequence'));
    assert.ok(paged > 3 && paged < 40, String(paged));
    await page.keyboard.press('End');
    await page.locator('#packet-1000000.selected').waitFor();

    await page.locator('.packet-viewport').evaluate((viewport) => {
      viewport.scrollTop = (viewport.scrollHeight - viewport.clientHeight) / 2;
    });
    await page.waitForFunction(() => {
      const row = document.querySelector<HTMLElement>('[data-sequence]');
      return (
        Math.abs(Number(row?.dataset['sequence']) - 500_000) < 2000 && row?.querySelector('.type') !== null
      );
    });
    const [before] = await drawnSequences(page);
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, 44);
    await page.waitForFunction(
      (first) =>
        Number(document.querySelector<HTMLElement>('[data-sequence]')?.dataset['sequence']) === first,
      (before ?? 0) + 2,
    );
  });

  it('shows what is selected as that under the pointer as well', async () => {
    const theme = {
      '--vscode-list-inactiveSelectionBackground': '#0000ff',
      '--vscode-list-hoverBackground': '#00ff00',
    };
    const { page, host } = await open({ theme });
    await host((harness) => harness.flood(5), undefined);
    await page.locator('#packet-3').click();
    await page.locator('#packet-3.selected').waitFor();
    await page.getByRole('tab', { name: 'Packets' }).focus();
    const background = (row: string) =>
      page.locator(row).evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(await background('#packet-3:hover'), 'rgb(0, 0, 255)');
    await page.locator('#packet-2').hover();
    assert.equal(await background('#packet-2:hover'), 'rgb(0, 255, 0)');
  });

  it('says what the budget made go, and keeps the packets in sight in their place meanwhile', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(40_000, 1_000), undefined);
    await page.locator('#packet-40000').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -2000);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const before = await drawnSequences(page);
    await host((harness) => harness.flood(40_000, 1_000), undefined);
    await page.locator('.evicted', { hasText: 'dropped for the capture budget' }).waitFor();
    assert.deepEqual(await drawnSequences(page), before);
  });

  it('says how many packets there are before how many went, where there is little room', async () => {
    const { page, host } = await open({ width: 400 });
    await host((harness) => harness.flood(80_000, 1_000), undefined);
    const cut = (selector: string) =>
      page.locator(selector).evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    await page.locator('.evicted').waitFor();
    assert.equal(await cut('.evicted-text'), true);
    assert.equal(await cut('.count'), false);
    assert.equal(await cut('.toolbar'), false);
  });

  it('shows the last byte of a packet of 16 MiB with few elements', async () => {
    const { page, host } = await open();
    const length = 16 * 1024 * 1024;
    const sequence = await host((harness, bytes) => harness.large(bytes), length);
    await page.locator(`#packet-${sequence}`).click();
    await page.locator('.bytes .byte').first().waitFor();
    await page.locator('.bytes .byte').first().click();
    await page.keyboard.press('Control+End');
    const last = page.locator('.bytes .byte.cursor');
    await page.waitForFunction((least) => {
      const cursor = document.querySelector<HTMLElement>('.bytes .byte.cursor');
      return Number(cursor?.dataset['offset']) > least;
    }, length);
    assert.equal(await last.textContent(), 'ff');
    assert.ok((await page.locator('[data-offset]').count()) < 4000);
    assert.deepEqual(await page.locator('.tree-row.selected .label').allTextContents(), ['Payload']);
  });

  it('comes back after a reload with what was selected and chosen', async () => {
    const { page, host } = await open();
    let found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}`).click();
    await page.locator('vscode-single-select').click();
    await page.locator('vscode-single-select li', { hasText: 'Hex' }).click();
    const sash = page.getByRole('separator', { name: 'Height of the list' });
    await sash.focus();
    await page.keyboard.press('ArrowDown');
    const height = await sash.getAttribute('aria-valuenow');

    await page.reload();
    found = await host((harness) => harness.conversation(5), undefined);
    await page.locator(`#packet-${found.json}.selected`).waitFor();
    // The log is the page's own here, so it came back later than the view asked for the packet.
    await page.locator('mqtt-payload-view .byte').first().waitFor();
    assert.equal(await sash.getAttribute('aria-valuenow'), height);
  });

  it('comes back after a reload to where the person had scrolled', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -22_000);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const [before] = await drawnSequences(page);
    assert.ok(before !== undefined && before > 1 && before < 4900);
    await page.waitForFunction((top) => sessionStorage.getItem('state')?.includes(`"top":${top}`), before);
    await page.reload();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator(`#packet-${before}`).waitFor();
    assert.equal((await drawnSequences(page))[0], before);
    await host((harness) => harness.flood(100), undefined);
    await page.locator('.count', { hasText: '5,100 packets' }).waitFor();
    assert.equal((await drawnSequences(page))[0], before);
  });

  it('follows a log that began anew', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -440);
    await page.waitForFunction(() => sessionStorage.getItem('state')?.includes('"top"'));
    await page.reload();
    await host((harness) => harness.flood(100), undefined);
    await page.locator('#packet-100').waitFor();
    await page.getByRole('button', { name: 'Pause following the newest packet' }).waitFor();
  });

  it('does not take the packet of another log for the one that was selected', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-2').click();
    await page.locator('.details-head', { hasText: '#2' }).waitFor();
    await page.reload();
    await host((harness) => {
      harness.pass(60_000);
      harness.flood(3);
    }, undefined);
    await page.getByText('Select a packet to see its fields').waitFor();
    assert.equal(await page.locator('.selected').count(), 0);
  });

  it('reveals a packet when the host asks for it', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    await host((harness) => harness.reveal(2500), undefined);
    await page.locator('#packet-2500.selected').waitFor();
    await page.locator('.details-head', { hasText: '#2500' }).waitFor();
  });

  it('says that a packet is gone', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-2').click();
    await page.getByRole('button', { name: 'Clear the packet log' }).click();
    await page.getByRole('heading', { name: 'No packets captured yet' }).waitFor();
    await host((harness) => harness.flood(3), undefined);
    await page.locator('#packet-6').waitFor();
    await host((harness) => harness.reveal(2), undefined);
    await page.getByText('Packet #2 is no longer in the log').waitFor();
  });
});
