import assert from 'node:assert/strict';
import type { Pace } from '../../src/base/slices';
import type { PacketLog } from '../../src/capture/packetLog';
import type { FindSecrets } from '../../src/capture/rowSecrets';
import type { PacketLogContents, SnapshotSource } from '../../src/capture/snapshot/snapshotFormat';
import { readSnapshot } from '../../src/capture/snapshot/snapshotReader';
import { writeSnapshot, type SnapshotOptions } from '../../src/capture/snapshot/snapshotWriter';

/** A clock that stands still, so that slices are as long as they may. */
export const standingPace: Pace = { now: () => 0, rest: () => Promise.resolve() };

export const noSecrets: FindSecrets = () => [];

/** What a log is kept as. */
export async function snapshotOf(
  log: PacketLog,
  options: Partial<SnapshotOptions> & { readonly written?: (left: number) => void } = {},
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const output = { write: (piece: Uint8Array) => Promise.resolve(void pieces.push(piece.slice())) };
  const left = await writeSnapshot(log, output, { findSecrets: noSecrets, pace: standingPace, ...options });
  options.written?.(left);
  return Uint8Array.from(Buffer.concat(pieces));
}

export function contentsIn(bytes: Uint8Array): Promise<PacketLogContents | undefined> {
  const source: SnapshotSource = {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
  return readSnapshot(source, standingPace);
}

/** Fills a log with what another was kept as. */
export async function bringBack(into: PacketLog, snapshot: Uint8Array | PacketLog): Promise<PacketLog> {
  const bytes = snapshot instanceof Uint8Array ? snapshot : await snapshotOf(snapshot);
  assert.ok(into.restore((await contentsIn(bytes)) ?? assert.fail('the snapshot can be read')));
  return into;
}
