import { html, nothing, type PropertyValues } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { LogRow, LogState } from '../../src/inspector/contract';
import type { TimeMode } from '../../src/inspector/panelContract';
import { contains, nothingSelected, type SequenceSelection } from '../../src/inspector/sequenceSelection';
import { CellTitles } from './cellTitles';
import { columnGap, layOut, leftOut, originalColumns } from './columns';
import type { ColumnChoices, ColumnLayout } from './columns';
import './densityStrip';
import type { DensityStrip } from './densityStrip';
import type { LinkedSequences } from './exchange/exchangeStrip';
import { FollowedEnd } from './followedEnd';
import { LightElement } from './lightElement';
import './packetHeader';
import './packetList.css';
import { packetRow, sequenceOf } from './packetRow';
import { QuietMoment } from './quietMoment';
import type { RowCache } from './rowCache';
import { RowInput } from './rowInput';
import { RowScroller } from './rowScroller';
import { RowSlots } from './rowSlots';
import { RowsInSight } from './rowsInSight';
import type { RowRange } from './scaledScroll';
import { timeText, type TimeReference } from './timeText';

/** As VS Code's own lists have it. */
const rowHeight = 22;
/** Pixels of a row's padding on both sides. */
const rowPadding = 20;
/** Milliseconds after which scrolling has come to rest. */
const restingDelay = 150;

/**
 * The captured packets, of which only those in sight exist as elements. Fires `selection-changed`, `follow-changed` with
 * whether the newest packet is kept in sight, `top-moved` with the first row in sight when the person moved it,
 * `details-wanted`, `copy-wanted`, and `find-wanted` with what was typed. What its header fires comes through.
 */
export class PacketList extends LightElement {
  static override properties = {
    latest: { attribute: false },
    selection: { attribute: false },
    following: { attribute: false },
    choices: { attribute: false },
    timeMode: { attribute: false },
    reference: { attribute: false },
    numbering: { attribute: false },
    emptyText: { attribute: false },
    log: { state: true },
    range: { state: true },
    layout: { state: true },
  };

  /** How the rows stand. */
  latest: LogState = { first: 0, end: 0, evictedPackets: 0, evictedBytes: 0 };
  /** What of them shows. */
  log = this.latest;
  selection: SequenceSelection = nothingSelected;
  following = true;
  choices: ColumnChoices = originalColumns;
  timeMode: TimeMode = 'ofDay';
  reference: TimeReference | undefined = undefined;
  cache: RowCache | undefined = undefined;
  /**
   * Everything here is told by positions, which are sequence numbers unless a filter is set. Then `numbering` tells its
   * positions from those of others, and `sequenceAt` whose they are, as far as that is known.
   */
  numbering = 0;
  sequenceAt: (position: number) => number | undefined = (position) => position;
  emptyText: string | undefined = undefined;
  density: DensityStrip['fetch'];
  private readonly followedEnd = new FollowedEnd(() => this.requestUpdate());
  private linked: LinkedSequences = new Set();
  private range: RowRange = { first: 0, count: 0, shift: 0 };
  private layout: ColumnLayout = layOut(originalColumns, Infinity);
  private scroller: RowScroller | undefined = undefined;
  private readonly titles = new CellTitles();
  private readonly slots = new RowSlots(rowHeight);
  private readonly scrolling = new QuietMoment(restingDelay, () => this.rested());
  private movedByPerson = false;
  private readonly sight = new RowsInSight(() => this.scroller?.redraw());
  private readonly input = new RowInput({
    now: () => ({
      ...{ log: this.log, selection: this.selection, following: this.following },
      top: this.log.first + (this.scroller?.firstRow ?? 0),
      page: this.scroller?.page ?? 1,
    }),
    row: (position) => this.cache?.row(position),
    sequenceAt: (position) => this.sequenceAt(position),
    stay: () => this.setFollowing(false),
    show: (position) => {
      this.scroller?.reveal(position - this.log.first);
      this.tellTop();
    },
    focus: () => this.focus(),
    tell: (event) => this.dispatchEvent(event),
  });
  private readonly resized = new ResizeObserver(() => this.layOutColumns());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    this.sight.dispose();
    this.followedEnd.dispose();
    this.scrolling.dispose();
    this.scroller?.dispose();
    this.scroller = undefined;
  }

  /** Marks the packets that belong together with the one that is looked at. */
  mark(linked: LinkedSequences): void {
    this.linked = linked;
    this.requestUpdate();
  }

  /** Rows that were missing have come; others that show may not have been asked for yet. */
  rowsArrived(): void {
    this.sight.arrived();
    if (this.followedEnd.waits) this.requestUpdate();
  }

  /** Brings a packet in sight. */
  reveal(sequence: number): void {
    this.scroller?.reveal(sequence - this.log.first, 'center');
    this.tellTop();
  }

  /** Makes a packet the first in sight. */
  revealAtTop(sequence: number): void {
    this.scroller?.reveal(sequence - this.log.first, 'top');
  }

  override focus(): void {
    this.querySelector<HTMLElement>('.packet-viewport')?.focus();
  }

  protected override willUpdate(): void {
    const { latest, numbering, cache, following } = this;
    // One row more than fit as a whole, so that the one that is cut has its text too; nobody sees a list of another tab.
    const room = this.range.count === 0 ? 0 : (this.scroller?.page ?? 0) + 1;
    this.log = this.followedEnd.of({ latest, numbering, cache, following, room });
  }

  protected override render() {
    const { log, range, selection, layout } = this;
    const shown = this.slots.inDocument;
    const active = shown.some(({ row }) => row === selection.lead);
    return html`<div
        class="packet-grid"
        @keydown=${(event: KeyboardEvent) => this.input.keyDown(event)}
        @contextmenu=${(event: MouseEvent) => this.input.contextMenu(event)}
      >
        <mqtt-packet-header
          id="packet-head"
          role="rowgroup"
          .shown=${layout.shown}
          .widths=${layout.widths}
          .timeMode=${this.timeMode}
          .reference=${this.reference}
        ></mqtt-packet-header>
        ${this.emptyText === undefined ? nothing : html`<p class="placeholder">${this.emptyText}</p>`}
        <div
          class="packet-viewport"
          role="grid"
          tabindex="0"
          aria-label="Captured packets"
          aria-owns="packet-head"
          aria-multiselectable="true"
          aria-colcount=${layout.shown.length}
          aria-rowcount=${log.end - log.first + 1}
          aria-activedescendant=${active ? this.rowId(selection.lead) : nothing}
          data-vscode-context='{"preventDefaultContextMenuItems":true}'
        >
          <div class="spacer" role="presentation">
            <div
              class="window"
              role="rowgroup"
              @pointerdown=${(event: PointerEvent) => this.input.pressed(event)}
              @click=${(event: MouseEvent) => this.input.clicked(event)}
              @pointerover=${(event: PointerEvent) => this.explain(event)}
            >
              ${repeat(
                shown,
                ({ id }) => id,
                ({ row }) => this.row(row),
              )}
            </div>
          </div>
        </div>
      </div>
      <mqtt-density-strip
        .numbering=${this.numbering}
        .first=${log.first}
        .end=${log.end}
        .fetch=${this.density}
        class=${range.count >= log.end - log.first ? 'needless' : ''}
        @strip-jump=${(event: CustomEvent<number>) => this.jump(event.detail)}
      ></mqtt-density-strip>`;
  }

  protected override firstUpdated(): void {
    const part = (name: string): HTMLElement => this.querySelector(`.${name}`) as HTMLElement;
    this.scroller = new RowScroller({
      viewport: part('packet-viewport'),
      spacer: part('spacer'),
      window: part('window'),
      rowHeight,
      draw: (range) => this.draw(range),
      topOf: (row) => this.slots.topOf(this.log.first + row),
      staysAtEnd: () => this.following,
      scrolled: () => {
        this.setFollowing(this.scroller?.atEnd ?? false);
        // At once where it begins, so that nobody else moves the list meanwhile; else once it rests.
        if (!this.movedByPerson) this.tellTop();
        this.movedByPerson = true;
        this.scrolling.again();
      },
    });
    this.placeRows(undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('log');
    // Positions of different numberings have nothing to do with each other.
    if (changed.has('numbering')) this.placeRows(undefined);
    else if (before) this.placeRows(before);
    else if (changed.has('following') && this.following) this.scroller?.revealEnd();
    if (changed.has('choices')) this.layOutColumns();
  }

  private placeRows(before: LogState | undefined): void {
    const { first, end } = this.log;
    const dropped = before ? Math.min(first - before.first, before.end - before.first) : 0;
    this.scroller?.setRows(end - first, dropped, this.following);
  }

  private draw(range: RowRange): void {
    const { first, end } = this.drawn(range);
    this.titles.clear();
    // A live log draws the same rows again and again, which is no scrolling, and where it is followed there is no rest.
    if (this.slots.show(first, end)) {
      if (this.following && !this.isPressed) this.slots.order();
      else this.scrolling.again();
    }
    const { first: from, end: to } = this.log;
    // One row more above: the times of the first in sight may be measured from it.
    const before = this.timeMode === 'delta' && range.first > 0 ? 1 : 0;
    this.sight.show(this.cache, first, end, { from, to, before });
    if (range.first !== this.range.first || range.count !== this.range.count) this.range = range;
    else this.requestUpdate();
  }

  /** What need not be done in every frame of scrolling. */
  private rested(): void {
    if (this.movedByPerson) this.tellTop();
    if (this.isPressed) this.scrolling.again();
    else if (this.slots.order()) this.requestUpdate();
  }

  /** Whether a button of the pointer is down: a click on an element that moves within the document meanwhile goes lost. */
  private get isPressed(): boolean {
    return this.matches(':active');
  }

  /** Always as many rows, though at times one less is in sight, so that none comes and goes. */
  private drawn({ first, count }: RowRange): { readonly first: number; readonly end: number } {
    const { log, scroller } = this;
    const start = Math.min(log.end, log.first + first);
    const always = scroller && count > 0 ? scroller.page + 2 : 0;
    return { first: start, end: Math.min(log.end, start + Math.max(count, always)) };
  }

  /** As many columns as there is room for, with their widths. By CSSOM, which a strict Content Security Policy allows. */
  private layOutColumns(): void {
    const probe = document.createElement('canvas').getContext('2d');
    const { fontSize, fontFamily } = getComputedStyle(this);
    if (!probe || this.clientWidth === 0) return;
    probe.font = `${fontSize} ${fontFamily}`;
    const digit = probe.measureText('0').width;
    // The scroll bar and the strip, beside which the heads of the columns stand over their columns.
    const beside = this.clientWidth - (this.querySelector('.packet-viewport')?.clientWidth ?? 0);
    const layout = layOut(this.choices, (this.clientWidth - beside - rowPadding) / digit);
    this.style.setProperty('--beside-rows', `${beside}px`);
    this.style.setProperty('--packet-columns', layout.template);
    this.style.setProperty('--column-gap', `${columnGap}ch`);
    // Their widths are in the template, in their order.
    if (layout.template !== this.layout.template) this.layout = layout;
  }

  private explain(event: PointerEvent): void {
    const position = sequenceOf(event) ?? -1;
    const unshown = { sequence: this.sequenceAt(position), leftOut: leftOut(this.choices, this.layout) };
    this.titles.explain(event.target as Element, this.cache?.row(position), unshown);
  }

  /** Says nothing of a row that shows what it showed before: in a frame of scrolling those are nearly all. */
  private row(position: number): unknown {
    const { log, timeMode, reference, selection } = this;
    const row = this.cache?.row(position);
    const sequence = this.sequenceAt(position);
    const selected = contains(selection.ranges, position);
    const lead = position === selection.lead;
    const linked = this.linked.has(sequence ?? -1);
    const before = timeMode === 'delta' ? this.cache?.row(position - 1) : undefined;
    const top = this.slots.topOf(position);
    const shown = [position, top, sequence, row, selected, lead, linked, this.layout.shown, log.first];
    return guard([...shown, timeMode, reference, before], () =>
      packetRow({
        ...{ position, top, sequence, row, selected, lead, linked },
        ...{ id: this.rowId(position), index: position - log.first + 2, shown: this.layout.shown },
        time: (of) => this.time(of, position),
      }),
    );
  }

  private rowId(position: number | undefined): string {
    const sequence = position === undefined ? undefined : this.sequenceAt(position);
    return sequence === undefined ? `position-${position}` : `packet-${sequence}`;
  }

  private time({ at }: LogRow, sequence: number): string | undefined {
    const { timeMode, reference, log } = this;
    // The first row has none above it: it is its own beginning.
    const before = sequence === log.first ? at : this.cache?.row(sequence - 1)?.at;
    return timeText(timeMode, at, reference, before);
  }

  private jump(fraction: number): void {
    const { first, end } = this.log;
    this.setFollowing(false);
    this.scroller?.reveal(Math.min(end - first - 1, Math.floor(fraction * (end - first))), 'center');
    this.tellTop();
  }

  private tellTop(): void {
    this.movedByPerson = false;
    if (this.scroller) {
      this.dispatchEvent(new CustomEvent('top-moved', { detail: this.log.first + this.scroller.firstRow }));
    }
  }

  private setFollowing(following: boolean): void {
    if (following !== this.following)
      this.dispatchEvent(new CustomEvent('follow-changed', { detail: following }));
  }
}

customElements.define('mqtt-packet-list', PacketList);
