import { csvField } from '../../../src/base/csvText';

/** Rows as comma-separated values (RFC 4180). Text that a spreadsheet would take for a formula is made text again. */
export function csvOf(rows: readonly (readonly (string | number | undefined)[])[]): string {
  return rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  return csvField(value);
}
