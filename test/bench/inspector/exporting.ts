import { writeCsv } from '../../../src/capture/export/csv';
import { writeJsonLines } from '../../../src/capture/export/jsonLines';
import { print } from '../interleave';
import { fill, makeChunks } from './millionPackets';
import { SlicePace } from './slicePace';

const rows = 200_000;

/** Rows written as text, page by page, between which the extension host does other things. */
export function exporting(bench: string): void {
  const log = fill(makeChunks());
  const sequences = Array.from({ length: rows }, (_, index) => log.first + index);
  // No packet of these has a secret.
  const options = { conceal: (bytes: Uint8Array) => bytes };
  for (const [subject, write] of Object.entries({ CSV: writeCsv, 'JSON lines': writeJsonLines })) {
    const text = write(log, sequences, options);
    const start = performance.now();
    const pace = new SlicePace();
    while (text.next().done !== true) pace.end();
    pace.end();
    const seconds = (performance.now() - start) / 1000;
    print({ bench, subject, metric: 'rows', value: rows / seconds, unit: '1/s' });
    pace.print(bench, subject, 'page');
  }
  log.dispose();
}
