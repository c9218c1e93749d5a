import { html, type TemplateResult } from 'lit';
import type {
  InspectorHost,
  InspectorView,
  LogRow,
  LogState,
  RowPage,
} from '../../../src/inspector/contract';
import type { FilterState, FilterView as FilterNotices } from '../../../src/inspector/filterContract';
import { mostFilters } from '../../../src/inspector/lastChoices';
import type { PanelState } from '../../../src/inspector/panelState';
import type { Handlers, Peer } from '../../../src/inspector/peer';
import {
  nothingSelected,
  onlySelected,
  type SequenceSelection,
} from '../../../src/inspector/sequenceSelection';
import type { KnownValues } from '../../../src/where/completion';
import type { Density } from '../../../src/inspector/panelContract';
import type { WhereProblem } from '../../../src/where/whereProblem';
import type { LightElement } from '../lightElement';
import type { PacketDetails } from '../packetDetails';
import type { PacketList } from '../packetList';
import { RowCache } from '../rowCache';
import './filterBar';
import type { FilterBar } from './filterBar';
import { Finder } from './finder';

/** What the panel is like at a moment. */
export interface PanelNow {
  readonly log: LogState | undefined;
  readonly following: boolean;
  /** The packet that is looked at. */
  readonly lead: number | undefined;
  /** The first packet in sight, where the person stays. */
  readonly top: number | undefined;
}

export interface FilterViewOptions {
  /** The whole panel. */
  readonly element: LightElement;
  readonly now: () => PanelNow;
  /** The other end, and what the list shows without a filter. */
  readonly source: () => { readonly peer: Peer<InspectorView, InspectorHost>; readonly rows: RowCache };
  /** Selects packets by sequence number. */
  readonly select: (selection: SequenceSelection) => void;
  readonly say: (text: string) => void;
  /** Something shows differently; with `keep` it is to be kept. */
  readonly changed: (keep: boolean) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Which packets the list shows, and what is looked for among them. With a filter the list works in positions among the
 * matches; here they become sequence numbers and back.
 */
export class FilterView {
  private text: string;
  private openedFor: string | undefined;
  private history: readonly string[];
  /** Nobody ever filtered in this panel. */
  private readonly isNew: boolean;
  private state: FilterState | undefined;
  private problem: WhereProblem | undefined;
  private known: KnownValues = { clients: [], topics: [] };
  private matches: RowCache | undefined;
  private readonly sequences = new WeakMap<LogRow, number>();
  /** What is selected, in positions; undefined where the selected packet does not match. */
  private positions: SequenceSelection = nothingSelected;
  /** The packet that is to be where it was once its place is known. */
  private anchor: number | undefined;
  private readonly finder: Finder;

  constructor(
    { filter, filterHistory, openedFor }: PanelState,
    private readonly options: FilterViewOptions,
  ) {
    this.text = filter ?? '';
    this.isNew = !filterHistory;
    this.openedFor = openedFor;
    this.history = filterHistory ?? [];
    this.finder = new Finder({ ...options, reveal: (sequence) => this.reveal(sequence) });
  }

  /** What the host tells. */
  readonly handlers: Handlers<FilterNotices> = {
    filterChanged: (state) => this.stateChanged(state),
    showFilter: (text, narrow) => this.show(text, narrow),
    filterByField: () => this.showField(),
    seekProgressed: (asked) => this.finder.progressed(asked),
  };

  /** What of it is kept. */
  get kept(): Pick<PanelState, 'filter' | 'filterHistory' | 'openedFor'> {
    const { text: filter, history: filterHistory, openedFor } = this;
    return {
      ...(filter !== '' && { filter }),
      ...(openedFor !== undefined && { openedFor }),
      filterHistory,
    };
  }

  /** Whether its bar says how many packets there are. */
  get counts(): boolean {
    return this.state !== undefined;
  }

  get numbering(): number {
    return this.state?.filter ?? 0;
  }

  get cache(): RowCache {
    return this.matches ?? this.options.source().rows;
  }

  /** The rows of the list: positions of matches, or the log's own. */
  windowOf(log: LogState): LogState {
    const { state } = this;
    return state ? { ...log, first: state.first, end: state.end } : log;
  }

  /** What stands in place of rows, where the filter leaves none. */
  get emptyText(): string | undefined {
    const { state } = this;
    if (!state || state.first < state.end) return undefined;
    if (state.stopped) return 'No packet matched until the filter was stopped.';
    if (state.scanned < 0.99) return 'Looking for packets that match the filter…';
    return 'No packet matches the filter. New ones that match it show here.';
  }

  selectionOf(selection: SequenceSelection): SequenceSelection {
    return this.state ? this.positions : selection;
  }

  /** What the list shows, from afar: the log, or the matches. */
  readonly density = async (slices: number): Promise<Density> => {
    const { numbering } = this;
    if (numbering === 0) return this.peer.call('density', slices);
    const density = await this.peer.call('filteredDensity', numbering, slices);
    return density ?? { first: 0, end: 0, rates: [], violations: [], unread: 0 };
  };

  readonly sequenceAt = (position: number): number | undefined => {
    if (!this.state) return position;
    const row = this.matches?.row(position);
    return row && this.sequences.get(row);
  };

  /** Sets the filter again that the panel had, or the one that somebody asked for meanwhile. */
  async open(selected: number | undefined): Promise<void> {
    const [wanted, openedFor, { filterHistory }] = await Promise.all([
      this.peer.call('wantedFilter'),
      this.peer.call('openedFor'),
      this.isNew ? this.peer.call('lastChoices') : Promise.resolve({ filterHistory: undefined }),
    ]);
    this.history = filterHistory ?? this.history;
    this.openedFor = openedFor;
    if (wanted !== undefined) this.text = wanted;
    if (this.text !== '') await this.set(this.text, selected);
  }

  private stateChanged(state: FilterState): void {
    if (!this.state) return;
    // It began anew: a connection it asks for got another name.
    if (state.filter !== this.state.filter) this.startAnew();
    this.state = state;
    this.options.changed(false);
    this.placeAnchor().catch((error: unknown) => this.options.failed(error));
  }

  private show(text: string, narrow = false): void {
    const both =
      narrow && this.text !== '' && this.text !== text
        ? `${bracketed(this.text)} and ${bracketed(text)}`
        : text;
    this.apply(both);
  }

  /** Filters by what was chosen elsewhere, in place of what there is. */
  filterBy(text: string): void {
    this.show(text);
  }

  private apply(text: string): void {
    this.set(text, undefined).catch((error: unknown) => this.options.failed(error));
  }

  /** The person selected rows of the list. */
  selected(positions: SequenceSelection): void {
    if (!this.state) {
      this.options.select(positions);
      return;
    }
    this.positions = positions;
    const { lead } = positions;
    const sequence = lead === undefined ? undefined : this.sequenceAt(lead);
    if (sequence !== undefined) this.options.select(onlySelected(sequence));
    else if (lead !== undefined) this.selectFar(lead).catch((error: unknown) => this.options.failed(error));
    this.options.changed(false);
  }

  /** Tells the host what commands on packets are about. */
  tellSelection(selection: SequenceSelection): Promise<void> {
    this.tellPositions();
    // What of it is not among the matches is told as it is without a filter.
    return this.peer.call('selectionChanged', selection.ranges);
  }

  private tellPositions(): void {
    const { state, positions, peer } = this;
    if (state)
      peer.call('filteredSelectionChanged', state.filter, positions.ranges).catch(this.options.failed);
  }

  /** Brings a packet in sight that was selected elsewhere. */
  async reveal(sequence: number): Promise<void> {
    const { state, list, peer } = this;
    if (!state) {
      list?.reveal(sequence);
      return;
    }
    const place = await peer.call('filteredPlace', state.filter, sequence);
    if (!place || state.filter !== this.state?.filter) return;
    if (place.matches) {
      this.choose(onlySelected(place.position));
      list?.reveal(place.position);
    } else if (state.scannedTo <= sequence) {
      this.choose(nothingSelected);
      this.anchor = sequence;
    } else {
      // Somebody asked for it, so nothing may hide it; the filter is still among those of before.
      await this.set('', sequence);
      this.options.say(`The filter does not match packet ${sequence} and was cleared`);
      this.list?.reveal(sequence);
    }
    this.options.changed(false);
  }

  /** What is selected now, which commands on packets are about from here on. */
  private choose(positions: SequenceSelection): void {
    this.positions = positions;
    this.tellPositions();
  }

  /** Makes a packet of an earlier page the first in sight. */
  revealAtTop(sequence: number): void {
    if (this.state) this.anchor ??= sequence;
    else this.list?.revealAtTop(sequence);
  }

  /** Filters by the field that somebody is at. */
  private showField(): void {
    const text = this.options.element.querySelector<PacketDetails>('mqtt-packet-details')?.activeFilter;
    if (text !== undefined) this.show(text, true);
  }

  /** Something was typed where only packets are. */
  typed(event: CustomEvent<string>): void {
    event.preventDefault();
    this.finder.open(event.detail);
  }

  /** Goes to the next packet that breaks a rule, and there to the rule. */
  nextViolation(step: 1 | -1): void {
    this.finder.nextViolation(step);
  }

  bars(total: number): TemplateResult {
    const { text, state, problem, history, known } = this;
    return html`<mqtt-filter-bar
        .text=${text}
        .state=${state}
        .problem=${problem}
        .history=${history}
        .known=${known}
        .total=${total}
        @filter-applied=${(event: CustomEvent<string>) => this.apply(event.detail)}
        @filter-stopped=${() => this.tell('stopFilter')}
        @filter-resumed=${() => this.tell('resumeFilter')}
        @values-wanted=${() => this.learnValues()}
      ></mqtt-filter-bar>
      ${this.finder.bar()}`;
  }

  private get peer(): Peer<InspectorView, InspectorHost> {
    return this.options.source().peer;
  }

  private get list(): PacketList | null {
    return this.options.element.querySelector('mqtt-packet-list');
  }

  /** The list has the rows that the panel was told of: before, none of the others could be brought in sight. */
  private async drawn(): Promise<void> {
    await this.options.element.updateComplete;
    await this.list?.updateComplete;
  }

  private get bar(): FilterBar | null {
    return this.options.element.querySelector('mqtt-filter-bar');
  }

  private async set(text: string, selected: number | undefined): Promise<void> {
    const { changed, now } = this.options;
    const anchor = selected ?? now().lead ?? now().top;
    const answer = await this.peer.call('setFilter', text);
    this.problem = answer.kind === 'problem' ? answer.problem : undefined;
    if (answer.kind === 'problem') {
      // Nothing is hidden by a filter of before that cannot be read any more.
      this.bar?.refuse(text);
      changed(false);
      return;
    }
    const had = this.state !== undefined;
    this.text = answer.kind === 'none' ? '' : text;
    this.startAnew();
    this.state = answer.kind === 'set' ? answer.state : undefined;
    if (answer.kind === 'none') this.matches = undefined;
    else this.remember(text);
    const { lead } = now();
    // Of a range that was selected the filter may hide a part, which no command is about then.
    if (answer.kind === 'set' && lead !== undefined) this.options.select(onlySelected(lead));
    this.anchor = anchor;
    changed(true);
    await this.drawn();
    if (answer.kind === 'set') await this.placeAnchor();
    else if (had && anchor !== undefined && !now().following) this.list?.reveal(anchor);
  }

  /** Positions of before mean other packets. */
  private startAnew(): void {
    const { failed } = this.options;
    this.positions = nothingSelected;
    this.matches = new RowCache({
      fetch: async (first, count): Promise<RowPage> => {
        const numbering = this.numbering;
        const page = await this.peer.call('filteredRows', numbering, first, count);
        if (!page || numbering !== this.numbering) return { first, rows: [] };
        for (const { sequence, row } of page.rows) this.sequences.set(row, sequence);
        return { first: page.first, rows: page.rows.map(({ row }) => row) };
      },
      changed: () => this.list?.rowsArrived(),
      failed,
    });
  }

  /** The selected packet stays selected where it matches, and what was in sight stays about where it was. */
  private async placeAnchor(): Promise<void> {
    const { anchor, state } = this;
    if (anchor === undefined || !state || state.scannedTo <= anchor) return;
    this.anchor = undefined;
    const { now, changed } = this.options;
    const place = await this.peer.call('filteredPlace', state.filter, anchor);
    if (!place || state.filter !== this.state?.filter) return;
    if (place.matches && now().lead === anchor) this.choose(onlySelected(place.position));
    changed(false);
    await this.drawn();
    if (!now().following) this.list?.reveal(Math.min(place.position, (this.state?.end ?? 1) - 1));
  }

  private async selectFar(position: number): Promise<void> {
    const { state } = this;
    if (!state) return;
    const page = await this.peer.call('filteredRows', state.filter, position, 1);
    const [found] = page?.rows ?? [];
    if (found && this.positions.lead === position && state.filter === this.numbering)
      this.options.select(onlySelected(found.sequence));
  }

  private remember(text: string): void {
    this.history = [text, ...this.history.filter((each) => each !== text)].slice(0, mostFilters);
    this.peer
      .call('choicesMade', { filterHistory: this.history })
      .catch((error: unknown) => this.options.failed(error));
  }

  private learnValues(): void {
    this.peer.call('filterValues').then(
      (known) => {
        this.known = known;
        this.options.changed(false);
      },
      (error: unknown) => this.options.failed(error),
    );
  }

  private tell(method: 'stopFilter' | 'resumeFilter'): void {
    const { state } = this;
    if (state) this.peer.call(method, state.filter).catch((error: unknown) => this.options.failed(error));
  }
}

/** An expression that can stand beside another. */
function bracketed(text: string): string {
  return /\bor\b/.test(text) ? `(${text})` : text;
}
