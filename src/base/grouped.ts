const format = new Intl.NumberFormat('en');

/**
 * A number with its digits in groups of three: `12,345`. For rows, of which a frame of scrolling makes many:
 * `toLocaleString` takes fifty times as long.
 */
export function grouped(value: number): string {
  return format.format(value);
}
