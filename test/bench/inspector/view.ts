import * as os from 'node:os';
import type { Page } from 'playwright-core';
import { InspectorSite, type InspectorPage, type TraceEvent } from '../../inspector/harness/inspectorPage';

const packets = 1_000_000;
const openings = 3;
const scrolledFrames = 240;
const selections = 60;

/** What of a trace is script, style and layout. */
const counted: ReadonlySet<string> = new Set([
  ...['EventDispatch', 'FunctionCall', 'FireAnimationFrame', 'TimerFire', 'RunMicrotasks', 'EvaluateScript'],
  ...['UpdateLayoutTree', 'Layout', 'HandlePostMessage', 'V8.GCScavenger', 'MajorGC', 'MinorGC'],
]);

/**
 * The view with a million rows in Chromium, the extension host played inside the same page: its work counts as the
 * view's, and nothing of it runs beside it as it does in VS Code. What is shown is therefore an upper bound.
 */
export async function inspectorView(): Promise<void> {
  const site = await InspectorSite.start();
  console.log(
    `The view of the inspector with ${packets.toLocaleString('en')} packets, ${os.cpus().length} cores`,
  );
  try {
    const firstRows: number[] = [];
    let inspector: InspectorPage | undefined;
    for (let opening = 0; opening < openings; opening++) {
      await inspector?.close();
      inspector = await site.open({ before: fill });
      await inspector.page.locator(`#packet-${packets} .type`).waitFor({ timeout: 120_000 });
      firstRows.push(
        await inspector.page.evaluate(() => performance.measure('first rows', 'full', 'shown').duration),
      );
    }
    if (!inspector) return;
    print('first rows', median(firstRows), 'ms', 300);
    const { page } = inspector;
    await stripIsRead(page);
    const byWheel = frames(await site.trace(page, () => scrollByWheel(page)));
    print('script and layout of a frame of scrolling, p95', percentile(byWheel, 0.95), 'ms', 8);
    print('  of the same, median', percentile(byWheel, 0.5), 'ms');
    const byBar = frames(await site.trace(page, () => dragScrollBar(page)));
    print('script and layout of a frame of dragging the scroll bar, p95', percentile(byBar, 0.95), 'ms', 8);
    const selected = await select(page);
    print('from the click on a packet to its fields, median', percentile(selected, 0.5), 'ms', 30);
    print('  of the same, p95', percentile(selected, 0.95), 'ms', 30);
  } finally {
    await site.stop();
  }
}

/** The log is full before the page's own script runs; the time counts from there to the first row that has come. */
const fill = `
  harness.flood(${packets});
  performance.mark('full');
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-sequence] .type')) return;
    performance.mark('shown');
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
`;

function stripIsRead(page: Page): Promise<unknown> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        document.addEventListener('density-known', (event) => {
          if ((event as CustomEvent<{ unread: number }>).detail.unread === 0) resolve();
        }),
      ),
  );
}

/** One notch of the wheel in each frame. */
async function scrollByWheel(page: Page): Promise<void> {
  await page.evaluate(async (count) => {
    const viewport = document.querySelector('.packet-viewport') as HTMLElement;
    for (let frame = 0; frame < count; frame++) {
      const deltaY = frame < count / 2 ? -120 : 120;
      viewport.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, scrolledFrames);
}

/** Each frame stands somewhere else in the log. */
async function dragScrollBar(page: Page): Promise<void> {
  await page.evaluate(async (count) => {
    const viewport = document.querySelector('.packet-viewport') as HTMLElement;
    const travel = viewport.scrollHeight - viewport.clientHeight;
    for (let frame = 0; frame < count; frame++) {
      viewport.scrollTop = (travel * frame) / count;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }, scrolledFrames);
}

async function select(page: Page): Promise<number[]> {
  return page.evaluate(async (count) => {
    const taken: number[] = [];
    for (let at = 0; at < count; at++) {
      const rows = [...document.querySelectorAll<HTMLElement>('[data-sequence]:not(.lead)')].filter((each) =>
        each.querySelector('.type'),
      );
      const row = rows[at % rows.length];
      if (!row) throw new Error('There is no row to select');
      const title = `#${row.dataset['sequence']} `;
      const start = performance.now();
      row.click();
      await new Promise<void>((resolve) => {
        const look = (): boolean =>
          (document.querySelector('.details-head .place')?.textContent ?? '').startsWith(title) &&
          document.querySelector('mqtt-field-tree .tree-row') !== null;
        const observer = new MutationObserver(() => {
          if (!look()) return;
          observer.disconnect();
          // Layout counts: what is there in the document is not yet seen.
          document.querySelector('mqtt-field-tree')?.getBoundingClientRect();
          resolve();
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
      });
      taken.push(performance.now() - start);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return taken;
  }, selections);
}

/** Milliseconds of script and layout in each frame of the page's main thread. */
function frames(events: readonly TraceEvent[]): number[] {
  const main = events.find(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  // Of several renderers the one with the work is the page's.
  const busy = new Map<string, number>();
  for (const { name, pid, tid, dur = 0 } of events) {
    const key = `${pid} ${tid}`;
    if (counted.has(name)) busy.set(key, (busy.get(key) ?? 0) + dur);
  }
  const busiest = [...busy].sort((a, b) => b[1] - a[1])[0]?.[0] ?? `${main?.pid} ${main?.tid}`;
  const own = events.filter(({ pid, tid }) => `${pid} ${tid}` === busiest).sort((a, b) => a.ts - b.ts);
  const spent: number[] = [];
  let frame = 0;
  let nestedUntil = 0;
  for (const { name, ts, dur = 0 } of own) {
    if (name === 'Commit' || name === 'BeginMainThreadFrame') {
      if (name === 'Commit') {
        spent.push(frame / 1000);
        frame = 0;
      }
      continue;
    }
    if (!counted.has(name) || ts < nestedUntil) continue;
    nestedUntil = ts + dur;
    frame += dur;
  }
  return spent.slice(1);
}

function print(what: string, value: number, unit: string, limit?: number): void {
  const wanted = limit === undefined ? '' : `   (below ${limit} ${unit} is wanted)`;
  console.log(`  ${what.padEnd(66)} ${value.toFixed(1).padStart(8)} ${unit}${wanted}`);
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
