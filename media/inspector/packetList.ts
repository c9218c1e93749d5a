import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { LogRow, LogState } from '../../src/inspector/contract';
import type { Severity } from '../../src/protocol/violations';
import { LightElement } from './lightElement';
import type { RowCache } from './rowCache';
import './packetList.css';
import { RowScroller } from './rowScroller';
import { directionText, rowText, timeOfDay } from './rowText';
import type { RowRange } from './scaledScroll';

/** As VS Code's own lists have it. */
const rowHeight = 22;

export const severityIcons: Readonly<Record<Severity, string>> = {
  violation: 'warning',
  deprecated: 'info',
  suspicious: 'info',
};

/**
 * The captured packets, of which only those in sight exist as elements. Fires `packet-selected` with a sequence number and
 * `follow-changed` with whether the newest packet is kept in sight, and `top-moved` with the first row in sight when the
 * person moved it.
 */
export class PacketList extends LightElement {
  static override properties = {
    log: { attribute: false },
    selected: { attribute: false },
    following: { attribute: false },
    range: { state: true },
  };

  log: LogState = { first: 0, end: 0, evictedPackets: 0, evictedBytes: 0 };
  selected: number | undefined = undefined;
  following = true;
  cache: RowCache | undefined = undefined;
  private range: RowRange = { first: 0, count: 0, shift: 0 };
  private scroller: RowScroller | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.scroller?.dispose();
    this.scroller = undefined;
  }

  /** Rows that were missing have come. */
  rowsArrived(): void {
    // Rows that came in sight while their page was on its way are asked for now.
    if (this.scroller) this.scroller.redraw();
    else this.requestUpdate();
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
    this.querySelector<HTMLElement>('.packet-grid')?.focus();
  }

  protected override render() {
    const { log, range } = this;
    const sequences = Array.from({ length: range.count }, (_, index) => log.first + range.first + index);
    const shown = sequences.filter((sequence) => sequence < log.end);
    const active = this.selected !== undefined && shown.includes(this.selected);
    return html`<div
      class="packet-grid"
      role="grid"
      tabindex="0"
      aria-label="Captured packets"
      aria-rowcount=${log.end - log.first + 1}
      aria-activedescendant=${active ? `packet-${this.selected}` : nothing}
      @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
    >
      <div class="packet-row packet-head" role="row" aria-rowindex="1">
        <span role="columnheader" class="number">#</span>
        <span role="columnheader" class="time">Time</span>
        <span role="columnheader" class="direction" aria-label="Direction"></span>
        <span role="columnheader" class="client">Client</span>
        <span role="columnheader" class="type">Packet</span>
        <span role="columnheader" class="summary">Summary</span>
        <span role="columnheader" class="number length">Bytes</span>
      </div>
      <div class="packet-viewport" role="rowgroup">
        <div class="spacer" role="presentation">
          <div class="window" role="presentation" @click=${(event: MouseEvent) => this.clicked(event)}>
            ${shown.map((sequence) => this.row(sequence))}
          </div>
        </div>
      </div>
    </div>`;
  }

  protected override firstUpdated(): void {
    const part = (name: string): HTMLElement => this.querySelector(`.${name}`) as HTMLElement;
    this.scroller = new RowScroller({
      viewport: part('packet-viewport'),
      spacer: part('spacer'),
      window: part('window'),
      rowHeight,
      draw: (range) => this.draw(range),
      scrolled: () => {
        this.setFollowing(this.scroller?.atEnd ?? false);
        this.tellTop();
      },
    });
    this.placeRows(undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('log');
    if (before) this.placeRows(before);
    else if (changed.has('following') && this.following) this.scroller?.revealEnd();
  }

  private placeRows(before: LogState | undefined): void {
    const { first, end } = this.log;
    const dropped = before ? Math.min(first - before.first, before.end - before.first) : 0;
    this.scroller?.setRows(end - first, dropped, this.following);
  }

  private draw(range: RowRange): void {
    const { first, end } = this.log;
    this.cache?.want(first + range.first, Math.min(end, first + range.first + range.count));
    if (range.first !== this.range.first || range.count !== this.range.count) this.range = range;
    else this.requestUpdate();
  }

  private row(sequence: number): TemplateResult {
    const row = this.cache?.row(sequence);
    return html`<div
      class="packet-row ${sequence === this.selected ? 'selected' : ''}"
      role="row"
      id="packet-${sequence}"
      data-sequence=${sequence}
      aria-rowindex=${sequence - this.log.first + 2}
      aria-selected=${sequence === this.selected}
    >
      <span role="gridcell" class="number">${sequence}</span>
      ${row ? cells(row) : html`<span role="gridcell" class="loading">…</span>`}
    </div>`;
  }

  private clicked(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>('[data-sequence]');
    if (row) this.select(Number(row.dataset['sequence']));
  }

  private keyDown(event: KeyboardEvent): void {
    const { first, end } = this.log;
    if (first === end || event.altKey || event.metaKey) return;
    const at = this.selected ?? (this.following ? end : first - 1);
    const page = this.scroller?.page ?? 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - page,
      PageDown: at + page,
      Home: first,
      End: end - 1,
    };
    const target = targets[event.key];
    if (target === undefined) {
      if (event.key === 'Enter') this.dispatchEvent(new CustomEvent('details-wanted'));
      return;
    }
    event.preventDefault();
    const sequence = Math.max(first, Math.min(target, end - 1));
    this.select(sequence);
    this.scroller?.reveal(sequence - first);
    this.tellTop();
  }

  private tellTop(): void {
    if (this.scroller) {
      this.dispatchEvent(new CustomEvent('top-moved', { detail: this.log.first + this.scroller.firstRow }));
    }
  }

  private select(sequence: number): void {
    // What is looked at must not run away.
    this.setFollowing(false);
    this.dispatchEvent(new CustomEvent('packet-selected', { detail: sequence }));
  }

  private setFollowing(following: boolean): void {
    if (following !== this.following)
      this.dispatchEvent(new CustomEvent('follow-changed', { detail: following }));
  }
}

function cells(row: LogRow): TemplateResult {
  const { packet, summary, warning } = rowText(row);
  const { name, icon } = directionText(row);
  return html`<span role="gridcell" class="time" title=${new Date(row.at).toLocaleString()}
      >${timeOfDay(row.at)}</span
    >
    <span role="gridcell" class="direction ${row.direction ?? ''}" aria-label=${name}
      ><span class="codicon codicon-${icon}" title=${`${name.charAt(0).toUpperCase()}${name.slice(1)}`}></span
    ></span>
    <span role="gridcell" class="client" title=${row.client}>${row.client}</span>
    <span role="gridcell" class="type">${packet}</span>
    <span role="gridcell" class="summary" title=${warning ? `${warning.message}\n${summary}` : summary}
      >${
        warning
          ? html`<span class="warning ${warning.severity}"
              ><span class="codicon codicon-${severityIcons[warning.severity]}" aria-hidden="true"></span>${
                warning.message
              }${warning.count > 1 ? ` and ${warning.count - 1} more` : ''}</span
            > `
          : nothing
      }${summary}</span
    >
    <span role="gridcell" class="number length">${row.length.toLocaleString('en')}</span>`;
}

customElements.define('mqtt-packet-list', PacketList);
