import { partLength, type LogRow, type PacketPart } from '../../src/inspector/contract';
import { PagedBytes, WholeBytes, type ByteSource } from './byteSource';

export interface LoadedPacket {
  readonly sequence: number;
  readonly row: LogRow;
  /** The packet's beginning: all of it, for nearly every packet. */
  readonly head: Uint8Array;
  readonly bytes: ByteSource;
}

export type FetchPart = (sequence: number, offset: number, length: number) => Promise<PacketPart | undefined>;

/**
 * Fetches a packet's first part. What is behind it is fetched when somebody looks at it. Resolves with undefined where
 * the log no longer holds the packet.
 */
export async function loadPacket(
  sequence: number,
  part: FetchPart,
  failed: (error: unknown) => void,
): Promise<LoadedPacket | undefined> {
  const first = await part(sequence, 0, partLength);
  if (!first) return undefined;
  const { row, bytes: head } = first;
  if (head.length === row.length) return { sequence, row, head, bytes: new WholeBytes(head) };
  const fetch = async (offset: number, length: number): Promise<Uint8Array | undefined> =>
    (await part(sequence, offset, length))?.bytes;
  return { sequence, row, head, bytes: new PagedBytes(row.length, head, fetch, failed) };
}

/** What stands below the list. */
export type Details =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly sequence: number; readonly loaded: number; readonly total: number }
  | { readonly kind: 'gone'; readonly sequence: number }
  | { readonly kind: 'packet'; readonly packet: LoadedPacket };
