import { open } from 'node:fs/promises';

/** A file that is read piece by piece, however large it is. */
export interface FileSlices {
  /** In bytes, when it was opened. */
  readonly size: number;
  /**
   * The bytes from `offset` on, at most `length`; fewer only at the end. They are good until the next read, which has the
   * same memory: a large file would leave its size as garbage. Rejects with the platform's error.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a file to be read in pieces. Rejects with the platform's error; where it is a folder, reading does. */
export async function openFileSlices(path: string): Promise<FileSlices> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let memory = new Uint8Array(0);
    return {
      size,
      read: async (offset, length) => {
        if (memory.length < length) memory = new Uint8Array(length);
        const piece = memory;
        let filled = 0;
        // A read may return less than there is, such as from a network's file system.
        while (filled < length) {
          const { bytesRead } = await file.read(piece, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return piece.subarray(0, filled);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
