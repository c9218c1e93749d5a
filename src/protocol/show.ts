import { grouped } from '../base/grouped';

/** Seconds in words: `90 s (1 min 30 s)`; the largest value means "never" where an interval expires (3.1.2.11.2). */
export function showDuration(seconds: number): string {
  if (seconds === 0xffffffff) return 'never expires';
  if (seconds < 60) return `${seconds} s`;
  const parts = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const words = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
  return `${seconds} s (${words})`;
}

export function showBytes(count: number): string {
  return count === 1 ? '1 byte' : `${grouped(count)} bytes`;
}

/** `0x86`, as the specification writes codes. */
export function showHex(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}
