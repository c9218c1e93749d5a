import type { LogRow, PacketPart } from '../../src/inspector/contract';

export interface LoadedPacket {
  readonly sequence: number;
  readonly row: LogRow;
  readonly bytes: Uint8Array;
}

/**
 * Fetches a packet part by part. Resolves with undefined where the log no longer holds it; `wanted` is asked before each
 * part, so that a packet nobody looks at any more is not fetched to its end.
 */
export async function loadPacket(
  sequence: number,
  part: (sequence: number, offset: number) => Promise<PacketPart | undefined>,
  wanted: (loadedBytes: number, totalBytes: number) => boolean,
): Promise<LoadedPacket | undefined> {
  const first = await part(sequence, 0);
  if (!first) return undefined;
  const { row } = first;
  if (first.bytes.length === row.length) return { sequence, row, bytes: first.bytes };
  const bytes = new Uint8Array(row.length);
  bytes.set(first.bytes);
  for (let offset = first.bytes.length; offset < row.length;) {
    if (!wanted(offset, row.length)) return undefined;
    const next = await part(sequence, offset);
    // Evicted while it was on its way.
    if (!next || next.bytes.length === 0) return undefined;
    bytes.set(next.bytes, offset);
    offset += next.bytes.length;
  }
  return { sequence, row, bytes };
}

/** What stands below the list. */
export type Details =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly sequence: number; readonly loaded: number; readonly total: number }
  | { readonly kind: 'gone'; readonly sequence: number }
  | { readonly kind: 'packet'; readonly packet: LoadedPacket };
