import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { PacketLog } from '../../../src/capture/packetLog';
import { readSnapshot } from '../../../src/capture/snapshot/snapshotReader';
import { writeSnapshot } from '../../../src/capture/snapshot/snapshotWriter';
import { findSecrets } from '../../../src/inspector/concealment';
import { KeptCaptures } from '../../../src/storage/keptCaptures';
import { print } from '../interleave';
import { fill, makeChunks } from './millionPackets';
import { SlicePace } from './slicePace';

/** More than the budget holds. */
const appended = 3_000_000;
const rounds = 3;

/** Keeping a full log while the window reloads: what VS Code waits for, and then whoever connects. */
export async function reload(bench: string): Promise<void> {
  const log = fill(makeChunks(), appended);
  print({ bench, subject: 'log', metric: 'rows', value: log.end - log.first, unit: '' });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mqtt-workbench-reload-'));
  try {
    const kept = new KeptCaptures(folder, 'bench');
    for (let round = 1; round <= rounds; round++) await once(bench, log, kept, round === rounds);
  } finally {
    fs.rmSync(folder, { recursive: true });
    log.dispose();
  }
}

async function once(bench: string, log: PacketLog, kept: KeptCaptures, isLast: boolean): Promise<void> {
  const writing = new SlicePace();
  let start = performance.now();
  const file = await kept.create();
  const output = { write: (piece: Uint8Array) => writing.aside(file.write(piece)) };
  writing.begin();
  await writeSnapshot(log, output, { findSecrets, pace: writing });
  writing.end();
  await file.finish('unsynced');
  const written = performance.now() - start;

  const reading = new SlicePace();
  start = performance.now();
  const source = await kept.open();
  if (!source) throw new Error('Nothing was kept.');
  const { size } = source;
  reading.begin();
  const contents = await readSnapshot(
    { size, read: (offset, length) => reading.aside(source.read(offset, length)) },
    reading,
  );
  const restored = new PacketLog({ byteBudget: 256 * 1024 * 1024 });
  if (!contents || !restored.restore(contents) || restored.first !== log.first || restored.end !== log.end)
    throw new Error('Something else came back.');
  reading.end();
  await source.close();
  const read = performance.now() - start;
  restored.dispose();

  if (!isLast) return;
  print({ bench, subject: 'file', metric: 'size', value: size / 1024 / 1024, unit: 'MiB' });
  print({ bench, subject: 'keep', metric: 'time', value: written, unit: 'ms' });
  writing.print(bench, 'keep', 'slice');
  print({ bench, subject: 'bring back', metric: 'time', value: read, unit: 'ms' });
  reading.print(bench, 'bring back', 'slice');
}
