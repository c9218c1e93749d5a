import type { ByteQueue } from './byteQueue';

/** One record of a capture file: what an interface saw at one moment. */
export interface CaptureFrame {
  /** What the bytes begin with: a number of the registry of link types (tcpdump.org/linktypes.html). */
  readonly linkType: number;
  /** Milliseconds since the Unix epoch, to the microsecond; that of the frame before where the file has none. */
  readonly at: number;
  /** Good until the listener returns. */
  readonly bytes: Uint8Array;
  /** How many bytes the frame had on the wire, of which `bytes` may be the beginning. */
  readonly originalLength: number;
  /** The file ends inside the frame: what of it is not there was not cut when it was captured. */
  readonly endsEarly: boolean;
  /** What somebody wrote to the frame (pcapng). */
  readonly comments: readonly string[];
}

/** What is wrong with a capture file. */
export type CaptureProblemCode =
  | 'notACaptureFile'
  /** A block or record whose length cannot be. */
  | 'damagedBlock'
  /** The file ends inside a block or record. */
  | 'truncated'
  /** A frame of an interface that the file does not describe. */
  | 'unknownInterface';

/** What people take for a capture file that can be read. */
export type ForeignFormat = 'gzip' | 'zstd' | 'lz4' | 'zip' | 'snoop' | 'netmon' | 'sniffer' | 'modifiedPcap';

export interface CaptureProblem {
  readonly code: CaptureProblemCode;
  /** Of blocks (pcapng) or records (pcap), the file's header included, counted from 1. */
  readonly block: number;
  /** Bytes before the place in the file. */
  readonly offset: number;
  /** Of a file that is no capture file that is read: what it is, where its first bytes tell. */
  readonly kind?: ForeignFormat;
  /** Bytes that were passed over until a block was found again; undefined where none was. */
  readonly skipped?: number;
}

/** Beyond this a length is taken for damage; Wireshark's own limit for captured frames of a network is 256 KiB. */
export const longestRecord = 16 * 1024 * 1024;

export type Step =
  /** A block of so many bytes was read. */
  | number
  /** More bytes are needed. */
  | 'more'
  /** No block can begin here. */
  | 'damaged'
  /** It was read as far as it makes sense: so many bytes, of a frame that belongs to nothing. */
  | { readonly length: number; readonly code: CaptureProblemCode };

/** How the blocks of a kind of capture file are read, one at a time from the front of what there is. */
export interface CaptureFormat {
  read(queue: ByteQueue, frame: (frame: CaptureFrame) => void): Step;
  /** The end has come inside a block: hands over the frame whose beginning is there, if there is one. */
  readCut(queue: ByteQueue, frame: (frame: CaptureFrame) => void): void;
  /** Whether a block may begin so many bytes from the front; undefined where more bytes would tell. */
  mayBegin(queue: ByteQueue, at: number): boolean | undefined;
}
