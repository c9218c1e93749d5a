import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RecordingFile, RecordingFolder, RecordingOutput } from '../capture/recording/recordingFolder';

/** How many names are tried where one is taken: several windows may begin a file in the same millisecond. */
const mostNames = 100;

/** Beside a file that is recorded to, touched as long as it is. */
const lockOf = (path: string): string => `${path}.lock`;

/** A folder as somebody wrote it, with `~` for that of whoever runs this; undefined where it is no absolute path. */
export function absoluteFolder(written: string): string | undefined {
  const path = /^~(?=[\\/]|$)/.test(written) ? join(homedir(), written.slice(1)) : written;
  return isAbsolute(path) ? path : undefined;
}

/** A folder of recordings on the disk. */
export class RecordingDirectory implements RecordingFolder {
  /** @param isRecording tells recordings from files that are somebody's own */
  constructor(
    readonly path: string,
    private readonly isRecording: (name: string) => boolean,
  ) {}

  async list(): Promise<readonly RecordingFile[]> {
    const names = (await orElse(readdir(this.path), [])).filter((name) => this.isRecording(name));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.path, name);
        const found = await orElse(stat(path), undefined);
        if (!found?.isFile()) return [];
        const lock = await orElse(stat(lockOf(path)), undefined);
        return [{ name, modified: found.mtimeMs, beatAt: lock?.mtimeMs }];
      }),
    );
    return files.flat();
  }

  async create(name: string): Promise<RecordingOutput> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    for (let number = 1; ; number++) {
      const numbered = number === 1 ? name : name.replace(/(\.[^.]*)$/, `-${number}$1`);
      try {
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
        // Captured messages are nobody else's business on a shared computer.
        const path = join(this.path, numbered);
        const file = await open(path, flags, 0o600);
        const output = new RecordingFileOutput(file, numbered, path);
        try {
          await output.beat();
        } catch (error) {
          // Nobody is going to close it, and without its lock it would look like one that is finished.
          await file.close();
          await rm(path, { force: true });
          throw error;
        }
        return output;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === mostNames) throw error;
      }
    }
  }

  async remove(name: string): Promise<void> {
    const path = join(this.path, name);
    await rm(path, { force: true });
    await rm(lockOf(path), { force: true });
  }
}

class RecordingFileOutput implements RecordingOutput {
  /** The last sign that was begun, without its error: that is told to whoever gave it. */
  private beating: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    private readonly file: FileHandle,
    readonly name: string,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    await this.file.writeFile(bytes);
  }

  async sync(): Promise<boolean> {
    await this.file.datasync();
    return (await this.file.stat()).nlink > 0;
  }

  beat(): Promise<void> {
    const beat = this.beating.then(() => (this.isClosed ? undefined : this.touch()));
    this.beating = beat.catch(() => undefined);
    return beat;
  }

  private async touch(): Promise<void> {
    await writeFile(lockOf(this.path), '', { mode: 0o600 });
    const now = new Date();
    // Writing nothing to a file that is empty need not change its time.
    await utimes(lockOf(this.path), now, now);
  }

  async close(length: number): Promise<void> {
    this.isClosed = true;
    try {
      await this.file.truncate(length);
    } finally {
      await this.file.close();
      // One that is under way would make anew what goes here.
      await this.beating;
      await rm(lockOf(this.path), { force: true });
    }
    if (length === 0) await rm(this.path, { force: true });
  }
}

/** What it is where it is not there. */
async function orElse<T>(found: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}
