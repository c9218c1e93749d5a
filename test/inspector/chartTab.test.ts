import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import type { ChartSeries } from '../../src/inspector/chartContract';
import { describeInspector } from './harness/inspectorSuite';

const series = (topic: string, path: string): ChartSeries => ({
  ...{ client: 'bench', direction: 'in', topic, path },
});

const chart = (page: Page): Locator => page.locator('mqtt-chart');
const line = (page: Page, index: number): Locator => chart(page).locator('.chart-legend li').nth(index);

/** Whether anything is drawn in a colour on the canvas of the chart. */
async function drawn(page: Page, [red, green, blue]: readonly [number, number, number]): Promise<boolean> {
  return chart(page)
    .locator('canvas')
    .evaluate(
      (canvas, wanted) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const data =
          (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        for (let at = 0; at < data.length; at += 4) {
          if (wanted.every((part, index) => Math.abs((data[at + index] ?? 0) - part) < 12)) return true;
        }
        return false;
      },
      [red, green, blue],
    );
}

const theme = {
  '--vscode-charts-blue': '#0000ff',
  '--vscode-charts-orange': '#ff8800',
  '--vscode-editor-background': '#ffffff',
  '--vscode-foreground': '#222222',
  '--vscode-font-size': '13px',
  '--vscode-font-family': 'sans-serif',
};

describeInspector('The chart', (open) => {
  it('says what to do while it follows nothing', async () => {
    const { page } = await open();
    await page.getByRole('tab', { name: 'Chart' }).click();
    await page.getByRole('heading', { name: 'Nothing is charted yet' }).waitFor();
  });

  it('draws a number of the payload tree, live, and leads back to the packet of a point', async () => {
    const { page, host } = await open({ theme, height: 900 });
    const found = await host((harness) => {
      const first = harness.message('room', '{"t":20.5,"rh":40}');
      for (let index = 1; index < 50; index++)
        harness.message('room', `{"t":${20 + index},"rh":${40 + (index % 7)}}`);
      harness.message('other', '{"t":1}');
      return first;
    }, undefined);
    await page.getByRole('grid', { name: 'Captured packets' }).focus();
    await page.keyboard.press('Home');
    await page.locator(`#packet-${found}.selected`).waitFor();
    await page.locator('.json-row', { hasText: '"t"' }).click();
    await page.getByRole('button', { name: 'Chart this number' }).click();
    await line(page, 0).getByText('50 points').waitFor();
    await line(page, 0).locator('.last-value', { hasText: '69' }).waitFor();
    await page.waitForFunction(() => document.querySelector('mqtt-chart canvas') !== null);
    assert.ok(await drawn(page, [0, 0, 255]));

    await host((harness) => harness.message('room', '{"t":500,"rh":1}'), undefined);
    await line(page, 0).getByText('51 points').waitFor();
    await line(page, 0).locator('.last-value', { hasText: '500' }).waitFor();

    // The last point is at the right, near the top.
    const box = await chart(page).locator('.u-over').boundingBox();
    assert.ok(box);
    const right = box.x + box.width - 3;
    let top = box.y;
    for (; top < box.y + box.height / 2; top += 10) {
      await page.mouse.move(right, top);
      if ((await chart(page).getByText('payload.t = 500').count()) > 0) break;
    }
    await page.mouse.click(right, top);
    await page.locator('#packet-52.selected').waitFor();
    assert.equal(
      await page
        .getByRole('tab', { selected: true })
        .textContent()
        .then((text) => text?.trim()),
      'Packets',
    );
  });

  it('is drawn once, however often it is wanted before it begins', async () => {
    const { page, host } = await open({ theme });
    await host((harness, of) => harness.chart(of), [series('room', 't')]);
    await chart(page).locator('.uplot').waitFor();
    const plots = await chart(page).evaluate(async (element) => {
      const tab = element as unknown as { requestUpdate(): void; performUpdate(): void };
      // Another theme: the plot goes.
      document.body.classList.toggle('vscode-light');
      await new Promise<void>(queueMicrotask);
      for (let times = 0; times < 3; times++) {
        tab.requestUpdate();
        tab.performUpdate();
      }
      const gone = element.querySelectorAll('.uplot').length;
      await new Promise(requestAnimationFrame);
      return [gone, element.querySelectorAll('.uplot').length];
    });
    assert.deepEqual(plots, [0, 1]);
  });

  it('says what is wrong where it cannot be drawn', async () => {
    const { page, host } = await open({
      before: "window.matchMedia = () => { throw new Error('no media'); };",
    });
    await host((harness, of) => harness.chart(of), [series('room', 't')]);
    await page.locator('.failure', { hasText: 'no media' }).waitFor();
  });

  it('goes from point to point with the keyboard, pauses, zooms and shows a table', async () => {
    const { page, host } = await open({ theme, height: 900 });
    await host(
      (harness, both) => {
        for (let index = 0; index < 10; index++)
          harness.message('room', `{"t":${index},"on":${index % 2 === 0}}`);
        harness.message('room', '{"t":"not a number"}');
        harness.chart(both);
      },
      [series('room', 'payload.t'), series('room', 'payload.on')],
    );
    await line(page, 0).getByText('10 points · 1 without a number here').waitFor();
    await line(page, 1).getByText('10 points').waitFor();
    await chart(page).locator('.chart-canvas').focus();
    await page.keyboard.press('End');
    await chart(page).getByText('payload.t = 9').waitFor();
    await page.keyboard.press('ArrowLeft');
    await chart(page).getByText('payload.t = 8').waitFor();
    await page.keyboard.press('ArrowDown');
    await chart(page).getByText('payload.on = 1').waitFor();
    await page.keyboard.press('+');
    await chart(page).getByText('zoomed: new points do not move it').waitFor();
    await page.keyboard.press('0');
    await chart(page).getByText('zoomed:').waitFor({ state: 'detached' });

    await chart(page).getByRole('button', { name: 'Pause the chart' }).click();
    await host((harness) => harness.message('room', '{"t":77,"on":false}'), undefined);
    await page.locator('.count', { hasText: '12 packets' }).waitFor();
    await chart(page).getByText('paused').waitFor();
    assert.equal(await line(page, 0).getByText('11 points').count(), 0);
    await chart(page).getByRole('button', { name: 'Go on' }).click();
    await line(page, 0).getByText('11 points').waitFor();

    await chart(page).getByRole('button', { name: 'Show the points as a table' }).click();
    const rows = chart(page).locator('.table-viewport [role=row]');
    await rows.nth(10).waitFor();
    assert.deepEqual(await rows.nth(3).locator('.point-value').allTextContents(), ['3', '0']);
    await chart(page).locator('.table-viewport').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.locator('#packet-1.selected').waitFor();
  });

  it('follows several topics on axes that the person chooses, and comes back after a reload', async () => {
    const { page, host } = await open({ theme, height: 900 });
    const messages = [series('a', 'payload.t'), series('b', 'payload.t'), series('a', 'payload.p')];
    await host((harness, all) => {
      for (let index = 0; index < 5; index++) {
        harness.message('a', `{"t":${index},"p":${1000 + index}}`);
        harness.message('b', `{"t":${index + 5}}`);
      }
      harness.chart(all);
    }, messages);
    await line(page, 2).getByText('5 points').waitFor();
    const axes = (): Promise<string[]> =>
      chart(page)
        .locator('.chart-legend select')
        .evaluateAll((all) => all.map((select) => (select as HTMLSelectElement).value));
    assert.deepEqual(await axes(), ['0', '0', '1']);
    await line(page, 1).getByRole('combobox').selectOption('Axis 3');
    assert.deepEqual(await axes(), ['0', '2', '1']);
    await line(page, 0)
      .getByRole('button', { name: /^Remove/ })
      .click();
    await line(page, 2).waitFor({ state: 'detached' });
    await page.reload();
    await line(page, 1).waitFor();
    assert.deepEqual(await chart(page).locator('.chart-legend .topic').allTextContents(), ['b', 'a']);
  });

  it('is saved as an image and, with every point that the log has, as a table', async () => {
    const { page, host } = await open({ theme, height: 900 });
    await host(
      (harness, one) => {
        for (let index = 0; index < 30_000; index++) harness.message('many', String(index));
        harness.chart([one]);
      },
      series('many', 'payload'),
    );
    await line(page, 0).getByText('30,000 points').waitFor();
    await line(page, 0).getByText('drawn: of each run the lowest and the highest').waitFor();
    await chart(page).getByRole('button', { name: 'Save as PNG image…' }).click();
    await chart(page).getByText('saved').waitFor();
    await chart(page).getByRole('button', { name: 'Save all points as CSV…' }).click();
    await page.waitForFunction(
      () => (globalThis as unknown as { harness: { saved: unknown[] } }).harness.saved.length === 2,
    );
    // Byte by byte it would be on its way for longer than everything else takes.
    const { image, table } = await host(
      ({ saved: [png, csv] }) => ({
        image: [...(png?.bytes.subarray(0, 4) ?? [])],
        table: new TextDecoder().decode(csv?.bytes),
      }),
      undefined,
    );
    assert.deepEqual(image, [0x89, 0x50, 0x4e, 0x47]);
    const lines = table.split('\r\n');
    assert.equal(lines.length, 30_002);
    assert.match(
      lines[30_000] ?? '',
      /^2026-11-22T\d\d:\d\d:\d\d\.\d{6}Z,30000,bench,received,many,payload,29999$/,
    );
  });

  it('keeps within a width of 360 pixels', async () => {
    const { page, host } = await open({ theme, width: 360 });
    await host(
      (harness, one) => {
        harness.message('a/very/long/topic/name/of/a/device', '{"a number with a long name":1}');
        harness.chart([one]);
      },
      series('a/very/long/topic/name/of/a/device', 'payload["a number with a long name"]'),
    );
    await line(page, 0).getByText('1 point').waitFor();
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.equal(overflow, 0);
  });
});
