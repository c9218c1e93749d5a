import type { PacketLog } from '../../capture/packetLog';
import { concealSecrets } from '../../inspector/concealment';
import type { ByteFile } from '../../storage/byteFile';
import type { LogSink } from '../reporting/logSink';

/**
 * Keeps the packet log on disk while the window reloads, with passwords concealed. A window without a folder has no
 * file: it has no place that other windows do not have too, and would show their packets as its own.
 */
export class CapturePersistence {
  private restored: Promise<void> | undefined;

  constructor(
    private readonly packets: PacketLog,
    private readonly file: ByteFile | undefined,
    private readonly log: LogSink,
  ) {}

  /** Brings back what was kept, once. The log has to be as it was made: whoever appends to it waits for this first. */
  restore(): Promise<void> {
    this.restored ??= this.read();
    return this.restored;
  }

  /** Keeps what there is. What was never brought back stays as it lies there. */
  async save(): Promise<void> {
    if (this.restored === undefined) return;
    await this.restored;
    await this.file?.write(this.packets.snapshot((...row) => concealSecrets(...row).bytes));
  }

  /** Forgets all packets, also those on the disk. Rejects with the platform's error where the file stays. */
  async clear(): Promise<void> {
    await this.restore();
    this.packets.clear();
    await this.file?.delete();
  }

  /** A log without its past serves better than none, so what is wrong here is only noted. */
  private async read(): Promise<void> {
    try {
      const bytes = await this.file?.read();
      if (bytes === undefined || this.packets.restore(bytes)) return;
      this.log.warn(
        'The packets of the last session are in the format of another version and were left out.',
      );
    } catch (error) {
      this.log.warn(`The packets of the last session could not be read: ${String(error)}`);
    }
  }
}
