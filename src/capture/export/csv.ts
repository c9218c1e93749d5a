import { isFormula } from '../../base/csvText';
import type { PacketLog } from '../packetLog';
import type { RowsWritten } from '../rowsWritten';
import type { ExportedRow } from './exportedRow';
import type { ExportFormat, ExportOptions } from './exportRows';
import { exportRows } from './exportRows';

const columns: readonly (keyof ExportedRow)[] = [
  ...([
    'sequence',
    'time',
    'direction',
    'connection',
    'version',
    'kind',
    'packet',
    'summary',
    'bytes',
  ] as const),
  ...(['topic', 'qos', 'retain', 'dup', 'packetIdentifier', 'reasonCode', 'reasonCodes'] as const),
  ...(['properties', 'will', 'violations'] as const),
];

const csv: ExportFormat = {
  head: `${[...columns, 'payloadFormat', 'payload', 'payloadBase64', 'packetBase64'].join(',')}\r\n`,
  row: (row, payload) => ({
    beforePayload: `${columns.map((column) => cell(row[column])).join(',')},${payload ?? ''},"`,
    payloadAs: payload === 'json' ? 'text' : payload,
    beforeBase64: '","',
    beforePacket: '","',
    end: '"\r\n',
  }),
  escape: (text) => text.replace(/"/g, '""'),
  guard: (first) => (isFormula(first) ? "'" : ''),
};

/**
 * Rows as comma-separated values (RFC 4180) with a line of column names: what the list shows, the payload as text where it
 * is text and as base64, and the whole packet as base64. A cell that a spreadsheet would take for a formula has an
 * apostrophe in front, but for base64, which has to be exact and can call nothing: it is letters, digits, `+`, `/` and `=`.
 */
export function writeCsv(
  log: PacketLog,
  sequences: Iterable<number>,
  options: ExportOptions,
): Generator<string, RowsWritten> {
  return exportRows(log, sequences, csv, options);
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}

function cell(value: ExportedRow[keyof ExportedRow]): string {
  if (value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : isList(value) ? value.join('; ') : JSON.stringify(value);
  return `"${isFormula(text) ? "'" : ''}${text.replace(/"/g, '""')}"`;
}
