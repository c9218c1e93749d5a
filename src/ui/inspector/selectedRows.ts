import type { FilteredLog } from '../../capture/filter/filteredLog';
import { contains, countOf, within, type SequenceRange } from '../../inspector/sequenceSelection';
import type { SomePackets } from '../capture/whichPackets';

/** The selected packets of an inspector. There may be a million, so which they are is told one after another. */
export interface SelectedRows extends SomePackets {
  /** The sequence number of the oldest, undefined where none is selected. */
  readonly first: number | undefined;
  has(sequence: number): boolean;
}

/** Packets that were selected by their sequence numbers. */
export function selectedRanges(ranges: readonly SequenceRange[]): SelectedRows {
  return {
    count: countOf(ranges),
    first: ranges[0]?.start,
    has: (sequence) => contains(ranges, sequence),
    sequences: iterable(ranges, (sequence) => sequence),
  };
}

/** Packets that were selected among the matches of a filter, by their positions there. */
export function selectedMatches(filtered: FilteredLog, positions: readonly SequenceRange[]): SelectedRows {
  const { first: start, end } = filtered;
  const ranges = within(positions, { start, end });
  const [oldest] = ranges;
  return {
    count: countOf(ranges),
    first: oldest && filtered.sequenceAt(oldest.start),
    has: (sequence) => {
      const position = filtered.ordinalFrom(sequence);
      return contains(ranges, position) && filtered.sequenceAt(position) === sequence;
    },
    sequences: iterable(ranges, (position) => filtered.sequenceAt(position)),
  };
}

/** Of what was evicted since nobody knows which it was. */
function iterable(
  ranges: readonly SequenceRange[],
  sequenceAt: (index: number) => number | undefined,
): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (const { start, end } of ranges) {
        for (let index = start; index < end; index++) {
          const sequence = sequenceAt(index);
          if (sequence !== undefined) yield sequence;
        }
      }
    },
  };
}
