/** The part of the time that is in sight, in milliseconds since the Unix epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Below a hundredth of a millisecond capture times tell nothing apart. */
const shortest = 0.01;

/** Zooms about a time: a factor below 1 shows less of it, in more detail. Never shows more than there is. */
export function zoomed({ from, to }: TimeRange, whole: TimeRange, about: number, factor: number): TimeRange {
  const length = Math.max(shortest, Math.min(lengthOf(whole), (to - from) * factor));
  const fraction = to > from ? (about - from) / (to - from) : 0.5;
  return within({ from: about - length * fraction, to: about + length * (1 - fraction) }, whole);
}

/**
 * The time to zoom about where no pointer says it: the middle of what is chosen, as far as that is in sight, so that it does
 * not go out of sight; of all that is in sight where nothing is.
 */
export function zoomCenter(
  shown: TimeRange,
  chosen: readonly { readonly start: number; readonly end: number }[],
): number {
  const seen = chosen.filter(({ start, end }) => end >= shown.from && start <= shown.to);
  if (seen.length === 0) return (shown.from + shown.to) / 2;
  const from = Math.max(
    shown.from,
    seen.reduce((least, { start }) => Math.min(least, start), Infinity),
  );
  const to = Math.min(
    shown.to,
    seen.reduce((most, { end }) => Math.max(most, end), -Infinity),
  );
  return (from + to) / 2;
}

/** Moves by a fraction of what is in sight, as far as there is something. */
export function panned(range: TimeRange, whole: TimeRange, fraction: number): TimeRange {
  const by = lengthOf(range) * fraction;
  return within({ from: range.from + by, to: range.to + by }, whole);
}

/** The same length of time, moved to where there is something. */
function within({ from, to }: TimeRange, whole: TimeRange): TimeRange {
  const length = Math.min(to - from, lengthOf(whole));
  const start = Math.max(whole.from, Math.min(from, whole.to - length));
  return { from: start, to: start + length };
}

export function lengthOf({ from, to }: TimeRange): number {
  return Math.max(shortest, to - from);
}

/** What times at whole steps are written beside: 1, 2 or 5 of something, and those of clocks. */
const steps: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000],
  ...[3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000],
];

/** Times to write beside the picture, with at most so many. */
export function ticks(
  range: TimeRange,
  most: number,
): { readonly at: readonly number[]; readonly step: number } {
  const wanted = lengthOf(range) / Math.max(1, most);
  const step =
    steps.find((each) => each >= wanted) ?? (steps.at(-1) as number) * Math.ceil(wanted / 604_800_000);
  // Whole hours and days are those of the local clock.
  const offset = step >= 3_600_000 ? new Date(range.from).getTimezoneOffset() * 60_000 : 0;
  const at: number[] = [];
  for (let time = Math.ceil((range.from - offset) / step) * step + offset; time <= range.to; time += step)
    at.push(time);
  return { at, step };
}

/** A time of day, as finely as steps tell apart. */
export function tickText(at: number, step: number): string {
  const time = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (step >= 86_400_000) return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (step >= 60_000) return minutes;
  const seconds = `${minutes}:${two(time.getSeconds())}`;
  if (step >= 1_000) return seconds;
  const digits = step >= 1 ? 3 : 6;
  const fraction = Math.floor((((at % 1_000) + 1_000) % 1_000) * 10 ** (digits - 3) + 1e-6);
  return `${seconds}.${String(fraction).padStart(digits, '0')}`;
}
