import type { Disposable } from '../../base/lifecycle';
import { readDisplayFilter } from '../../capture/filter/displayFilter';
import { FilteredLog } from '../../capture/filter/filteredLog';
import { seek, TextTest, ViolationTest, type RowOrder, type RowTest } from '../../capture/filter/seek';
import type { PacketLog } from '../../capture/packetLog';
import { longestPage } from '../../inspector/contract';
import type {
  FilterAnswer,
  FilteredPage,
  FilteredRow,
  FilterHost,
  FilterState,
  SeekAnswer,
  SeekTarget,
} from '../../inspector/filterContract';
import type { Handlers } from '../../inspector/peer';
import type { SequenceRange } from '../../inspector/sequenceSelection';
import type { SomePackets } from '../capture/whichPackets';
import type { Density } from '../../inspector/panelContract';
import { matchDensity } from './matchDensity';
import { ViolationScan } from './violationScan';
import { hostPace } from './hostPace';
import { knownValues } from './knownValues';
import { selectedMatches, type SelectedRows } from './selectedRows';
import type { ShownPackets } from './shownPackets';

export interface FilterHandlersOptions {
  readonly log: PacketLog;
  readonly packets: ShownPackets;
  /** There is news that the view should hear of soon. */
  readonly changed: () => void;
  /** A search that takes long has asked this part of the packets, 0 to 1. */
  readonly seeking: (asked: number) => void;
  /** The filter that the panel was opened for, where it was for one. */
  readonly openedFor?: string;
  /** The view shows what this filter matches from now on; all packets where it is empty. */
  readonly shown?: (filter: string) => void;
  readonly failed: (error: Error) => void;
}

/** Milliseconds between two tellings how far a search is: one that is over before has none. */
const seekingInterval = 100;

/** The filter of one inspector on the side of the extension host, and what is looked for in its packets. */
export class FilterHandlers implements Disposable {
  private filtered: FilteredLog | undefined;
  /** Counted anew with each filter, and whenever one began anew: positions of before mean other packets. */
  private number = 0;
  private restarts = 0;
  private seeks = 0;
  private wanted: string | undefined;
  private selection: { readonly filter: number; readonly positions: readonly SequenceRange[] } | undefined;

  private readonly scan: ViolationScan;

  readonly handlers: Handlers<FilterHost>;

  constructor(private readonly options: FilterHandlersOptions) {
    const { log, failed } = options;
    this.scan = new ViolationScan({ log, failed, now: () => performance.now() });
    this.handlers = {
      wantedFilter: () => {
        const { wanted } = this;
        this.wanted = undefined;
        return wanted;
      },
      openedFor: () => options.openedFor,
      setFilter: (text) => this.set(text),
      filteredRows: (filter, first, count) => this.rows(filter, first, count),
      filteredPlace: (filter, sequence) => {
        const position = this.current(filter)?.ordinalFrom(sequence);
        if (position === undefined) return undefined;
        return { position, matches: this.filtered?.sequenceAt(position) === sequence };
      },
      filteredDensity: (filter, slices) => this.density(filter, slices),
      stopFilter: (filter) => this.current(filter)?.stop(),
      resumeFilter: (filter) => this.current(filter)?.resume(),
      filterValues: () => knownValues(options.log),
      seek: (target, from, step) => this.seek(target, from, step),
      stopSeek: () => void this.seeks++,
      filteredSelectionChanged: (filter, positions) => void (this.selection = { filter, positions }),
    };
  }

  /** How the filter stands; undefined where there is none. */
  get state(): FilterState | undefined {
    const { filtered } = this;
    if (!filtered) return undefined;
    if (filtered.restarts !== this.restarts) {
      this.restarts = filtered.restarts;
      this.number++;
    }
    const { log } = this.options;
    const { first, end, scannedTo, isScanning: scanning, isStopped: stopped } = filtered;
    const total = log.end - log.first;
    const scanned = total === 0 ? 1 : (scannedTo - log.first) / total;
    const shortened = filtered.shortenedRows;
    return { filter: this.number, first, end, scanned, scannedTo, scanning, stopped, shortened };
  }

  /** The selected packets where they were selected among matches; undefined where they were not. */
  get selected(): SelectedRows | undefined {
    const { selection, filtered } = this;
    if (!selection || !filtered || selection.filter !== this.number || selection.positions.length === 0)
      return undefined;
    return selectedMatches(filtered, selection.positions);
  }

  /** The packets that match, as far as was looked; undefined without a filter. */
  get matches(): SomePackets | undefined {
    const { filtered, state } = this;
    if (!filtered || !state) return undefined;
    const { first, end, scanned, stopped } = state;
    const found = { count: end - first, sequences: sequencesOf(filtered, first, end) };
    return scanned < 1 ? { ...found, unfinished: { scanned, stopped } } : found;
  }

  /** Keeps a filter for the view to set once it has loaded. */
  want(text: string): void {
    this.wanted = text;
  }

  /** The page is gone, and its filter with it: the next page sets its own. */
  closed(): void {
    this.clear();
    this.seeks++;
  }

  dispose(): void {
    this.closed();
    this.scan.dispose();
  }

  private clear(): void {
    this.filtered?.dispose();
    this.filtered = undefined;
    this.selection = undefined;
    this.number++;
  }

  private set(text: string): FilterAnswer {
    if (text.trim() === '') {
      this.clear();
      this.options.shown?.('');
      return { kind: 'none' };
    }
    const { log, changed, failed } = this.options;
    const read = readDisplayFilter(text, log);
    if ('problem' in read) return { kind: 'problem', problem: read.problem };
    this.clear();
    this.filtered = new FilteredLog({ log, filter: read.filter, pace: hostPace, failed });
    this.filtered.onDidChange(changed);
    this.restarts = this.filtered.restarts;
    this.options.shown?.(text);
    const { state } = this;
    return state ? { kind: 'set', state } : { kind: 'none' };
  }

  private current(filter: number): FilteredLog | undefined {
    return filter === this.state?.filter ? this.filtered : undefined;
  }

  private rows(filter: number, first: number, count: number): FilteredPage | undefined {
    const filtered = this.current(filter);
    if (!filtered) return undefined;
    let start = Math.max(first, filtered.first);
    const end = Math.min(first + Math.min(count, longestPage), filtered.end);
    const rows: FilteredRow[] = [];
    for (let position = start; position < end; position++) {
      const sequence = filtered.sequenceAt(position);
      const shown = sequence === undefined ? undefined : this.options.packets.of(sequence);
      if (sequence !== undefined && shown) rows.push({ sequence, row: shown.row });
      // Evicted since, which the oldest are.
      else if (rows.length === 0) start = position + 1;
      // What follows would stand at the wrong positions.
      else break;
    }
    return { first: start, rows };
  }

  private async density(filter: number, slices: number): Promise<Density | undefined> {
    const filtered = this.current(filter);
    if (!filtered) return undefined;
    const { scan } = this;
    const wanted = (): boolean => this.current(filter) === filtered;
    return matchDensity(filtered, slices, { log: this.options.log, scan, pace: hostPace, wanted });
  }

  private async seek(target: SeekTarget, from: number, step: 1 | -1): Promise<SeekAnswer> {
    const { log, packets, seeking } = this.options;
    const run = ++this.seeks;
    const wanted = (): boolean => this.seeks === run;
    const { filtered } = this;
    const rows: RowOrder = filtered ?? {
      get first() {
        return log.first;
      },
      get end() {
        return log.end;
      },
      sequenceAt: (sequence) => sequence,
    };
    const index = filtered ? this.indexBeside(filtered, from, step) : from;
    const test: RowTest =
      target.kind === 'text'
        ? new TextTest(
            target.text,
            target.ignoreCase,
            (sequence) => packets.of(sequence)?.bytes,
            (sequence) => packets.withSecrets(sequence),
          )
        : new ViolationTest(log);
    let told = hostPace.now();
    const progress = (asked: number): void => {
      if (!wanted() || hostPace.now() - told < seekingInterval) return;
      told = hostPace.now();
      seeking(asked);
    };
    const sought = await seek({ log, rows, test, from: index, step, pace: hostPace, wanted, progress });
    return { sequence: sought?.sequence, wrapped: sought?.wrapped ?? false, givenUp: !wanted() };
  }

  /** The position to begin at: that of the packet itself, or the one it would be at. */
  private indexBeside(filtered: FilteredLog, sequence: number, step: 1 | -1): number {
    const position = filtered.ordinalFrom(sequence);
    const isThere = filtered.sequenceAt(position) === sequence;
    return isThere || step < 0 ? position : position - 1;
  }
}

function* sequencesOf(filtered: FilteredLog, first: number, end: number): Generator<number> {
  for (let position = first; position < end; position++) {
    // Of a match that was evicted since nobody knows which it was.
    yield filtered.sequenceAt(position) ?? 0;
  }
}
