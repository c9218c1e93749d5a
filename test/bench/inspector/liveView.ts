import type { FrameLocator } from 'playwright-core';

/** The number of the newest packet, by which the view follows. */
export async function newestSequence(inspector: FrameLocator): Promise<number> {
  const rows = inspector.locator('[data-sequence]');
  const sequences = await rows.evaluateAll((all) =>
    all.map((row) => Number((row as HTMLElement).dataset['sequence'])),
  );
  return Math.max(...sequences);
}

/** Counts frames of the view from now on. */
export async function watchFrames(inspector: FrameLocator): Promise<void> {
  await inspector.locator('body').evaluate((body) => {
    const watch = {
      ...{ start: performance.now(), last: performance.now(), frames: 0, longest: 0 },
      next() {
        const now = performance.now();
        this.frames++;
        this.longest = Math.max(this.longest, now - this.last);
        this.last = now;
        if (body.isConnected) requestAnimationFrame(() => this.next());
      },
    };
    (globalThis as unknown as { frameWatch: typeof watch }).frameWatch = watch;
    requestAnimationFrame(() => watch.next());
  });
}

/** Since {@link watchFrames}: how many frames a second, and the most milliseconds between two. */
export async function framesDrawn(
  inspector: FrameLocator,
): Promise<{ readonly perSecond: number; readonly longest: number }> {
  return inspector.locator('body').evaluate(() => {
    interface Watch {
      readonly start: number;
      readonly last: number;
      readonly frames: number;
      readonly longest: number;
    }
    const { start, last, frames, longest } = (globalThis as unknown as { frameWatch: Watch }).frameWatch;
    return { perSecond: (frames / (last - start)) * 1000, longest };
  });
}
