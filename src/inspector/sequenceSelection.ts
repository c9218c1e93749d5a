/** Packets in a row, by sequence number; `end` is the first that is not among them. */
export interface SequenceRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Which packets are selected: ranges, since somebody may select a million, in ascending order with a gap between each two.
 * `lead` is the one whose details show and the keyboard is at, `anchor` the one that a range is drawn from. A selection
 * never changes; what a person does makes another.
 */
export interface SequenceSelection {
  readonly ranges: readonly SequenceRange[];
  readonly anchor: number | undefined;
  readonly lead: number | undefined;
}

export const nothingSelected: SequenceSelection = { ranges: [], anchor: undefined, lead: undefined };

export function onlySelected(sequence: number): SequenceSelection {
  return { ranges: [single(sequence)], anchor: sequence, lead: sequence };
}

/** Adds a packet or takes it away, as a click with Ctrl does. */
export function toggled({ ranges }: SequenceSelection, sequence: number): SequenceSelection {
  const changed = contains(ranges, sequence)
    ? without(ranges, single(sequence))
    : union(ranges, single(sequence));
  return { ranges: changed, anchor: sequence, lead: sequence };
}

/**
 * Selects from the anchor to a packet, as a click with Shift does; `added` keeps what is selected besides, which Ctrl
 * asks for on top.
 */
export function extended(selection: SequenceSelection, sequence: number, added = false): SequenceSelection {
  const anchor = selection.anchor ?? selection.lead ?? sequence;
  const range = { start: Math.min(anchor, sequence), end: Math.max(anchor, sequence) + 1 };
  return { ranges: added ? union(selection.ranges, range) : [range], anchor, lead: sequence };
}

export function allSelected({ lead }: SequenceSelection, range: SequenceRange): SequenceSelection {
  const whole = range.start < range.end ? [range] : [];
  const kept = lead !== undefined && contains(whole, lead) ? lead : undefined;
  return { ranges: whole, anchor: kept ?? whole[0]?.start, lead: kept ?? whole[0]?.start };
}

export function contains(ranges: readonly SequenceRange[], sequence: number): boolean {
  return ranges.some(({ start, end }) => start <= sequence && sequence < end);
}

/** How many packets the ranges have. */
export function countOf(ranges: readonly SequenceRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}

/** What is left of ranges inside another. */
export function within(ranges: readonly SequenceRange[], outer: SequenceRange): readonly SequenceRange[] {
  return ranges
    .map(({ start, end }) => ({ start: Math.max(start, outer.start), end: Math.min(end, outer.end) }))
    .filter(({ start, end }) => start < end);
}

function single(sequence: number): SequenceRange {
  return { start: sequence, end: sequence + 1 };
}

function union(ranges: readonly SequenceRange[], added: SequenceRange): readonly SequenceRange[] {
  const touches = ({ start, end }: SequenceRange): boolean => start <= added.end && added.start <= end;
  const touching = [...ranges.filter(touches), added];
  const whole = {
    start: Math.min(...touching.map(({ start }) => start)),
    end: Math.max(...touching.map(({ end }) => end)),
  };
  return [...ranges.filter((range) => !touches(range)), whole].sort((a, b) => a.start - b.start);
}

function without(ranges: readonly SequenceRange[], gone: SequenceRange): readonly SequenceRange[] {
  return ranges.flatMap(({ start, end }) =>
    [
      { start, end: Math.min(end, gone.start) },
      { start: Math.max(start, gone.end), end },
    ].filter((left) => left.start < left.end),
  );
}
