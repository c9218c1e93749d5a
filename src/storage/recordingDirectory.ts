import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { RecordingFile, RecordingFolder, RecordingOutput } from '../capture/recording/recordingFolder';

/** How many names are tried where one is taken: several windows may begin a file in the same millisecond. */
const mostNames = 100;

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
        const found = await orElse(stat(join(this.path, name)), undefined);
        return found?.isFile() ? [{ name, modified: found.mtimeMs }] : [];
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
        const file = await open(join(this.path, numbered), flags, 0o600);
        return new RecordingFileOutput(file, numbered, join(this.path, numbered));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || number === mostNames) throw error;
      }
    }
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true });
  }
}

class RecordingFileOutput implements RecordingOutput {
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

  async close(length: number): Promise<void> {
    try {
      await this.file.truncate(length);
    } finally {
      await this.file.close();
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
