import { html, type PropertyValues, type TemplateResult } from 'lit';
import { durationText } from '../../../src/base/duration';
import { grouped } from '../../../src/base/grouped';
import type { Analysed, TimelineLane, TimelineReport } from '../../../src/inspector/analysisContract';
import { AnalysedView } from '../analysis/analysedView';
import { timeOfDay } from '../rowText';
import { smallButton } from '../smallButton';
import type { TabContext } from '../tabs';
import { itemsOf, type TimelineItem } from './timelineItems';
import { paintLegend, timelineLegend } from './timelineLegend';
import { axisHeight, laneHeight, paintTimeline, rowAt } from './timelinePainter';
import { identifiersText, timelineSelection } from './timelineSelection';
import { timelineColors } from './timelineShapes';
import './timelineView.css';
import { lengthOf, panned, type TimeRange, zoomCenter, zoomed } from './timeScale';

/** Pixels that a press may move and still choose, and around a thing that still count as on it. */
const slack = 4;

/** The life of each client: a lane each, with connections, handshakes, what is in flight and what stands out. */
export class TimelineView extends AnalysedView<TimelineReport> {
  static override properties = {
    ...AnalysedView.properties,
    range: { state: true },
    lane: { state: true },
    item: { state: true },
    marked: { state: true },
  };

  /** What is in sight; undefined for all there is, and the newest comes into sight by itself. */
  private range: TimeRange | undefined = undefined;
  /** The client whose lane is chosen, and the key of what is chosen in it. */
  private lane: string | undefined = undefined;
  private item: string | undefined = undefined;
  /** A part of the time that was chosen by dragging over it. */
  private marked: TimeRange | undefined = undefined;
  /** Whether there is room for the legend; where there is little, somebody opens it. */
  private readonly legendFits = window.innerWidth >= 700 && window.innerHeight >= 500;
  private pressed: { readonly x: number; readonly y: number; readonly at: number } | undefined = undefined;
  private observer: ResizeObserver | undefined = undefined;
  /** A picture has the colours of the theme it was drawn in; VS Code changes them by attributes. */
  private readonly themes = new MutationObserver(() => this.paint());

  override connectedCallback(): void {
    super.connectedCallback();
    for (const element of [document.documentElement, document.body])
      this.themes.observe(element, { attributes: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.themes.disconnect();
    this.observer?.disconnect();
    this.observer = undefined;
  }

  protected override ask({ peer }: TabContext): Promise<Analysed<TimelineReport>> {
    const { range } = this;
    const columns = Math.max(50, Math.round(this.canvas?.clientWidth ?? 600));
    return peer.call('timeline', { from: range?.from, to: range?.to, columns });
  }

  protected override render() {
    const { result } = this;
    if (!result) return this.progressLine();
    if (result.lanes.length === 0) {
      return html`${this.progressLine()}
        <div class="analysis-empty" role="status">
          <p>No packets captured yet. What clients do over time is drawn here.</p>
        </div>`;
    }
    return html`${this.progressLine()}
      <div class="timeline">
        ${this.tools(result)}
        <div class="timeline-scroll" @scroll=${() => this.paint()}>
          <canvas
            class="timeline-canvas"
            tabindex="0"
            role="application"
            aria-label="Timeline. Left and right move in time, plus and minus zoom, 0 shows all, up and down choose a client, comma and full stop choose what is on its lane, Enter shows the packet."
            aria-describedby="timeline-selection"
            @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
            @wheel=${(event: WheelEvent) => this.wheel(event)}
            @pointerdown=${(event: PointerEvent) => this.pointerDown(event)}
            @pointermove=${(event: PointerEvent) => this.pointerMove(event)}
            @pointerup=${(event: PointerEvent) => this.pointerUp(event)}
          ></canvas>
          <div class="timeline-spacer">${result.lanes.map((lane, index) => this.label(lane, index))}</div>
        </div>
        ${timelineLegend(this.legendFits)} ${this.selection(result)}
      </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const { scroller } = this;
    if (scroller && !this.observer) {
      this.observer = new ResizeObserver(() => this.paint());
      this.observer.observe(scroller);
    }
    for (const [index, label] of this.querySelectorAll<HTMLElement>('.timeline-label').entries()) {
      label.style.top = `${axisHeight + index * laneHeight}px`;
      label.style.height = `${laneHeight}px`;
    }
    const spacer = this.querySelector<HTMLElement>('.timeline-spacer');
    if (spacer) spacer.style.height = `${axisHeight + (this.result?.lanes.length ?? 0) * laneHeight}px`;
    this.paint();
  }

  private get canvas(): HTMLCanvasElement | null {
    return this.querySelector('canvas');
  }

  private get scroller(): HTMLElement | null {
    return this.querySelector('.timeline-scroll');
  }

  private get whole(): TimeRange {
    const { first, last } = this.result ?? { first: 0, last: 0 };
    return { from: first, to: Math.max(last, first + 1) };
  }

  private get shown(): TimeRange {
    return this.range ?? this.whole;
  }

  private get laneIndex(): number {
    return this.result?.lanes.findIndex(({ key }) => key === this.lane) ?? -1;
  }

  private get items(): readonly TimelineItem[] {
    const lane = this.result?.lanes[this.laneIndex];
    return lane ? itemsOf(lane, this.whole.to) : [];
  }

  private tools(report: TimelineReport): TemplateResult {
    const { from, to } = this.shown;
    return html`<div class="timeline-tools" role="toolbar" aria-label="Timeline">
      ${smallButton('Zoom in', 'zoom-in', () => this.zoom(0.5))}
      ${smallButton('Zoom out', 'zoom-out', () => this.zoom(2))}
      ${smallButton('Earlier', 'arrow-left', () => this.pan(-0.5))}
      ${smallButton('Later', 'arrow-right', () => this.pan(0.5))}
      ${smallButton('Show all', 'screen-full', () => this.showRange(undefined))}
      <span class="hint">${timeOfDay(from)}, ${durationText(to - from)}</span>
      <span class="grow"></span>
      <span class="hint">
        ${grouped(report.lanes.length)}
        ${report.lanes.length === 1 ? 'client' : 'clients'}${
          report.omittedLanes > 0 ? `, ${grouped(report.omittedLanes)} more are not shown` : ''
        }
      </span>
    </div>`;
  }

  private label(lane: TimelineLane, index: number): TemplateResult {
    const most = lane.inFlight.reduce((a, b) => Math.max(a, b), 0);
    const count = lane.connections.length;
    return html`<button
      type="button"
      class="timeline-label ${lane.key === this.lane ? 'selected' : ''}"
      aria-pressed=${lane.key === this.lane}
      title=${[lane.label, ...identifiersText(lane)].join('\n')}
      @click=${() => this.choose(index, undefined)}
    >
      ${lane.label}<span class="hint"
        >${count === 0 ? 'none in view' : `${count} ${count === 1 ? 'connection' : 'connections'}`}${most > 0 ? ` · ${most} in flight` : ''}</span
      >
    </button>`;
  }

  private selection(report: TimelineReport): TemplateResult {
    const { items, item, marked, context } = this;
    const lane = report.lanes[this.laneIndex];
    return timelineSelection({ lane, items, item, marked }, context, (range) => this.showRange(range));
  }

  private paint(): void {
    const { canvas, scroller, result } = this;
    const context = canvas?.getContext('2d');
    if (!canvas || !scroller || !context || !result || scroller.clientHeight === 0) return;
    const width = Math.max(1, scroller.clientWidth - parseFloat(getComputedStyle(canvas).marginInlineStart));
    const height = scroller.clientHeight;
    const ratio = window.devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const colors = timelineColors(this);
    const legend = this.querySelector('.timeline-legend');
    if (legend) paintLegend(legend, colors);
    paintTimeline(
      context,
      width,
      height,
      {
        range: this.shown,
        lanes: result.lanes,
        scrolled: scroller.scrollTop,
        now: this.whole.to,
        selectedLane: this.laneIndex,
        selectedItem: this.items.find(({ key }) => key === this.item),
        selectedRange: this.marked,
      },
      colors,
    );
  }

  private zoom(factor: number, about?: number): void {
    const { shown, items } = this;
    const item = items.filter(({ key }) => key === this.item);
    const center = about ?? zoomCenter(shown, item.length > 0 ? item : items);
    this.showRange(zoomed(shown, this.whole, center, factor));
  }

  private pan(fraction: number): void {
    if (this.range) this.showRange(panned(this.range, this.whole, fraction));
  }

  private showRange(range: TimeRange | undefined): void {
    // All there is goes on growing.
    this.range = range && lengthOf(range) >= lengthOf(this.whole) ? undefined : range;
    this.askNow();
  }

  private choose(index: number, item: string | undefined): void {
    this.lane = this.result?.lanes[index]?.key;
    this.item = item;
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const lanes = this.result?.lanes.length ?? 0;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.pan(-0.2),
      ArrowRight: () => this.pan(0.2),
      '+': () => this.zoom(0.5),
      '=': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      0: () => this.showRange(undefined),
      Home: () => this.showRange(undefined),
      ArrowUp: () => this.choose(Math.max(0, this.laneIndex - 1), undefined),
      ArrowDown: () => this.choose(Math.min(lanes - 1, this.laneIndex + 1), undefined),
      ',': () => this.step(-1),
      '.': () => this.step(1),
      Enter: () => this.showChosen(),
      Escape: () => this.clearChoice(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
    this.scrollToLane();
  }

  private step(by: 1 | -1): void {
    const { items } = this;
    const at = items.findIndex(({ key }) => key === this.item);
    const next = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by];
    if (!next) return;
    this.item = next.key;
    const { from, to } = this.shown;
    if (next.end < from || next.start > to)
      this.showRange(panned(this.shown, this.whole, (next.start - (from + to) / 2) / (to - from)));
  }

  private showChosen(): void {
    const item = this.items.find(({ key }) => key === this.item);
    if (item) this.context.showPacket(item.sequence);
  }

  private clearChoice(): void {
    this.marked = undefined;
    this.choose(-1, undefined);
  }

  private scrollToLane(): void {
    const { scroller, laneIndex } = this;
    if (!scroller || laneIndex < 0) return;
    const top = laneIndex * laneHeight;
    const room = scroller.clientHeight - axisHeight - laneHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
  }

  private wheel(event: WheelEvent): void {
    const delta = event.deltaY === 0 ? event.deltaX : event.deltaY;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(delta > 0 ? 1.3 : 1 / 1.3, this.timeAt(event));
    } else if (event.shiftKey || event.deltaX !== 0) {
      event.preventDefault();
      this.pan(Math.sign(delta) * 0.1);
    }
  }

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.canvas?.setPointerCapture(event.pointerId);
    this.pressed = { x: event.offsetX, y: event.offsetY, at: this.timeAt(event) };
  }

  private pointerMove(event: PointerEvent): void {
    const { pressed } = this;
    if (!pressed || Math.abs(event.offsetX - pressed.x) <= slack) return;
    const at = this.timeAt(event);
    this.marked = { from: Math.min(at, pressed.at), to: Math.max(at, pressed.at) };
  }

  private pointerUp(event: PointerEvent): void {
    const { pressed, scroller, result } = this;
    this.pressed = undefined;
    if (!pressed || !scroller || !result || Math.abs(event.offsetX - pressed.x) > slack) return;
    this.marked = undefined;
    const y = pressed.y - axisHeight + scroller.scrollTop;
    const index = Math.floor(y / laneHeight);
    const lane = pressed.y < axisHeight ? undefined : result.lanes[index];
    if (!lane) return this.clearChoice();
    this.choose(index, this.itemAt(lane, pressed.at, rowAt(y - index * laneHeight))?.key);
  }

  /** The thing that is nearest to a place: marks before handshakes before connections, the shortest first. */
  private itemAt(
    lane: TimelineLane,
    at: number,
    row: 'connection' | 'handshake' | undefined,
  ): TimelineItem | undefined {
    const near = (lengthOf(this.shown) / (this.canvas?.clientWidth ?? 1)) * slack;
    const found = itemsOf(lane, this.whole.to).filter(
      ({ kind, start, end }) =>
        at >= start - near && at <= end + near && (kind === 'handshake') === (row === 'handshake'),
    );
    return row && found.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  }

  private timeAt({ offsetX }: MouseEvent): number {
    const { from, to } = this.shown;
    return from + (offsetX / (this.canvas?.clientWidth ?? 1)) * (to - from);
  }
}

customElements.define('mqtt-timeline', TimelineView);
