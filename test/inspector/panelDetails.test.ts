import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { becomes } from '../support/eventually';
import { describeInspector, markedBytes } from './harness/inspectorSuite';

const activeRow = (page: Page): Promise<string> =>
  page.locator('.tree-row.selected').evaluate((row) => row.textContent?.replace(/\s+/g, ' ').trim() ?? '');

describeInspector('The fields of a packet', (open) => {
  it('are copied as name, value and bytes, by keys and by commands', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    const copied = async (count: number): Promise<string | undefined> => {
      await page.waitForFunction(
        (wanted) =>
          (globalThis as never as { harness: { copied: string[] } }).harness.copied.length === wanted,
        count,
      );
      return (await host((harness) => harness.copied, undefined)).at(-1);
    };
    await page.locator(`#packet-${found.json} .type`).click();
    await page.locator('.tree-row', { hasText: 'Packet Identifier' }).click({ button: 'right' });
    await page.keyboard.press('Control+c');
    assert.equal(await copied(1), '17');
    await host((harness) => harness.perform({ kind: 'copyField', part: 'name' }), undefined);
    assert.equal(await copied(2), 'Packet Identifier');
    await host((harness) => harness.perform({ kind: 'copyField', part: 'bytes' }), undefined);
    assert.equal(await copied(3), '00 11');
    await page.locator('.bytes .byte[data-offset="0"]').click();
    await page.keyboard.press('Control+c');
    assert.equal(await copied(4), '32');
    await page.locator(`#packet-${found.connect} .type`).click();
    await page.locator('.tree-row').first().click();
    await page.keyboard.press('End');
    await page
      .locator('.tree-row', { has: page.locator('.label', { hasText: /^Password$/ }) })
      .first()
      .click();
    await host((harness) => harness.perform({ kind: 'copyField', part: 'bytes' }), undefined);
    assert.match((await copied(5)) ?? '', /^00 06( \*\*){6}$|^(\*\* ?){6}$/);
  });

  it('lead to their place in the specification of their version, and rules to their clause', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator(`#packet-${found.json} .type`).click();
    const topicName = page.locator('.tree-row', { hasText: 'Topic Name' }).first();
    await topicName.locator('.label').click();
    const link = topicName.locator('a.section');
    assert.equal(await link.textContent(), '§3.3.2.1');
    const page5 = 'https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html';
    assert.equal(await link.getAttribute('href'), `${page5}#_Toc3901107`);
    // By keyboard, and nothing of it is lost to the tree.
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), '§3.3.2.1');
    await page.evaluate(() => {
      document.addEventListener('click', (event) => {
        const link = (event.target as Element).closest('a');
        if (!link) return;
        // VS Code opens it in the browser; here it would lead away from the page.
        event.preventDefault();
        document.body.dataset['opened'] = link.href;
      });
    });
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.body.dataset['opened']?.endsWith('#_Toc3901107'));
    await page.locator(`#packet-${found.broken} .type`).click();
    const clause = page.locator('.tree-row.violation a.clause').first();
    assert.match(
      (await clause.getAttribute('href')) ?? '',
      /^https:\/\/docs\.oasis-open\.org\/.*#_Toc3901\d{3}$/,
    );
  });

  it('are linked with the bits of their byte by the keyboard, both ways', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator(`#packet-${found.json} .type`).click();
    await page.locator('.bytes .byte[data-offset="0"]').click();
    await page.getByRole('listbox', { name: 'Bits of byte 0' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.match(await activeRow(page), /bits 7-4/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.match(await activeRow(page), /^QoS.*bits 2-1/);
    assert.deepEqual(await markedBytes(page, 'selected'), [0]);
    await page.keyboard.press('End');
    assert.match(await activeRow(page), /bit 0/);
    await page.keyboard.press('ArrowLeft');
    assert.match(await activeRow(page), /^QoS/);
  });

  it('lead from one broken rule to the next and back, and tell what is wrong and why', async () => {
    const { page, host } = await open();
    const sequence = await host((harness) => {
      // A PUBLISH of QoS 3 to a topic with a wildcard.
      const bytes = Uint8Array.of(0x36, 0x08, 0, 3, 0x61, 0x2f, 0x23, 0, 0, 0x31);
      const at = {
        at: 0,
        direction: 'in',
        connection: 1,
        kind: 'packet',
        version: 4,
        topic: undefined,
      } as const;
      const appended = harness.log.append(at, bytes);
      harness.log.announce();
      return appended;
    }, undefined);
    await page.locator(`#packet-${sequence} .type`).click();
    await page.locator('.tree-row.violation').first().waitFor();
    const count = await page.locator('.tree-row.violation').count();
    assert.ok(count >= 2, String(count));
    await page.locator('.tree-viewport').focus();
    await page.keyboard.press('F8');
    const first = await activeRow(page);
    await page.keyboard.press('F8');
    const second = await activeRow(page);
    assert.notEqual(first, second);
    await page.keyboard.press('Shift+F8');
    assert.equal(await activeRow(page), first);
    // It is the only packet that breaks a rule: round and round in it.
    await page.keyboard.press('Shift+F8');
    await page.waitForFunction(
      (before) => document.querySelector('.tree-row.selected')?.textContent !== before,
      first,
    );
    const card = page.getByRole('tooltip');
    assert.match((await card.textContent()) ?? '', /Usual cause: /);
    assert.match((await card.textContent()) ?? '', /breaks the specification/);
    assert.notEqual(await card.locator('.clause-text').first().textContent(), '');
    await page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
  });

  it('have what breaks a rule in sight where somebody is led to the packet, and leave the keyboard where it is', async () => {
    const { page, host } = await open({ height: 420 });
    const found = await host((harness) => harness.conversation(5), undefined);
    const input = page.getByRole('combobox', { name: 'Filter packets' });
    await input.focus();
    const chosen = page.locator('.tree-row.violation.selected', { hasText: 'Will QoS is 3' });
    const isInSight = async (): Promise<boolean> => {
      const view = await page.locator('.tree-viewport').boundingBox();
      const row = (await chosen.count()) > 0 ? await chosen.boundingBox() : null;
      return row !== null && view !== null && row.y >= view.y && row.y + 10 < view.y + view.height;
    };
    for (let time = 0; time < 2; time++) {
      await host((harness, sequence) => harness.reveal(sequence), found.broken);
      await becomes(isInSight, true);
      assert.ok(await input.evaluate((element) => element === document.activeElement));
      // Who is led there once more finds it once more.
      if (time > 0) break;
      await page.locator('.tree-viewport').evaluate((element) => element.scrollTo(0, 0));
      await becomes(isInSight, false);
    }
    // Whoever chooses the packet is at its beginning.
    for (const sequence of [found.broken - 1, found.broken]) {
      await page.locator(`#packet-${sequence} .type`).click();
      await page.locator('.details-head', { hasText: `#${sequence} ` }).waitFor();
    }
    await page.locator('.tree-row', { hasText: 'Fixed Header' }).waitFor();
    assert.equal(await page.locator('.tree-row.violation.selected').count(), 0);
  });

  it('say where they stand and what defines them to a pointer that rests', async () => {
    const { page, host } = await open();
    const found = await host((harness, of) => harness.conversation(of), 5 as const);
    await page.locator(`#packet-${found.json} .type`).click();
    await page.locator('.tree-row', { hasText: 'Topic Name' }).hover();
    const card = page.getByRole('tooltip');
    await card.getByText('section 3.3.2.1 of MQTT 5.0').waitFor();
    assert.match((await card.textContent()) ?? '', /bytes 2 – 24/);
    await page.locator('.details-head').hover();
    await card.waitFor({ state: 'detached' });
  });
});

describeInspector('A note among the packets', (open) => {
  it('is shown as what it says, and not as bytes that it does not have', async () => {
    const { page, host } = await open();
    const sequence = await host((harness) => {
      const note = new TextEncoder().encode('\0{"code":"gap","bytes":7}');
      const of = { direction: 'in', connection: 1, kind: 'note', version: 4, topic: undefined } as const;
      const appended = harness.log.append({ at: 0, ...of }, note);
      harness.log.announce();
      return appended;
    }, undefined);
    await page.locator(`#packet-${sequence} .type`).click();
    await page.getByText('A note has no bytes.').waitFor();
    await page.locator('.notice', { hasText: '7 bytes are missing here' }).waitFor();
    assert.equal(await page.locator('.bytes .byte').count(), 0);
    assert.equal((await page.locator(`#packet-${sequence} .length`).textContent())?.trim(), '');
    assert.doesNotMatch((await page.locator('.details-head').textContent()) ?? '', /bytes|MQTT/);
  });
});

describeInspector('The head of the details', (open) => {
  it('is one row with the exchange of the packet where there is room, and scrolls where there is none', async () => {
    const { page, host } = await open({ width: 1200 });
    const found = await host((harness) => harness.troubled(), undefined);
    await page.locator(`#packet-${found.pong} .type`).click();
    await page.locator('.details-head .exchange').waitFor();
    const head = page.locator('.details-head');
    assert.ok(((await head.boundingBox())?.height ?? 0) < 34);
    await page.setViewportSize({ width: 320, height: 700 });
    await page.waitForFunction(() => (document.querySelector('.details-head')?.clientHeight ?? 0) > 40);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
  });
});
