import { inSlices, type Pace } from '../../base/slices';
import type { FilteredLog } from '../../capture/filter/filteredLog';
import type { PacketLog } from '../../capture/packetLog';
import { mostSlices, type Density } from '../../inspector/panelContract';
import type { ViolationScan } from './violationScan';

export interface MatchDensityOptions {
  readonly log: PacketLog;
  readonly scan: ViolationScan;
  readonly pace: Pace;
  /** Whether the filter is still the one that was asked about, from where it began. */
  readonly wanted: () => boolean;
}

/** Matches whose verdicts are looked up in one step. */
const stepMatches = 4096;

/** How the matches of a filter look from afar, in positions; undefined where nobody wants to know any more. */
export async function matchDensity(
  filtered: FilteredLog,
  slices: number,
  { log, scan, pace, wanted }: MatchDensityOptions,
): Promise<Density | undefined> {
  const { first, end } = filtered;
  const count = Math.max(0, Math.min(Math.floor(slices), mostSlices, end - first));
  const startOf = (slice: number): number => first + Math.floor((slice * (end - first)) / count);
  const rates: number[] = [];
  const violations: number[] = [];
  let position = first;
  let broken = 0;
  const step = (): boolean => {
    const slice = rates.length;
    if (slice === count) return true;
    const stop = startOf(slice + 1);
    const pause = Math.min(stop, position + stepMatches);
    for (; position < pause; position++) {
      const sequence = filtered.sequenceAt(position);
      if (sequence !== undefined) broken += scan.count(sequence, sequence + 1);
    }
    if (position === stop) {
      rates.push(rateOf(log, filtered, startOf(slice), stop));
      violations.push(broken);
      broken = 0;
    }
    return rates.length === count;
  };
  if (!(await inSlices(step, { pace, wanted }))) return undefined;
  return { first, end, rates, violations, unread: scan.unread() };
}

/** Matches a second of `[start, stop)`, from the one before them to their last. */
function rateOf(log: PacketLog, filtered: FilteredLog, start: number, stop: number): number {
  const timeOf = (position: number): number | undefined => {
    const sequence = filtered.sequenceAt(position);
    return sequence === undefined ? undefined : log.row(sequence)?.at;
  };
  return packetRate(stop - start, timeOf(Math.max(filtered.first, start - 1)), timeOf(stop - 1));
}

/** Packets a second between two times in milliseconds. */
export function packetRate(packets: number, from = 0, to = from): number {
  // Clocks may be set back, and a chunk's packets have one time.
  return to - from > 1 ? (packets * 1000) / (to - from) : packets * 1000;
}
