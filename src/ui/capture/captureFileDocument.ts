import type * as vscode from 'vscode';
import { Emitter, type Disposable } from '../../base/lifecycle';
import type { Pace } from '../../base/slices';
import { equalBytes } from '../../base/bytes';
import { PacketLog } from '../../capture/packetLog';
import { CaptureReader, type CaptureReport } from '../../capture/pcap/captureReader';
import { readCaptureFile } from '../../capture/pcap/captureSteps';
import { describeCapture, describeNothing } from '../../capture/pcap/describeCapture';
import type { Endpoints } from '../../capture/pcap/endpoints';
import type { CaptureFileState } from '../../inspector/fileContract';
import type { FileSlices } from '../../storage/fileSlices';
import { describeFileFailure } from '../reporting/fileFailure';

export interface CaptureFileDependencies {
  readonly open: (uri: vscode.Uri) => Promise<FileSlices>;
  /** When the file was written last and how long it is: two that are equal are the same file. */
  readonly stat: (uri: vscode.Uri) => PromiseLike<{ readonly mtime: number; readonly size: number }>;
  /** Bytes of memory for the packets of one file. */
  readonly budget: () => number;
  readonly pace: Pace;
}

/** One time that a file was read: a log of its own, and how far that is. */
interface Reading {
  readonly log: PacketLog;
  readonly reader: CaptureReader;
  wanted: boolean;
  /** The first bytes of the file, which tell whether it is the same that goes on. */
  beginning: Uint8Array;
  /** How many bytes of it were read. */
  end: number;
}

/** As much as tells one capture from another: what wrote it, and when the first frame came. */
const beginningLength = 512;
const gone = 'gone';
type FileVersion = { readonly mtime: number; readonly size: number } | typeof gone;

/** More than these nobody reads. */
const mostNotes = 40;

/**
 * A capture file that is open, with the packets in it. What was read stays as it is; where the file is written to on the
 * disk that is said, and it is read again when somebody wants it, into a log that begins anew.
 */
export class CaptureFileDocument implements vscode.CustomDocument, Disposable {
  private readonly changed = new Emitter<void>();
  private readonly restarted = new Emitter<void>();
  private reading: Reading;
  private shown: CaptureFileState;
  private version: FileVersion | undefined;
  private added: number | undefined;

  /** The state is another one. */
  readonly onDidChange = this.changed.event;
  /** The log is another one: the file is being read from its beginning. */
  readonly onDidRestart = this.restarted.event;

  constructor(
    readonly uri: vscode.Uri,
    private readonly dependencies: CaptureFileDependencies,
  ) {
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    this.shown = { name, phase: 'reading', read: 0, size: 0, notes: [], ...fresh };
    this.reading = this.begin();
  }

  get log(): PacketLog {
    return this.reading.log;
  }

  get state(): CaptureFileState {
    return this.shown;
  }

  /** The ends of a connection, as the file has them. */
  endpointsOf(connection: number): Endpoints | undefined {
    return this.reading.reader.endpoints(connection);
  }

  /** Stops reading. What was read so far stays. */
  cancel(): void {
    if (this.shown.phase === 'reading') this.reading.wanted = false;
  }

  /** Reads the file from its beginning into a new log. */
  readAgain(): void {
    this.restart(undefined);
  }

  /** Reads it again for what was added since: packets from `firstAdded` on. */
  showAdded(): void {
    this.restart(this.log.end);
  }

  /** The sequence number of the first packet that the file did not have when it was read before; undefined unless that was asked for. */
  get firstAdded(): number | undefined {
    return this.added;
  }

  private restart(firstAdded: number | undefined): void {
    const before = this.reading;
    before.wanted = false;
    this.added = firstAdded;
    this.update({ phase: 'reading', read: 0, size: 0, notes: [], ...fresh });
    this.reading = this.begin();
    this.restarted.fire();
    before.log.dispose();
  }

  /** Something happened to the file on the disk. */
  async checkFile(): Promise<void> {
    if (this.shown.phase === 'reading' || this.shown.outdated) return;
    const { reading } = this;
    const version = await this.currentVersion();
    if (reading !== this.reading || isSame(version, this.version)) return;
    const goesOn = await this.goesOn(reading, version);
    if (reading !== this.reading) return;
    // What came while it was read was read.
    if (goesOn && version !== gone && version.size === reading.end) this.version = version;
    else this.update(goesOn ? { grown: true } : { outdated: true, grown: false });
  }

  /** Whether the file is the one that was read, with something behind that was not there. */
  private async goesOn(reading: Reading, version: FileVersion): Promise<boolean> {
    const { phase } = this.shown;
    if (phase === 'failed' || version === gone || this.version === undefined || this.version === gone)
      return false;
    if (version.size < reading.end || version.size <= this.version.size) return false;
    try {
      const source = await this.dependencies.open(this.uri);
      try {
        return equalBytes(await source.read(0, reading.beginning.length), reading.beginning);
      } finally {
        await source.close();
      }
    } catch {
      // It is another file than was read in any case: what is wrong with it is told when it is read again.
      return false;
    }
  }

  dispose(): void {
    this.reading.wanted = false;
    this.reading.log.dispose();
    this.changed.dispose();
    this.restarted.dispose();
  }

  private begin(): Reading {
    const log = new PacketLog({ byteBudget: this.dependencies.budget() });
    const reader = new CaptureReader(log);
    const reading: Reading = { log, reader, wanted: true, beginning: new Uint8Array(0), end: 0 };
    void this.read(reading);
    return reading;
  }

  /** Never rejects: what goes wrong is what the panel says. */
  private async read(reading: Reading): Promise<void> {
    const { dependencies, uri } = this;
    const { reader, log } = reading;
    const update = (news: Partial<CaptureFileState>): void => {
      if (reading === this.reading) this.update(news);
    };
    try {
      const version = await this.currentVersion();
      const source = await dependencies.open(uri);
      try {
        update({ size: source.size });
        reading.beginning = (await source.read(0, beginningLength)).slice();
        const report = await readCaptureFile(source, reader, {
          pace: dependencies.pace,
          wanted: () => reading.wanted,
          progress: (read) => {
            reading.end = read;
            update({ read, size: Math.max(source.size, read) });
          },
        });
        const notes = describeCapture(report ?? reader.report());
        const isEmpty = log.first === log.end;
        const nothing = report && isEmpty ? [asSentence(describeNothing(report))] : [];
        if (reading === this.reading) this.version = version;
        update({
          phase: report ? 'read' : 'cancelled',
          damaged: reader.report().problemCount > 0,
          format: formatOf(reader.report()),
          notes: (report?.frames === 0 && notes.length > 0 ? notes : [...nothing, ...notes]).slice(
            0,
            mostNotes,
          ),
        });
      } finally {
        await source.close();
      }
    } catch (error) {
      update({ phase: 'failed', notes: [`The file could not be read. ${describeFileFailure(error)}`] });
      return;
    }
    // It may have been written to while it was read.
    await this.checkFile();
  }

  private async currentVersion(): Promise<FileVersion> {
    try {
      const { mtime, size } = await this.dependencies.stat(this.uri);
      return { mtime, size };
    } catch {
      // That it cannot be read is said when it is; that it went after it was read makes what is shown outdated.
      return gone;
    }
  }

  private update(news: Partial<CaptureFileState>): void {
    this.shown = { ...this.shown, ...news };
    this.changed.fire();
  }
}

const fresh = { format: 'capture', damaged: false, outdated: false, grown: false } as const;

function isSame(one: FileVersion, other: FileVersion | undefined): boolean {
  if (one === gone || other === gone || other === undefined) return one === other;
  return one.mtime === other.mtime && one.size === other.size;
}

function formatOf({ problems: [problem] }: CaptureReport): CaptureFileState['format'] {
  if (problem?.code !== 'notACaptureFile') return 'capture';
  return problem.kind === undefined ? 'none' : 'unread';
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
