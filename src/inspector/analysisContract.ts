import type { AnalysisProgress } from '../capture/analysis/analysis';
import type { DoctorReport } from '../capture/analysis/doctor/finding';
import type { StatisticsReport } from '../capture/analysis/statistics/report';
import type { TimelineReport, TimelineWindow } from '../capture/analysis/timeline/report';
import type { Exchange } from '../capture/exchange';

export type { AnalysisProgress } from '../capture/analysis/analysis';
export type { DoctorReport, Finding, FindingSeverity } from '../capture/analysis/doctor/finding';
export type { PeriodicTopic } from '../capture/analysis/statistics/periodicTopics';
export type { HandshakeRow, Sizes, StatisticsReport, TallyRow } from '../capture/analysis/statistics/report';
export type {
  TimelineConnection,
  TimelineHandshake,
  TimelineLane,
  TimelineMark,
  TimelineReport,
  TimelineWindow,
} from '../capture/analysis/timeline/report';
export type { Exchange, LinkedPacket } from '../capture/exchange';

/** What an analysis says of the packets that were read so far; `progress` says whether more are still to be read. */
export interface Analysed<T> {
  readonly result: T;
  readonly progress: AnalysisProgress;
}

/**
 * What the view asks of the extension host about many packets at once. Each of the last three reads on for at most
 * {@link readingTime} before it answers, so a view that wants all of it asks again while packets are pending.
 */
export interface AnalysisHost {
  /** The exchanges that a packet belongs to; none where the log does not hold it, and where it belongs to none. */
  exchanges(sequence: number): readonly Exchange[];
  statistics(): Analysed<StatisticsReport>;
  timeline(window: TimelineWindow): Analysed<TimelineReport>;
  findings(): Analysed<DoctorReport>;
}

/** Milliseconds. */
export const readingTime = 250;
