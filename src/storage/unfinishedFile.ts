import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';

/**
 * A file that is written piece by piece under a name of its own beside the one that it gets when it is whole, so that
 * nothing that breaks off leaves half of it, or takes what stood there before. Rejects with the platform's error.
 */
export class UnfinishedFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly unfinished: string,
  ) {}

  static async create(path: string): Promise<UnfinishedFile> {
    const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`;
    // Captured messages are nobody else's business on a shared computer.
    return new UnfinishedFile(await open(unfinished, 'wx', 0o600), path, unfinished);
  }

  async write(piece: Uint8Array): Promise<void> {
    await this.file.writeFile(piece);
  }

  /**
   * It is whole: it gets its name. Unsynced it takes no time for the disk, for what is not needed after a loss of power and
   * tells for itself whether it is whole.
   */
  async finish(sync: 'synced' | 'unsynced' = 'synced'): Promise<void> {
    try {
      if (sync === 'synced') await this.file.datasync();
    } finally {
      await this.file.close();
    }
    await rename(this.unfinished, this.path);
  }

  /** It will not be whole: nothing is left of it. */
  async abandon(): Promise<void> {
    try {
      await this.file.close();
    } finally {
      await rm(this.unfinished, { force: true });
    }
  }
}
