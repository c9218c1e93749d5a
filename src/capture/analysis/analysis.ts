import type { PacketLog } from '../packetLog';
import { Doctor } from './doctor/doctor';
import { type DoctorReport, patience } from './doctor/finding';
import { LogReader } from './logReader';
import type { StatisticsReport } from './statistics/report';
import { Statistics } from './statistics/statistics';
import type { TimelineReport, TimelineWindow } from './timeline/report';
import { Timeline } from './timeline/timeline';

/** How many handshakes that wait are looked at: more make no finding more true. */
const mostWaiting = 1_000;

/** How far an analysis is. */
export interface AnalysisProgress {
  /** How many packets were read. */
  readonly read: number;
  /** How many are still to be read. */
  readonly pending: number;
  /** How many went for the capture budget before they could be read. */
  readonly missed: number;
}

/**
 * Statistics, timeline and doctor of a log, which read it together: each packet once, in its order, in steps as small as the
 * caller likes. Whatever they answer is about what was read so far. Takes no memory for each packet but that of the bounded
 * rings of the timeline (about 15 MiB).
 */
export class LogAnalysis {
  private readonly reader: LogReader;
  private statistics_ = new Statistics();
  private timeline_ = new Timeline();
  private doctor = new Doctor();
  private observers = [this.statistics_, this.timeline_, this.doctor] as const;

  constructor(private readonly log: PacketLog) {
    this.reader = new LogReader(
      log,
      () => this.observers,
      () => this.beginAnew(),
    );
  }

  get progress(): AnalysisProgress {
    const { read, pending, missed } = this.reader;
    return { read, pending, missed };
  }

  /** Reads at most so many packets; returns whether all are read. */
  advance(most: number): boolean {
    return this.reader.advance(most);
  }

  /** These yield where their caller may rest. */
  statistics(): Generator<undefined, StatisticsReport> {
    return this.statistics_.report();
  }

  timeline(window: TimelineWindow): Generator<undefined, TimelineReport> {
    return this.timeline_.report(
      window,
      this.reader.waiting(Infinity, mostWaiting),
      this.reader.connections(),
    );
  }

  findings(): Generator<undefined, DoctorReport> {
    const now = this.log.row(this.reader.position - 1)?.at ?? 0;
    return this.doctor.report({ now, waiting: this.reader.waiting(now - patience, mostWaiting) });
  }

  private beginAnew(): void {
    this.statistics_ = new Statistics();
    this.timeline_ = new Timeline();
    this.doctor = new Doctor();
    this.observers = [this.statistics_, this.timeline_, this.doctor];
  }
}
