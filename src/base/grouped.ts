/**
 * A whole number with its digits in groups of three: `12,345`. `Intl` is not asked: it takes 40 ms when it is first used in a
 * page, and much longer than this for each of the many numbers of a frame of scrolling.
 */
export function grouped(value: number): string {
  const digits = String(value);
  return Math.abs(value) < 1000 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, ',');
}
