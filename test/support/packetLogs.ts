import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import type { PacketLog } from '../../src/capture/packetLog';
import type { CapturedBytes } from '../../src/capture/packetSegment';

/** A packet of 5.0 that was received on the first connection. */
export const captured: CapturedBytes = {
  at: 1_700_000_000_000.125,
  direction: 'in',
  connection: 1,
  kind: 'packet',
  version: 5,
  topic: undefined,
};

export const filled = (length: number, byte = 0x30): Uint8Array => new Uint8Array(length).fill(byte);

/** Conceals nothing. */
export const asItIs = (bytes: Uint8Array): Uint8Array => bytes;

/** Everything the log says of its rows, with their bytes. */
export function contents(log: PacketLog): unknown[] {
  return Array.from({ length: log.end - log.first }, (_, index) => ({
    ...log.row(log.first + index),
    bytes: toHex(log.bytesAt(log.first + index) ?? assert.fail('a row has bytes')),
  }));
}
