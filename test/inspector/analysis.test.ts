import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually';
import { describeInspector } from './harness/inspectorSuite';
import { playedThemes } from './harness/themeTokens';

const tab = (page: Page, name: string) => page.getByRole('tab', { name });

describeInspector('The inspector links what belongs together', (open) => {
  it('shows the handshake of a packet with what each step took, leads to its packets and marks their rows', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    const found = await host((harness) => harness.troubled(), undefined);
    await host((harness, sequence) => harness.reveal(sequence), found.publish);
    const strip = page.locator('.exchange');
    await strip.waitFor();
    const text = ((await strip.textContent()) ?? '').replace(/\s+/g, ' ').trim();
    const { publish, pubrec, pubrel, pubcomp } = found;
    assert.equal(
      text,
      `QoS 2 handshake #${publish} PUBLISH +260 µs #${pubrec} PUBREC +1.5 ms #${pubrel} PUBREL +400 µs #${pubcomp} PUBCOMP complete in 2.16 ms`,
    );
    for (const sequence of [publish, pubrec, pubrel, pubcomp]) {
      await page.locator(`#packet-${sequence}.linked`).waitFor();
    }
    assert.equal(await page.locator('.packet-row.linked').count(), 4);
    await strip.getByRole('button', { name: `#${pubrel} PUBREL` }).click();
    await page.locator(`#packet-${pubrel}.selected`).waitFor();
    await page.locator('.details-head', { hasText: 'PUBREL' }).waitFor();
    await strip.locator('.packet-link.current', { hasText: `#${pubrel}` }).waitFor();
  });

  it('says of what was never answered how long it waited', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    const found = await host((harness) => harness.troubled(), undefined);
    await host((harness, sequence) => harness.reveal(sequence), found.unanswered);
    const outcome = page.locator('.exchange.bad .exchange-outcome');
    await outcome.waitFor();
    assert.match(
      (await outcome.textContent()) ?? '',
      /never answered: no PUBACK in 4\d(\.\d+)? s, then the connection ended/,
    );
  });

  it('takes the marks away with the packet that has no exchange', async () => {
    const { page, host } = await open();
    await host((harness) => harness.troubled(), undefined);
    await host((harness) => harness.flood(1), undefined);
    const last = await host((harness) => harness.log.end - 1, undefined);
    await host((harness) => harness.reveal(3), undefined);
    await page.locator('.packet-row.linked').first().waitFor();
    await host((harness, sequence) => harness.reveal(sequence), last);
    await page.locator(`#packet-${last}.selected`).waitFor();
    await page.locator('.packet-row.linked').first().waitFor({ state: 'detached' });
  });
});

describeInspector('The tab of statistics', (open) => {
  it('counts clients, topics and types, sorts by a column and copies a table', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Statistics').click();
    const topics = page.getByRole('table', { name: 'Topics', exact: true });
    await topics.waitFor();
    const names = () => topics.locator('tbody tr td:first-child').allTextContents();
    const trimmed = async () => (await names()).map((name) => name.trim());
    assert.deepEqual((await trimmed())[0], 'sensor/beat');
    await topics.getByRole('button', { name: 'Topic' }).click();
    assert.deepEqual(await trimmed(), ['/cmd/led', 'sensor/beat', 'sensor/state']);
    assert.equal(await topics.locator('th').first().getAttribute('aria-sort'), 'ascending');
    const latencies = page.getByRole('table', { name: 'Latencies' });
    assert.match((await latencies.textContent()) ?? '', /QoS 1 message/);
    const periodic = page.getByRole('table', { name: 'Periodic topics' });
    assert.match((await periodic.textContent()) ?? '', /sensor\/beat.*1\.00 s/s);
    const violations = page.getByRole('table', { name: 'Violations' });
    await violations
      .getByRole('button', { name: /^#\d+$/ })
      .first()
      .click();
    await tab(page, 'Packets').and(page.locator('[aria-selected="true"]')).waitFor();
  });

  it('counts on while packets come', async () => {
    const { page, host } = await open();
    await tab(page, 'Statistics').click();
    await page.getByText('No packets captured yet. What comes is counted here.').waitFor();
    await host((harness) => harness.flood(5_000), undefined);
    await page.locator('.statistics-summary', { hasText: '5,000 packets' }).waitFor();
    await host((harness) => harness.flood(20), undefined);
    await page.locator('.statistics-summary', { hasText: '5,020 packets' }).waitFor();
  });
});

describeInspector('What is chosen in the analysis', (open) => {
  const filtered = async (page: Page, filter: string | RegExp, count: number): Promise<void> => {
    await tab(page, 'Packets').and(page.locator('[aria-selected="true"]')).waitFor();
    await page.locator('.filter-count', { hasText: `${count} of 114 packets` }).waitFor();
    // What is shown stays until the extension host took the filter.
    await eventually(
      () => page.getByRole('combobox', { name: 'Filter packets' }).inputValue(),
      (written) =>
        typeof filter === 'string' ? assert.equal(written, filter) : assert.match(written, filter),
    );
  };

  it('filters the list by a row of the statistics', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    const filters = [
      ['Clients', 'esp32-7f2a', 'client == "esp32-7f2a"', 23],
      ['Topics', 'sensor/beat', 'topic == "sensor/beat"', 40],
      ['Packet types', 'PUBACK', 'packet == PUBACK', 40],
      ['Messages by QoS', 'QoS 2', 'qos == 2', 1],
      ['Messages by QoS', 'Sent again (DUP)', 'dup == true', 0],
      ['Violations', /^Keep Alive is 0/, 'violation == "keepAliveZero"', 8],
    ] as const;
    for (const [table, name, filter, count] of filters) {
      await tab(page, 'Statistics').click();
      const rows = page.getByRole('table', { name: table, exact: true });
      await rows.locator('tbody').getByRole('button', { name }).first().click();
      await filtered(page, filter, count);
    }
  });

  it('filters the list by the client of a finding and by what is on a lane', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Doctor').click();
    await page.getByRole('button', { name: 'Filter by esp32-7f2a' }).first().click();
    await filtered(page, 'client == "esp32-7f2a"', 23);
    await tab(page, 'Timeline').click();
    await page.locator('.timeline-label', { hasText: 'sensor' }).click();
    await page.locator('.timeline-canvas').focus();
    await page.keyboard.press('.');
    await page.keyboard.press('.');
    await page.locator('.timeline-selection li.current', { hasText: 'CONNECT at' }).waitFor();
    await page.getByRole('button', { name: 'Filter the packets by this' }).click();
    await filtered(page, /^client == "sensor" and time >= "2026-11-22T14:00:00\.000Z" and time <= "/, 3);
  });

  it('marks the rows of an exchange among those that a filter shows', async () => {
    const { page, host } = await open({ width: 1300, height: 900 });
    const found = await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Statistics').click();
    const types = page.getByRole('table', { name: 'Packet types' });
    await types.getByRole('button', { name: 'PUBREC' }).click();
    await page.locator(`[data-sequence="${found.pubrec}"]`).click();
    await page.locator(`[data-sequence="${found.pubrec}"].linked`).waitFor();
    assert.equal(await page.locator('.packet-row.linked').count(), 1);
  });
});

describeInspector('The tab of the doctor', (open) => {
  it('says in words what is wrong, with the packets it rests on', async () => {
    const { page, host } = await open({ width: 1100, height: 900 });
    await tab(page, 'Doctor').click();
    await page.getByText('The doctor looks at every packet as it comes').waitFor();
    await host((harness) => harness.troubled(), undefined);
    const fight = page.locator('.finding', { hasText: 'Two clients fight over the identifier “esp32-7f2a”' });
    await fight.waitFor();
    assert.equal(await fight.locator('.codicon').getAttribute('aria-label'), 'problem');
    for (const title of [
      '2 topics under “/cmd” begin with a slash',
      'not acknowledged',
      '“esp32-7f2a” has no Keep Alive',
    ]) {
      await page.locator('.finding h3', { hasText: title }).waitFor();
    }
    const link = fight.locator('.packet-link').first();
    const sequence = ((await link.textContent()) ?? '').trim().slice(1);
    await link.click();
    await page.locator(`#packet-${sequence}.selected`).waitFor();
  });

  it('says that nothing was found, and in how many packets', async () => {
    const { page, host } = await open();
    await host((harness) => harness.flood(3), undefined);
    await tab(page, 'Doctor').click();
    await page.getByText('Nothing found in 3 packets').waitFor();
  });

  it('does not call packets healthy of which one breaks a rule by itself, and leads to it', async () => {
    const { page, host } = await open();
    const sequence = await host((harness) => {
      const bytes = Uint8Array.of(0x36, 0x07, 0, 3, 0x61, 0x2f, 0x62, 0, 1);
      const row = {
        at: 0,
        direction: 'in',
        connection: 1,
        kind: 'packet',
        version: 4,
        topic: undefined,
      } as const;
      const appended = harness.log.append(row, bytes);
      harness.log.announce();
      return appended;
    }, undefined);
    await tab(page, 'Doctor').click();
    await page.getByText('Nothing found in how 1 packet').waitFor();
    await page.locator('.analysis-empty .packet-link').click();
    await page.locator(`#packet-${sequence}.selected`).waitFor();
  });
});

describeInspector('The tab of the timeline', (open) => {
  it('has a lane for each client, and tells in text what is on it', async () => {
    const { page, host } = await open({ width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    const labels = page.locator('.timeline-label');
    await labels.nth(1).waitFor();
    assert.match((await labels.first().textContent()) ?? '', /esp32-7f2a\s*8 connections/);
    await labels.first().click();
    const told = page.locator('.timeline-selection li');
    await told.first().waitFor();
    const text = ((await told.first().textContent()) ?? '').replace(/\s+/g, ' ');
    assert.match(
      text,
      /Connection “esp32-7f2a \(192\.168\.1\.30:50000\)” .* no keep alive · has a will · taken over by packet #\d+/,
    );
  });

  it('lists packets of one and of several digits with their texts below each other', async () => {
    const { page, host } = await open({ width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    await page.locator('.timeline-label', { hasText: 'sensor' }).click();
    await page.locator('.timeline-selection li').nth(8).waitFor();
    const lines = await page.locator('.timeline-selection li').evaluateAll((items) =>
      items.map((item) => {
        const [link, text] = Array.from(item.children, (part) => part.getBoundingClientRect());
        return {
          digits: item.firstElementChild?.textContent?.trim().length,
          end: link?.right,
          text: text?.left,
        };
      }),
    );
    assert.ok(new Set(lines.map(({ digits }) => digits)).size > 1);
    assert.equal(new Set(lines.map(({ end }) => end)).size, 1);
    assert.equal(new Set(lines.map(({ text }) => text)).size, 1);
  });

  it('says in a legend what is what, and folds it away where there is little room', async () => {
    const { page, host } = await open({ ...playedThemes['dark'], width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    const legend = page.getByRole('list', { name: 'Legend' });
    await legend.waitFor();
    assert.equal(await legend.locator('li').count(), 11);
    // Every sample has something in it.
    const inked = await legend.locator('canvas').evaluateAll((samples) =>
      samples.map((sample) => {
        const canvas = sample as HTMLCanvasElement;
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
        return data?.some((value) => value > 0) ?? false;
      }),
    );
    assert.deepEqual(inked, Array<boolean>(11).fill(true));
  });

  it('has a legend to be opened where there is little room', async () => {
    const { page, host } = await open({ width: 450, height: 700 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    await page.locator('.timeline-legend summary').waitFor();
    const legend = page.getByRole('list', { name: 'Legend' });
    assert.equal(await legend.isVisible(), false);
    await page.locator('.timeline-legend summary').click();
    await legend.waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });

  it('dims nothing in high contrast', async () => {
    const { page, host } = await open({ ...playedThemes['high contrast'], width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    await page.locator('.timeline-label').nth(1).waitFor();
    // The middle of the long bar of the second lane.
    const shown = () =>
      page.locator('.timeline-canvas').evaluate((element) => {
        const canvas = element as HTMLCanvasElement;
        const ratio = window.devicePixelRatio;
        const pixel = [Math.round(canvas.width / 2) + 3, Math.round((22 + 64 + 13) * ratio)] as const;
        return Array.from(canvas.getContext('2d')?.getImageData(...pixel, 1, 1).data ?? []);
      });
    await page.waitForFunction(
      () => (document.querySelector<HTMLCanvasElement>('.timeline-canvas')?.width ?? 0) > 300,
    );
    assert.deepEqual(await shown(), [0x37, 0x94, 0xff, 255]);
  });

  it('is used by keyboard: zoomed, moved, and led from to a packet', async () => {
    const { page, host } = await open({ width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    const canvas = page.locator('.timeline-canvas');
    await canvas.focus();
    const length = () => page.locator('.timeline-tools .hint').first().textContent();
    const whole = await length();
    await page.keyboard.press('+');
    await page.waitForFunction(
      (before) => document.querySelector('.timeline-tools .hint')?.textContent !== before,
      whole,
    );
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('0');
    await page.waitForFunction(
      (before) => document.querySelector('.timeline-tools .hint')?.textContent === before,
      whole,
    );
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('.');
    await page.keyboard.press('.');
    await page.locator('.timeline-selection li.current').waitFor();
    await page.keyboard.press('Enter');
    await tab(page, 'Packets').and(page.locator('[aria-selected="true"]')).waitFor();
    await page.locator('.packet-row.selected').waitFor();
  });

  it('draws lanes, and a press chooses what is there', async () => {
    const { page, host } = await open({ width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    await tab(page, 'Timeline').click();
    const canvas = page.locator('.timeline-canvas');
    await page.locator('.timeline-label').nth(1).waitFor();
    const box = await canvas.boundingBox();
    assert.ok(box);
    await page.mouse.click(box.x + box.width / 2, box.y + 22 + 64 + 13);
    await page.locator('.timeline-selection li.current', { hasText: 'Connection “sensor' }).waitFor();
    await page.mouse.move(box.x + 200, box.y + 150);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 150, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Zoom to it' }).click();
    await page.mouse.move(box.x + 300, box.y + 100);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
  });

  it('filters the packets by what was dragged over, of one client or of all', async () => {
    const { page, host } = await open({ width: 1200, height: 900 });
    await host((harness) => harness.troubled(), undefined);
    const input = page.getByRole('combobox', { name: 'Filter packets' });
    const drag = async (): Promise<void> => {
      await tab(page, 'Timeline').click();
      const box = await page.locator('.timeline-canvas').boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width * 0.25, box.y + 150);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.75, box.y + 150, { steps: 4 });
      await page.mouse.up();
      await page.getByRole('button', { name: 'Filter the packets by this' }).click();
      await tab(page, 'Packets').and(page.locator('[aria-selected="true"]')).waitFor();
    };
    /** Packets of the log between the times of the filter. */
    const between = async (): Promise<number> => {
      const times = [...(await input.inputValue()).matchAll(/time [<>]= "([^"]+)"/g)].map(([, time = '']) =>
        Date.parse(time),
      );
      return host(({ log }, [from = 0, to = 0]) => {
        let found = 0;
        for (let sequence = log.first; sequence < log.end; sequence++) {
          const at = log.row(sequence)?.at ?? 0;
          if (at >= from && at <= to) found++;
        }
        return found;
      }, times);
    };
    // What is shown stays until the extension host took the filter.
    const isWritten = (filter: RegExp): Promise<string> =>
      eventually(
        () => input.inputValue(),
        (written) => assert.match(written, filter),
      );
    await drag();
    await isWritten(/^time >= "[^"]+" and time <= "[^"]+"$/);
    const all = await between();
    assert.ok(all > 2, String(all));
    await page.locator('.filter-count', { hasText: `${all} of ` }).waitFor();

    await tab(page, 'Timeline').click();
    const label = page.locator('.timeline-label', { hasText: 'sensor' }).first();
    await label.click();
    await drag();
    await isWritten(/^client == "sensor[^"]*" and time >= "[^"]+" and time <= "[^"]+"$/);
    await page.locator('.filter-count', { hasNotText: `${all} of ` }).waitFor();
    assert.ok((await page.locator('.packet-row').count()) > 0);
    await page.waitForFunction(() =>
      [...document.querySelectorAll('[data-sequence]')].every(({ textContent }) =>
        textContent?.includes('sensor'),
      ),
    );
  });
});
