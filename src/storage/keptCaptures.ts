import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileSlices, type FileSlices } from './fileSlices';
import { UnfinishedFile } from './unfinishedFile';

/** How much the kept packets of all windows of a user may take together, and for how long. */
interface CaptureBound {
  readonly bytes: number;
  readonly milliseconds: number;
}

const defaultCaptureBound: CaptureBound = { bytes: 1_073_741_824, milliseconds: 30 * 86_400_000 };

/** The packets of a window that had to go. */
interface PrunedCapture {
  /** When they were kept, in milliseconds since the epoch. */
  readonly kept: number;
  readonly bytes: number;
}

/** How old what an interrupted write left has to be, in milliseconds. */
const staleAfter = 3_600_000;

/**
 * The packets of a window while it is closed, in a file beside those of other windows, so that all together have a bound.
 * It goes around VS Code's own file system on purpose: that one refuses every call while the extension is being
 * deactivated, which is when there is something to write. Everything here rejects with the platform's error.
 */
export class KeptCaptures {
  private readonly name: string;

  /** @param window what tells it from other windows, and stays the same when it is opened again */
  constructor(
    private readonly folder: string,
    window: string,
    private readonly bound = defaultCaptureBound,
  ) {
    this.name = `${createHash('sha256').update(window).digest('hex').slice(0, 32)}.bin`;
  }

  /** What was kept last, undefined where that is nothing. */
  open(): Promise<FileSlices | undefined> {
    return orUndefined(openFileSlices(this.path));
  }

  /** What replaces it as soon as it is finished. */
  async create(): Promise<UnfinishedFile> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    return UnfinishedFile.create(this.path);
  }

  /** Deletes it, if there is any. */
  async delete(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Deletes what other windows kept for longest until the rest is within the bound, and what interrupted writes left. */
  async prune(): Promise<readonly PrunedCapture[]> {
    const now = Date.now();
    const pruned: PrunedCapture[] = [];
    let left = this.bound.bytes;
    for (const { name, modified, size } of await this.files()) {
      const age = now - modified;
      if (name.endsWith('.tmp')) {
        if (age > staleAfter) await rm(join(this.folder, name), { force: true });
        continue;
      }
      left -= size;
      if (name === this.name || (left >= 0 && age <= this.bound.milliseconds)) continue;
      await rm(join(this.folder, name), { force: true });
      left += size;
      pruned.push({ kept: modified, bytes: size });
    }
    return pruned;
  }

  private get path(): string {
    return join(this.folder, this.name);
  }

  /** The newest first. */
  private async files(): Promise<readonly { name: string; modified: number; size: number }[]> {
    const names = ((await orUndefined(readdir(this.folder))) ?? []).filter((name) =>
      /^[0-9a-f]{32}\.bin(\.[0-9a-f]+\.tmp)?$/.test(name),
    );
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await orUndefined(stat(join(this.folder, name)));
        return found?.isFile() ? [{ name, modified: found.mtimeMs, size: found.size }] : [];
      }),
    );
    return files.flat().sort((one, other) => other.modified - one.modified);
  }
}

/** Undefined where it is not there. */
async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
