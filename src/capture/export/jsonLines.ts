import type { PacketLog } from '../packetLog';
import type { RowsWritten } from '../rowsWritten';
import type { ExportFormat, ExportOptions } from './exportRows';
import { exportRows } from './exportRows';

const jsonLines: ExportFormat = {
  head: '',
  row: (row, payload) => {
    // What is undefined is left out by JSON.stringify.
    const known = JSON.stringify(row).slice(0, -1);
    const isQuoted = payload === 'text';
    return {
      beforePayload:
        payload === undefined
          ? known
          : `${known},"payloadFormat":"${payload}"${payload === 'binary' ? '' : ',"payload":'}${isQuoted ? '"' : ''}`,
      payloadAs: payload,
      beforeBase64: payload === undefined ? '' : `${isQuoted ? '"' : ''},"payloadBase64":"`,
      beforePacket: `${payload === undefined ? '' : '"'},"packetBase64":"`,
      end: '"}\n',
    };
  },
  escape: (text) => JSON.stringify(text).slice(1, -1),
};

/**
 * Rows as JSON lines (one object a line): what the list shows, the payload decoded (as JSON where it is JSON) and as
 * base64, and the whole packet as base64.
 */
export function writeJsonLines(
  log: PacketLog,
  sequences: Iterable<number>,
  options: ExportOptions,
): Generator<string, RowsWritten> {
  return exportRows(log, sequences, jsonLines, options);
}
