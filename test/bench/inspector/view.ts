import type { Page } from 'playwright-core';
import { InspectorSite, type InspectorPage, type TraceEvent } from '../../inspector/harness/inspectorPage';
import { median, print } from '../interleave';
import { fieldsAfterClick } from './fieldsAfterClick';

const packets = 1_000_000;
const openings = 5;
/** Times that the list is scrolled and dragged; of their figures the median is printed. */
const passes = 5;
const scrolledFrames = 240;
const selections = 60;

/** Milliseconds of each frame. */
interface FrameTimes {
  readonly walls: readonly number[];
  readonly cpus: readonly number[];
}

/** What of a trace is script, style and layout. */
const counted: ReadonlySet<string> = new Set([
  ...[
    'EventDispatch',
    'FunctionCall',
    'FireAnimationFrame',
    'TimerFire',
    'EvaluateScript',
    'HandlePostMessage',
  ],
  ...['BlinkScheduler_PerformMicrotaskCheckpoint', 'UpdateLayoutTree', 'Layout', 'MinorGC', 'MajorGC'],
]);

/**
 * The view with a million rows in Chromium, the extension host played inside the same page. What the host does is taken
 * out of the frames of scrolling; of the other figures it is a part, as waiting for it is in VS Code.
 */
export async function inspectorView(bench: string): Promise<void> {
  const site = await InspectorSite.start(true);
  const line = (metric: string, value: number): void =>
    print({ bench, subject: 'ours', metric, value, unit: 'ms' });
  try {
    const firstRows: number[] = [];
    let inspector: InspectorPage | undefined;
    for (let opening = 0; opening < openings; opening++) {
      await inspector?.close();
      inspector = await site.open({ before: fill });
      await inspector.page.locator(`#packet-${packets} .type`).waitFor({ timeout: 120_000 });
      firstRows.push(await inspector.page.evaluate(() => (globalThis as unknown as { shown: number }).shown));
    }
    if (!inspector) return;
    line('first rows', median(firstRows));
    const { page } = inspector;
    await stripIsRead(page);
    for (const [what, move] of [
      ['scrolling', scrollByWheel],
      ['dragging the scroll bar', dragScrollBar],
    ] as const) {
      const spent: FrameTimes[] = [];
      for (let pass = 0; pass < passes; pass++) {
        await goTo(page, 1 - pass / passes);
        spent.push(frames(await site.trace(page, () => move(page))));
      }
      const title = `script and layout of a frame of ${what}`;
      const printed = (metric: string, of: (times: FrameTimes) => number): void =>
        line(`${title}, ${metric}`, median(spent.map(of)));
      printed('p95', ({ walls }) => percentile(walls, 0.95));
      printed('median', ({ walls }) => median(walls));
      printed('p95, CPU of the thread', ({ cpus }) => percentile(cpus, 0.95));
    }
    const selected = await select(page);
    line('from the click on a packet to its fields, median', median(selected));
    line('from the click on a packet to its fields, p95', percentile(selected, 0.95));
  } finally {
    await site.stop();
  }
}

/** The log is full before the page's own script runs; the time counts from there to the first row that has come. */
const fill = `
  harness.flood(${packets});
  const full = performance.now();
  new MutationObserver((_, observer) => {
    if (!document.querySelector('[data-sequence] .type')) return;
    globalThis.shown = performance.now() - full;
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

/** Goes to a part of the log, which is another for each pass: rows that were seen before are here, and cost less. */
async function goTo(page: Page, part: number): Promise<void> {
  await page.locator('.packet-viewport').evaluate((viewport, wanted) => {
    viewport.scrollTop = (viewport.scrollHeight - viewport.clientHeight) * wanted;
  }, part);
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.waitForFunction(() => !document.querySelector('.packet-row .loading'));
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
  const taken: number[] = [];
  for (let index = 0; index < selections; index++) {
    taken.push(await fieldsAfterClick(page.locator('body'), index));
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  return taken;
}

/**
 * Milliseconds of script and layout in each frame of the page's main thread: by the wall clock, and in time that the thread
 * had a processor for, which others who use the machine do not lengthen.
 */
function frames(events: readonly TraceEvent[]): FrameTimes {
  // The thread with the work is the page's.
  const busy = new Map<string, number>();
  for (const { name, pid, tid, dur = 0 } of events) {
    const key = `${pid} ${tid}`;
    if (counted.has(name)) busy.set(key, (busy.get(key) ?? 0) + dur);
  }
  const busiest = [...busy].sort((a, b) => b[1] - a[1])[0]?.[0];
  const own = events.filter(({ pid, tid }) => `${pid} ${tid}` === busiest).sort((a, b) => a.ts - b.ts);
  const spent = { walls: [] as number[], cpus: [] as number[] };
  let frame = { wall: 0, cpu: 0 };
  let nestedUntil = 0;
  let hostStart = { ts: 0, tts: 0 };
  for (const { name, ts, dur = 0, tts = 0, tdur = 0 } of own) {
    if (name === 'host-start') hostStart = { ts, tts };
    // Inside an event that was counted as a whole.
    if (name === 'host-end') {
      frame.wall -= ts - hostStart.ts;
      frame.cpu -= tts - hostStart.tts;
    }
    // What comes after layout is painting, and the next frame.
    if (name === 'PrePaint') {
      spent.walls.push(frame.wall / 1000);
      spent.cpus.push(frame.cpu / 1000);
      frame = { wall: 0, cpu: 0 };
      continue;
    }
    if (!counted.has(name) || ts < nestedUntil) continue;
    nestedUntil = ts + dur;
    frame.wall += dur;
    frame.cpu += tdur;
  }
  return { walls: spent.walls.slice(1), cpus: spent.cpus.slice(1) };
}

function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
