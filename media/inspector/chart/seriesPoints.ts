import type { ChartPoints } from '../../../src/inspector/chartContract';
import { isRounded } from '../../../src/payload/numericPaths';

/** Points of a series that are drawn; twice as many are halved. */
export const mostPoints = 10_000;

/**
 * The points of one series. When there are too many, of each four the lowest and the highest stay: what sticks out is
 * never lost, and every point that stays is one that came.
 */
export class SeriesPoints {
  private sequence: number[] = [];
  private time: number[] = [];
  private value: number[] = [];
  private seen = 0;
  private missing = 0;
  private long = 0;
  private roundedCount = 0;

  get sequences(): readonly number[] {
    return this.sequence;
  }

  get times(): readonly number[] {
    return this.time;
  }

  get values(): readonly number[] {
    return this.value;
  }

  /** Points that came, drawn or not. */
  get total(): number {
    return this.seen;
  }

  /** Payloads of the topic without a number at the path. */
  get without(): number {
    return this.missing;
  }

  /** Payloads that were too long to be looked into. */
  get tooLong(): number {
    return this.long;
  }

  /** Numbers with more digits than can be told apart on a chart. */
  get rounded(): number {
    return this.roundedCount;
  }

  add({ sequences, times, values, without, tooLong }: ChartPoints): void {
    this.missing += without;
    this.long += tooLong;
    this.seen += values.length;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      if (isRounded(value)) this.roundedCount++;
      this.sequence.push(sequences[index] as number);
      this.time.push(times[index] as number);
      this.value.push(value);
      if (this.value.length >= 2 * mostPoints) this.halve();
    }
  }

  clear(): void {
    this.sequence = [];
    this.time = [];
    this.value = [];
    this.seen = 0;
    this.missing = 0;
    this.long = 0;
    this.roundedCount = 0;
  }

  private halve(): void {
    const kept: number[] = [];
    for (let start = 0; start < this.value.length; start += 4) {
      let [low, high] = [start, start];
      for (let at = start + 1; at < Math.min(start + 4, this.value.length); at++) {
        if ((this.value[at] as number) < (this.value[low] as number)) low = at;
        if ((this.value[at] as number) >= (this.value[high] as number)) high = at;
      }
      kept.push(...(low === high ? [low] : [Math.min(low, high), Math.max(low, high)]));
    }
    const pick = (column: readonly number[]): number[] => kept.map((at) => column[at] as number);
    this.sequence = pick(this.sequence);
    this.time = pick(this.time);
    this.value = pick(this.value);
  }
}

/** Points of several series in rows, one for each packet that has any of them. */
export interface PointRows {
  readonly sequences: readonly number[];
  /** Milliseconds since the epoch, never going back. */
  readonly times: readonly number[];
  /** For each series the value in each row, null where the packet has none. */
  readonly values: readonly (readonly (number | null)[])[];
}

/** Series merged by packet, in the order of the log. */
export function pointRows(series: readonly SeriesPoints[]): PointRows {
  const at = series.map(() => 0);
  const sequences: number[] = [];
  const times: number[] = [];
  const values: (number | null)[][] = series.map(() => []);
  let latest = -Infinity;
  for (;;) {
    let next = Infinity;
    for (const [index, { sequences: own }] of series.entries())
      next = Math.min(next, own[at[index] as number] ?? Infinity);
    if (next === Infinity) return { sequences, times, values };
    sequences.push(next);
    for (const [index, points] of series.entries()) {
      const position = at[index] as number;
      const isHere = points.sequences[position] === next;
      (values[index] as (number | null)[]).push(isHere ? (points.values[position] as number) : null);
      if (!isHere) continue;
      // Packets of several connections may be stamped out of order by less than a millisecond.
      latest = Math.max(latest, points.times[position] as number);
      at[index] = position + 1;
    }
    times.push(latest);
  }
}
