import type { Pace } from '../../base/slices';
import type { PacketLog } from '../../capture/packetLog';
import { readSnapshot } from '../../capture/snapshot/snapshotReader';
import { writeSnapshot } from '../../capture/snapshot/snapshotWriter';
import { findSecrets } from '../../inspector/concealment';
import type { KeptCaptures } from '../../storage/keptCaptures';
import type { LogSink } from '../reporting/logSink';

/** How long writing may take, in milliseconds: what VS Code waits for when it closes a window, less what else takes time then. */
const longestSaving = 2500;

/**
 * Keeps the packet log on disk while the window reloads, with passwords concealed. A window without a folder has no
 * file: it has no place that other windows do not have too, and would show their packets as its own.
 */
export class CapturePersistence {
  private restored: Promise<void> | undefined;

  constructor(
    private readonly packets: PacketLog,
    private readonly kept: KeptCaptures | undefined,
    private readonly log: LogSink,
    private readonly pace: Pace,
  ) {}

  /**
   * Brings back what was kept, once, and deletes it: the next save writes it again. The log has to be as it was made:
   * whoever appends to it waits for this first.
   */
  restore(): Promise<void> {
    this.restored ??= this.read();
    return this.restored;
  }

  /** Keeps what there is, or the newest of it where the disk is slow. What was never brought back stays as it lies there. */
  async save(): Promise<void> {
    if (this.restored === undefined || !this.kept) return;
    await this.restored;
    try {
      const leftOut = await this.write(this.kept);
      if (leftOut > 0)
        this.log.warn(
          `There was no time to keep the oldest packets over the reload: ${leftOut} were left out.`,
        );
      await this.prune(this.kept);
    } catch (error) {
      this.log.warn(`The packets could not be kept over the reload: ${String(error)}`);
    }
  }

  /** Forgets all packets, also those on the disk. Rejects with the platform's error where the file stays. */
  async clear(): Promise<void> {
    await this.restore();
    this.packets.clear();
    await this.kept?.delete();
  }

  private async write(kept: KeptCaptures): Promise<number> {
    const { packets, pace } = this;
    const end = pace.now() + longestSaving;
    const file = await kept.create();
    try {
      const wanted = () => pace.now() < end;
      const leftOut = await writeSnapshot(packets, file, { findSecrets, pace, wanted });
      await file.finish('unsynced');
      return leftOut;
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  /** A log without its past serves better than none, so what is wrong here is only noted. */
  private async read(): Promise<void> {
    if (!this.kept) return;
    try {
      await this.readFrom(this.kept);
      await this.prune(this.kept);
    } catch (error) {
      this.log.warn(`The packets of the last session could not be read: ${String(error)}`);
    }
  }

  private async readFrom(kept: KeptCaptures): Promise<void> {
    const source = await kept.open();
    if (!source) return;
    try {
      const contents = await readSnapshot(source, this.pace);
      if (!contents) {
        this.log.warn(
          'The packets of the last session are damaged or in the format of another version, and were left out.',
        );
      } else if (!this.packets.restore(contents)) {
        throw new Error('there are packets of this session already');
      }
    } finally {
      await source.close();
    }
    await kept.delete();
  }

  private async prune(kept: KeptCaptures): Promise<void> {
    for (const { kept: at, bytes } of await kept.prune()) {
      this.log.info(
        `Packets that another window kept were removed to make room: kept ${new Date(at).toISOString()}, ${bytes} B.`,
      );
    }
  }
}
