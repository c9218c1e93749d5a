import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * One file of bytes that outlives the process. It goes around VS Code's own file system on purpose: that one refuses
 * every call while the extension is being deactivated, which is when there is something to write.
 */
export class ByteFile {
  constructor(private readonly path: string) {}

  /** The bytes that were written last, or undefined where there are none yet. Rejects with the platform's error. */
  async read(): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readFile(this.path);
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Deletes the file, if there is one. Rejects with the platform's error. */
  async delete(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Replaces what was there, wholly or not at all. Rejects with the platform's error. */
  async write(bytes: Uint8Array): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const unfinished = `${this.path}.${process.pid}.tmp`;
    try {
      // Captured messages are nobody else's business on a shared computer.
      await writeFile(unfinished, bytes, { mode: 0o600 });
      await rename(unfinished, this.path);
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
  }
}
