import { encodeUtf8 } from '../../base/utf8';
import type { PacketLog } from '../packetLog';
import type { PcapngOptions } from '../pcap/pcapngWriter';
import { writePcapng } from '../pcap/pcapngWriter';
import type { RowsWritten } from '../rowsWritten';
import { writeCsv } from './csv';
import { writeJsonLines } from './jsonLines';

/** What packets may be saved as, by the end of the file's name; the first is the one for reading them again. */
export const saveFormats = { pcapng: 'Capture (pcapng)', jsonl: 'JSON lines', csv: 'CSV' } as const;
export type SaveFormat = keyof typeof saveFormats;

/** The format that a file's name asks for; undefined for any other end. */
export function saveFormatOf(name: string): SaveFormat | undefined {
  const ending = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase();
  return (Object.keys(saveFormats) as SaveFormat[]).find((format) => format === ending);
}

/** Rows of a log in that format, in pieces of a few milliseconds each: take a turn between them. */
export function* writeRows(
  log: PacketLog,
  sequences: Iterable<number>,
  format: SaveFormat,
  options: PcapngOptions,
): Generator<Uint8Array, RowsWritten> {
  if (format === 'pcapng') return yield* writePcapng(log, sequences, options);
  const pieces = (format === 'csv' ? writeCsv : writeJsonLines)(log, sequences, options);
  for (let step = pieces.next(); ; step = pieces.next()) {
    if (step.done) return step.value;
    yield encodeUtf8(step.value);
  }
}
