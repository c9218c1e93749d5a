import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { Harness } from './harness/page';
import { describeInspector, drawnSequences } from './harness/inspectorSuite';

/** So many packets come 25 times a second until the returned function is called. */
async function packetsComing(page: Page, atOnce = 2): Promise<() => Promise<void>> {
  const timer = await page.evaluate((count) => {
    const { harness } = globalThis as unknown as { harness: Harness };
    return Number(setInterval(() => harness.flood(count), 40));
  }, atOnce);
  return () => page.evaluate((id) => clearInterval(id), timer);
}

describeInspector('The list of the inspector as it moves', (open) => {
  it('has rows below each other while it scrolls, and in the order of the document when that rests', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1_000_000), undefined);
    await page.locator('#packet-1000000').waitFor();
    await page.locator('.packet-viewport').hover();
    for (const deltaY of [-1300, -250, 90, -1100, 430]) {
      await page.mouse.wheel(0, deltaY);
      const rows = await page.evaluate(async () => {
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return [...document.querySelectorAll<HTMLElement>('[data-position]')].map((row) => ({
          position: Number(row.dataset['position']),
          top: row.getBoundingClientRect().top,
        }));
      });
      const sorted = [...rows].sort((a, b) => a.position - b.position);
      const [first] = sorted;
      assert.ok(first && sorted.length > 10);
      for (const [index, { position, top }] of sorted.entries()) {
        assert.equal(position, first.position + index);
        assert.ok(Math.abs(top - (first.top + index * 22)) < 0.1, `row ${position} at ${top}`);
      }
      const { y = Number.NaN } = (await page.locator('.packet-viewport').boundingBox()) ?? {};
      assert.ok(first.top <= y && first.top > y - 22, `${first.top} above ${y}`);
    }
    await page.waitForFunction(() => {
      const rows = [...document.querySelectorAll<HTMLElement>('[data-position]')];
      const positions = rows.map((row) => Number(row.dataset['position']));
      return positions.every(
        (position, index) => index === 0 || position === (positions[index - 1] ?? 0) + 1,
      );
    });
  });

  it('keeps its scroll bar where the list stands', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(1_000_000), undefined);
    await page.locator('#packet-1000000').waitFor();
    const bar = () =>
      page.locator('.packet-viewport').evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({
        part: scrollTop / (scrollHeight - clientHeight),
        pixel: 1 / clientHeight,
      }));
    const firstInSight = () =>
      page.evaluate(() =>
        Math.min(
          ...[...document.querySelectorAll<HTMLElement>('[data-position]')].map((row) =>
            Number(row.dataset['position']),
          ),
        ),
      );
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -120_000);
    await page.waitForFunction(
      () => !document.querySelector('#packet-1000000') && document.querySelector('[data-sequence] .type'),
    );
    const { part, pixel } = await bar();
    const first = await firstInSight();
    assert.ok(first > 990_000 && first < 995_000, String(first));
    assert.ok(Math.abs(part - first / 1_000_000) < pixel, `${part} where ${first} is the first`);
    // Moved by a person from there, it takes the list along by as much, each time.
    for (const wanted of [first - 10, first - 20]) {
      await page.locator('.packet-viewport').evaluate((viewport) => (viewport.scrollTop -= 80));
      await page.waitForFunction(
        (row) =>
          [...document.querySelectorAll<HTMLElement>('[data-position]')].some(
            ({ dataset }) => Number(dataset['position']) === row,
          ),
        wanted,
      );
      assert.ok(Math.abs((await firstInSight()) - wanted) <= 1);
    }
  });

  it('has its rows in the order of the document while a live log is followed, which never rests', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    await host((harness) => void setInterval(() => harness.flood(1), 40), undefined);
    const frames = await page.evaluate(async () => {
      const frames: number[][] = [];
      for (let frame = 0; frame < 60; frame++) {
        await new Promise(requestAnimationFrame);
        const rows = [...document.querySelectorAll<HTMLElement>('[data-position]')];
        frames.push(rows.map(({ dataset }) => Number(dataset['position'])));
      }
      return frames;
    });
    assert.ok(new Set(frames.map(([first]) => first)).size > 3);
    for (const rows of frames)
      assert.deepEqual(
        rows,
        [...rows].sort((a, b) => a - b),
      );
  });

  it('moves no row within the document while a button of the pointer is down, whose click would be lost', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    const scroll = (by: number) =>
      page.locator('.packet-viewport').evaluate((viewport, pixels) => (viewport.scrollTop += pixels), by);
    await scroll(-22_000);
    await page.locator('#packet-3990').hover();
    await page.mouse.down();
    await scroll(-220);
    const inOrder = () =>
      page.evaluate(() => {
        const rows = [...document.querySelectorAll<HTMLElement>('[data-position]')];
        const positions = rows.map(({ dataset }) => Number(dataset['position']));
        return positions.every((position, index) => index === 0 || position > (positions[index - 1] ?? 0));
      });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    assert.equal(await inOrder(), false);
    await page.mouse.up();
    for (let attempt = 0; attempt < 100 && !(await inOrder()); attempt++)
      await page.evaluate(() => new Promise(requestAnimationFrame));
    assert.ok(await inOrder());
  });

  it('tells where the person scrolls at once, and where that ended, also while packets come all the time', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    await host((harness) => void setInterval(() => harness.flood(1), 40), undefined);
    for (let times = 0; times < 2; times++) {
      const toldAtOnce = await page.evaluate(async () => {
        let told = 0;
        document.querySelector('mqtt-packet-list')?.addEventListener('top-moved', () => told++);
        const viewport = document.querySelector('.packet-viewport') as HTMLElement;
        viewport.scrollTop -= 2200;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        const atOnce = told;
        viewport.scrollTop -= 2200;
        await new Promise(requestAnimationFrame);
        return atOnce;
      });
      assert.ok(toldAtOnce > 0);
      const [first] = await drawnSequences(page);
      await page.waitForFunction((top) => sessionStorage.getItem('state')?.includes(`"top":${top}`), first);
    }
  });

  it('keeps the newest packet in sight until the person scrolls up, and goes on recording', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-1000').waitFor();

    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -400);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const before = await drawnSequences(page);
    await host((harness) => harness.flood(500), undefined);
    await page.locator('.count', { hasText: '1,500 packets' }).waitFor();
    assert.deepEqual(await drawnSequences(page), before);

    await page.getByRole('button', { name: 'Follow the newest packet' }).click();
    await page.locator('#packet-1500').waitFor();
    await page.getByRole('button', { name: 'Pause following' }).click();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('.count', { hasText: '2,000 packets' }).waitFor();
    assert.equal((await drawnSequences(page)).includes(2000), false);
  });

  it('shows the newest packets with their text however fast they come', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500 .type').waitFor();
    const stop = await packetsComing(page, 60);
    const frames = await page.evaluate(async () => {
      const seen: { readonly newest: number; readonly bare: number }[] = [];
      while (seen.length < 60) {
        await new Promise(requestAnimationFrame);
        const rows = [...document.querySelectorAll<HTMLElement>('.packet-row[data-position]')];
        seen.push({
          newest: Math.max(...rows.map((row) => Number(row.dataset['position']))),
          bare: rows.filter((row) => !row.querySelector('.type')).length,
        });
      }
      return seen;
    });
    await stop();
    const [first, last] = [frames[0]?.newest ?? 0, frames.at(-1)?.newest ?? 0];
    assert.ok(last > first + 100, `${first} to ${last}`);
    assert.deepEqual(
      frames.filter(({ bare }) => bare > 0),
      [],
    );
  });

  it('keeps the newest packet in sight where there is no longer room for all', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(9), undefined);
    const newest = page.locator('#packet-9');
    await newest.waitFor();
    const room = await page.locator('.packet-viewport').evaluate((viewport) => viewport.clientHeight);
    assert.ok(room > 9 * 22, `${room} px`);
    await page.setViewportSize({ width: 1200, height: 480 });
    await page.waitForFunction(
      () => (document.querySelector('.packet-viewport')?.clientHeight ?? 0) < 9 * 22,
    );
    await page.waitForFunction(() => {
      const bottom = document.querySelector('.packet-viewport')?.getBoundingClientRect().bottom ?? 0;
      return (document.querySelector('#packet-9')?.getBoundingClientRect().bottom ?? Infinity) <= bottom + 1;
    });
  });

  it('begins with the keys at what is in sight where nothing is selected yet', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -22_000);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const [first = 0] = await drawnSequences(page);
    assert.ok(first > 1000, String(first));
    await page.locator('.packet-viewport').focus();
    await page.keyboard.press('ArrowDown');
    await page.locator(`#packet-${first}.selected`).waitFor();
  });

  it('keeps where the person had scrolled also while packets come without a pause', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(5000), undefined);
    await page.locator('#packet-5000').waitFor();
    const stop = await packetsComing(page);
    await page.locator('.packet-viewport').hover();
    await page.mouse.wheel(0, -22_000);
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    const [first] = await drawnSequences(page);
    await page.waitForFunction((top) => sessionStorage.getItem('state')?.includes(`"top":${top}`), first);
    await stop();
  });

  it('selects the row that is pressed while packets come, and keeps it in sight', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    const stop = await packetsComing(page);
    await page.locator('.packet-viewport').hover();
    const end = () => page.locator('.count').textContent();
    await page.mouse.down();
    const before = await end();
    // As long as a slow press lasts.
    await page.waitForFunction((text) => document.querySelector('.count')?.textContent !== text, before);
    await page.waitForTimeout(200);
    await page.mouse.up();
    await page.locator('.selected[data-sequence]:hover').waitFor();
    await page.getByRole('button', { name: 'Follow the newest packet' }).waitFor();
    await stop();
  });

  it('selects the row that was pressed where another came below the pointer', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(500), undefined);
    await page.locator('#packet-500').waitFor();
    await page.locator('#packet-495').hover();
    await page.mouse.down();
    await page.mouse.wheel(0, -66);
    await page.waitForFunction(() => document.querySelector('#packet-495')?.matches(':hover') === false);
    await page.mouse.up();
    await page.locator('#packet-495.selected').waitFor();
    assert.equal(await page.locator('.selected[data-sequence]').count(), 1);
    // Released elsewhere it selects nothing, and a click without a button is about its own row.
    await page.locator('#packet-494').hover();
    await page.mouse.down();
    await page.locator('.toolbar').hover();
    await page.mouse.up();
    await page.locator('#packet-492').dispatchEvent('click');
    await page.locator('#packet-492.selected').waitFor();
  });
});
