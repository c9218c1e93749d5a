import * as vscode from 'vscode';
import type { PacketLog } from '../../capture/packetLog';
import { concealSecrets } from '../../inspector/concealment';
import type { LogSink } from '../reporting/logSink';

const fileName = 'capture.bin';

/** Keeps the packet log on disk while the window reloads, in the workspace's folder of the extension's storage. */
export class CapturePersistence {
  private restored: Promise<void> | undefined;

  constructor(
    private readonly packets: PacketLog,
    private readonly folder: vscode.Uri,
    private readonly log: LogSink,
  ) {}

  /** Brings back what was kept, once. The log has to be as it was made: whoever appends to it waits for this first. */
  restore(): Promise<void> {
    this.restored ??= this.read();
    return this.restored;
  }

  async save(): Promise<void> {
    // What was never brought back stays as it lies there.
    if (this.restored === undefined) return;
    await this.restored;
    await vscode.workspace.fs.createDirectory(this.folder);
    await vscode.workspace.fs.writeFile(
      this.file,
      this.packets.snapshot((bytes, version) => concealSecrets(bytes, version).bytes),
    );
  }

  private get file(): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, fileName);
  }

  private async read(): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await vscode.workspace.fs.readFile(this.file);
    } catch (error) {
      if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return;
      this.log.warn(`The packets of the last session could not be read: ${String(error)}`);
      return;
    }
    if (!this.packets.restore(bytes))
      this.log.warn('The packets of the last session are in a format of another version.');
  }
}
