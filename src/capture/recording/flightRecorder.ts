import type { Clock } from '../../base/clock';
import { Emitter, type Disposable } from '../../base/lifecycle';
import type { Pace } from '../../base/slices';
import type { PacketLog } from '../packetLog';
import { writePieces } from '../pcap/captureSteps';
import { PcapngWriter, type PcapngOptions } from '../pcap/pcapngWriter';
import { beatInterval, recordingName, type RecordingFolder, type RecordingOutput } from './recordingFolder';

export interface FlightRecorderOptions extends PcapngOptions {
  readonly log: PacketLog;
  readonly folder: RecordingFolder;
  /** Bytes after which the next file begins. */
  readonly fileBytes: number;
  /** How many files there may be, of all windows; one that somebody records to counts and stays. */
  readonly files: number;
  readonly clock: Clock;
  readonly pace: Pace;
}

export interface FlightRecorderState {
  /** `idle` until there is a packet to record; `failing` while files cannot be written. */
  readonly phase: 'idle' | 'recording' | 'failing';
  /** The file that is written to, or was last. */
  readonly file: string | undefined;
  /** Packets that are on the disk, and that the log had forgotten before they could be written. */
  readonly recorded: number;
  readonly lost: number;
  /** What the platform says, while that is `failing`. */
  readonly failure: unknown;
}

/** Milliseconds from a packet to its writing: with the time that takes still less than a second. */
const interval = 500;
/** Milliseconds between two attempts while nothing can be written: twice as many each time, up to the longest. */
const shortestRetry = 1000;
const longestRetry = 30_000;
/** What a frame takes besides the bytes of its row, about. */
const frameBytes = 80;

interface OpenFile {
  readonly output: RecordingOutput;
  readonly writer: PcapngWriter;
  /** Bytes that were written, and of these the ones that are safe. */
  written: number;
  safe: number;
}

/**
 * Records what a log captures to a ring of pcapng files, each of which opens by itself. The log is its queue: reception
 * never waits for the disk, and what the log forgets before it is written is counted. Packets are on the disk, safe from a
 * crash, less than a second after they came, as long as the disk keeps up.
 */
export class FlightRecorder implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly subscription: Disposable;
  private timer: Disposable | undefined;
  private beating: Disposable | undefined;
  private working: Promise<void> | undefined;
  private current: OpenFile | undefined;
  /** The sequence number of the first packet that is not safe yet. */
  private next: number;
  /** The log's revision of which everything was written. */
  private seen = 0;
  private retry = shortestRetry;
  private stopped = false;
  private shown: FlightRecorderState = {
    phase: 'idle',
    file: undefined,
    recorded: 0,
    lost: 0,
    failure: undefined,
  };

  /** The state is another one: at most about twice a second. */
  readonly onDidChange = this.changed.event;

  /** Records what the log gets from now on. */
  constructor(private readonly options: FlightRecorderOptions) {
    const { log } = options;
    this.next = log.end;
    this.subscription = log.onDidChange(() => this.schedule(interval));
  }

  get state(): FlightRecorderState {
    return this.shown;
  }

  /** Resolves when everything that the log has by now was written, or that failed. Never rejects. */
  async catchUp(): Promise<void> {
    await this.working;
    if (this.stopped || this.shown.phase === 'failing') return;
    await this.work();
  }

  /** Writes what is left and closes the file. Never rejects. */
  async stop(): Promise<void> {
    await this.catchUp();
    this.dispose();
    await this.working;
    const { current } = this;
    if (current) {
      try {
        await this.writeEnds(current, current.writer.finish());
      } catch (error) {
        this.update({ failure: error });
      }
    }
    await this.closeCurrent();
  }

  /** Records no more. What was not written yet is not written. */
  dispose(): void {
    this.stopped = true;
    this.timer?.dispose();
    this.timer = undefined;
    this.beating?.dispose();
    this.beating = undefined;
    this.subscription.dispose();
  }

  private schedule(delay: number): void {
    if (this.timer || this.working || this.stopped) return;
    const { clock } = this.options;
    this.timer = clock.schedule(clock.now() + delay, () => void this.work());
  }

  private work(): Promise<void> {
    this.timer?.dispose();
    this.timer = undefined;
    this.working ??= this.record().then((delay) => {
      this.working = undefined;
      const { log } = this.options;
      const isFailing = this.shown.phase === 'failing';
      if (this.next < log.end || (this.seen !== log.revision && !isFailing)) this.schedule(delay);
    });
    return this.working;
  }

  /** Writes what there is; resolves with the milliseconds until the next time. */
  private async record(): Promise<number> {
    try {
      this.seen = this.options.log.revision;
      while (this.forget() < this.options.log.end && !(this.stopped && this.shown.phase === 'failing')) {
        const file = (this.current ??= await this.open());
        if (!(await this.writeTo(file))) await this.closeCurrent();
      }
      const { current } = this;
      if (current && !(await this.writeEnds(current, current.writer.flush()))) await this.closeCurrent();
      this.retry = shortestRetry;
      return interval;
    } catch (error) {
      await this.closeCurrent();
      this.update({ phase: 'failing', failure: error });
      const delay = this.retry;
      this.retry = Math.min(longestRetry, delay * 2);
      return delay;
    }
  }

  /** Counts what the log has forgotten before it was written, and returns the first packet that is still to be. */
  private forget(): number {
    const lost = this.options.log.first - this.next;
    if (lost > 0) {
      this.next += lost;
      this.update({ lost: this.shown.lost + lost });
    }
    return this.next;
  }

  /** Makes room for one more file and begins it. */
  private async open(): Promise<OpenFile> {
    const { folder, files, clock, log } = this.options;
    const present = [...(await folder.list())].sort(
      (a, b) => a.modified - b.modified || (a.name < b.name ? -1 : 1),
    );
    // Another window would go on writing to a file that nobody finds, or begin a new one in place of this one's.
    const removable = present.filter(
      ({ beatAt }) => beatAt === undefined || clock.now() - beatAt >= 3 * beatInterval,
    );
    for (const { name } of removable.slice(0, Math.max(0, present.length - (files - 1)))) {
      await folder.remove(name);
    }
    const output = await folder.create(recordingName(clock.now()));
    this.beatLater();
    return { output, writer: new PcapngWriter(log, this.options), written: 0, safe: 0 };
  }

  private beatLater(): void {
    const { clock } = this.options;
    this.beating?.dispose();
    this.beating = clock.schedule(clock.now() + beatInterval, () => {
      if (!this.current || this.stopped) return;
      // A sign that could not be given costs no packet: the next one may be.
      this.current.output.beat().catch((error: unknown) => this.update({ failure: error }));
      this.beatLater();
    });
  }

  /** Writes what there is and fits into the file. Resolves with whether more may follow into the same file. */
  private async writeTo(file: OpenFile): Promise<boolean> {
    const { log, pace, fileBytes } = this.options;
    const from = this.next;
    const write = async (piece: Uint8Array): Promise<void> => {
      await file.output.write(piece);
      file.written += piece.length;
    };
    const done = await writePieces(rowsOf(file, log, from, fileBytes), write, { pace });
    if (!done) return false;
    if (!(await file.output.sync())) return false;
    file.safe = file.written;
    this.next = done.end;
    const { recorded, lost } = this.shown;
    this.update({
      phase: 'recording',
      failure: undefined,
      file: file.output.name,
      recorded: recorded + done.rows,
      lost: lost + (done.end - from - done.rows),
    });
    return file.written < fileBytes && !done.isFull;
  }

  /** Writes the ends of connections of which no more rows come. Resolves with whether the file is still there. */
  private async writeEnds(file: OpenFile, ends: Uint8Array | undefined): Promise<boolean> {
    if (!ends) return true;
    await file.output.write(ends);
    file.written += ends.length;
    if (!(await file.output.sync())) return false;
    file.safe = file.written;
    return true;
  }

  /** A file that cannot even be closed is left alone: what went wrong with the disk has been told, or will be. */
  private async closeCurrent(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    this.beating?.dispose();
    this.beating = undefined;
    if (!current) return;
    try {
      await current.output.close(current.safe);
    } catch (error) {
      this.update({ failure: error });
    }
  }

  private update(news: Partial<FlightRecorderState>): void {
    this.shown = { ...this.shown, ...news };
    this.changed.fire();
  }
}

interface Written {
  /** The first row that was not written. */
  readonly end: number;
  readonly rows: number;
  readonly isFull: boolean;
}

/** Rows from `from` on in pieces, as many as the log has and the file takes: at least one. */
function* rowsOf(
  file: OpenFile,
  log: PacketLog,
  from: number,
  fileBytes: number,
): Generator<Uint8Array, Written> {
  const { end } = log;
  file.writer.noteEnds();
  let bytes = file.written;
  let rows = 0;
  let sequence = from;
  for (; sequence < end; sequence++) {
    const length = log.row(sequence)?.length;
    if (length === undefined) continue;
    bytes += length + frameBytes;
    if (bytes > fileBytes && (rows > 0 || file.written > 0)) break;
    if (yield* file.writer.row(sequence)) rows++;
  }
  const rest = file.writer.flush();
  if (rest) yield rest;
  return { end: sequence, rows, isFull: sequence < end };
}
