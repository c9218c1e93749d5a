import type { KnownValues } from '../where/completion';
import type { WhereProblem } from '../where/whereProblem';
import type { LogRow } from './contract';
import type { Density } from './panelContract';
import type { SequenceRange } from './sequenceSelection';

/** How far a filter is, and which positions it has: matches are counted from 0, the same as long as the packet is held. */
export interface FilterState {
  /** Tells this filter's positions from those of every other of the panel. */
  readonly filter: number;
  /** Position of the oldest match that is held. */
  readonly first: number;
  /** Position the next match will get. */
  readonly end: number;
  /** How much of the log was looked at, 0 to 1. */
  readonly scanned: number;
  /** Sequence number of the first packet that was not looked at yet. */
  readonly scannedTo: number;
  readonly scanning: boolean;
  /** Somebody stopped it before the end. */
  readonly stopped: boolean;
  /** Packets with a long payload, of which the filter looked at the beginning alone. */
  readonly shortened: number;
}

export type FilterAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'set'; readonly state: FilterState }
  | { readonly kind: 'problem'; readonly problem: WhereProblem };

/** Consecutive matches, as a RowPage of positions, each with its packet's sequence number. */
export interface FilteredPage {
  readonly first: number;
  readonly rows: readonly FilteredRow[];
}

export interface FilteredRow {
  readonly sequence: number;
  readonly row: LogRow;
}

/** What is looked for, packet by packet. */
export type SeekTarget =
  | { readonly kind: 'text'; readonly text: string; readonly ignoreCase: boolean }
  | { readonly kind: 'violation' };

export interface SeekAnswer {
  /** Undefined where there is none, or another search began meanwhile. */
  readonly sequence: number | undefined;
  /** It was found from the other end on. */
  readonly wrapped: boolean;
  /** Another search began, or somebody ended this one: the answer is of no interest. */
  readonly givenUp: boolean;
}

/** What the view asks of the extension host about filters. */
export interface FilterHost {
  /** The filter that somebody asked for before the view had loaded. */
  wantedFilter(): string | undefined;
  /** The filter that the panel was opened for, to be kept with what else outlives the page. */
  openedFor(): string | undefined;
  /** From now on only what matches is in positions; an empty text is no filter. A text with a problem changes nothing. */
  setFilter(text: string): FilterAnswer;
  /** `count` matches from a position on; undefined where another filter has taken its place. */
  filteredRows(filter: number, first: number, count: number): FilteredPage | undefined;
  /** The first position that is not before a packet, and whether it is the packet's own. */
  filteredPlace(
    filter: number,
    sequence: number,
  ): { readonly position: number; readonly matches: boolean } | undefined;
  /** The matches in at most so many slices, in positions; undefined where another filter has taken its place. */
  filteredDensity(filter: number, slices: number): Density | undefined;
  /** Ends the scan where it is. */
  stopFilter(filter: number): void;
  /** Goes on with it. */
  resumeFilter(filter: number): void;
  /** What filters can compare with, as far as the newest packets tell. */
  filterValues(): KnownValues;
  /** The next packet, among those the filter shows, that has what is looked for; round and round. */
  seek(target: SeekTarget, from: number, step: 1 | -1): SeekAnswer;
  stopSeek(): void;
  /** Which matches are selected: what commands on packets are about. */
  filteredSelectionChanged(filter: number, positions: readonly SequenceRange[]): void;
}

/** What the extension host tells the view about filters. */
export interface FilterView {
  /** At most about ten times a second. */
  filterChanged(state: FilterState): void;
  /** The search that goes on has asked this part of the packets, 0 to 1; about ten times a second, and never of a short one. */
  seekProgressed(asked: number): void;
  /** Sets a filter that somebody asked for elsewhere; `narrow` adds it to the one that is set. */
  showFilter(text: string, narrow: boolean): void;
  /** Filters by the field that the keyboard is at in the fields of the packet. */
  filterByField(): void;
}
