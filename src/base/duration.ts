import { grouped } from './grouped';

/**
 * As {@link durationText}, for a column of figures: those of one unit have equally many decimals, so that their points stand
 * below each other.
 */
export function durationInColumn(milliseconds: number): string {
  const value = Math.abs(milliseconds);
  if (value === 0 || value >= 120_000) return durationText(milliseconds);
  if (value < 0.9995) return `${Math.round(value * 1_000)} µs`;
  if (value < 999.995) return `${value.toFixed(2)} ms`;
  return `${(value / 1_000).toFixed(2)} s`;
}

/** Milliseconds as people say them, to about three digits: `260 µs`, `51 ms`, `1.5 s`, `12 min`, `3 h`, `12 days`. */
export function durationText(milliseconds: number): string {
  const value = Math.abs(milliseconds);
  if (value === 0) return '0 ms';
  if (value < 0.9995) return `${Number((value * 1_000).toPrecision(3))} µs`;
  if (value < 999.5) return `${Number(value.toPrecision(3))} ms`;
  if (value < 120_000) return `${Number((value / 1_000).toFixed(value < 10_000 ? 2 : 1))} s`;
  if (value < 7_190_000) return `${Math.round(value / 60_000)} min`;
  if (value < 172_800_000) return `${Number((value / 3_600_000).toFixed(1))} h`;
  return `${grouped(Math.round(value / 86_400_000))} days`;
}
