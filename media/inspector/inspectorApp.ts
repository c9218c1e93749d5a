import { html, nothing, type TemplateResult } from 'lit';
import type { InspectorHost, InspectorView, LogState } from '../../src/inspector/contract';
import type { ChartSeries } from '../../src/inspector/chartContract';
import type { PanelAction } from '../../src/inspector/panelContract';
import type { PanelState } from '../../src/inspector/panelState';
import { heardAfter, Peer } from '../../src/inspector/peer';
import { nothingSelected, onlySelected, type SequenceSelection } from '../../src/inspector/sequenceSelection';
import { Announcer } from './announcer';
import { announceDensity, announceLog } from './announcements';
import { FileView } from './fileView';
import { FilterView } from './filter/filterView';
import { LightElement } from './lightElement';
import { ListPlace } from './listPlace';
import { ListView } from './listView';
import { failureNotice } from './detailsState';
import { DownView } from './downView';
import { DetailsView, startingSplits, type Splits } from './detailsView';
import type { PacketDetails } from './packetDetails';
import type { PacketList } from './packetList';
import { packetPanes } from './packetPanes';
import './chart/chartTab';
import { ChartedSeries } from './chart/chartedSeries';
import { RowCache } from './rowCache';
import './tabs';
import { panelId, tabOf, type TabName } from './tabs';
import { toolbar } from './toolbar';
import { vscodeHost } from './vscodeHost';

/** Milliseconds until what only scrolling changed is kept. */
const keepingDelay = 200;

/** The whole panel: keeps in touch with the extension host, and what the person chose across hiding and reloading. */
export class InspectorApp extends LightElement {
  static override properties = {
    log: { state: true },
    following: { state: true },
    selection: { state: true },
    splits: { state: true },
    failure: { state: true },
    tab: { state: true },
    announcement: { state: true },
  };

  private readonly host = vscodeHost();
  private readonly peer: Peer<InspectorView, InspectorHost>;
  private readonly cache: RowCache;
  private log: LogState | undefined = undefined;
  private following: boolean;
  private selection: SequenceSelection = nothingSelected;
  /** When the selected packet was captured, as soon as that is known. */
  private selectedAt: number | undefined;
  private readonly place: ListPlace;
  private keeping: ReturnType<typeof setTimeout> | undefined = undefined;
  private readonly details: DetailsView;
  private readonly charted: ChartedSeries;
  private splits: Splits;
  private failure: string | undefined = undefined;
  private readonly file = new FileView(this, () => this.peer);
  private readonly down = new DownView(this, () => this.peer);
  private tab: TabName;
  private readonly list: ListView;
  private readonly filter: FilterView;
  private readonly announcer: Announcer;
  private announcement = '';
  private openingIsOver: () => void = () => undefined;

  constructor() {
    super();
    const { following, selected, top, splits, tab, chart } = this.host.state;
    this.tab = tabOf(tab);
    this.following = following ?? true;
    if (selected) this.selection = onlySelected(selected.sequence);
    this.selectedAt = selected?.at;
    this.place = new ListPlace(top, this.following);
    this.charted = new ChartedSeries(chart ?? []);
    this.charted.onDidChange(() => this.keep());
    this.splits = { ...startingSplits, ...splits };
    this.filter = new FilterView(this.host.state, {
      element: this,
      source: () => ({ peer: this.peer, rows: this.cache }),
      now: () => ({
        log: this.log,
        following: this.following,
        lead: this.selection.lead,
        top: this.place.top,
      }),
      select: (selection) => this.select(selection),
      say: (text) => this.announcer.atOnce(text),
      changed: (kept) => (kept ? this.keep() : undefined, this.requestUpdate()),
      failed: (error) => this.failed(error),
    });
    const addToChart = (series: readonly ChartSeries[]): void => {
      this.charted.add(series);
      this.chooseTab('chart');
    };
    const opened = new Promise<void>((resolve) => (this.openingIsOver = resolve));
    this.peer = new Peer<InspectorView, InspectorHost>(
      this.host,
      heardAfter<InspectorView>(opened, {
        logChanged: (state) => this.logChanged(state),
        reveal: (sequence) => this.lead(sequence),
        payloadRulesChanged: (rules) => {
          this.details.rules = rules;
          this.requestUpdate();
        },
        chart: addToChart,
        perform: (action) => this.perform(action),
        ...this.filter.handlers,
        ...this.file.handlers,
        ...this.down.handlers,
      }),
      crypto.randomUUID(),
      (error) => this.failed(error),
    );
    const ports = {
      peer: this.peer,
      changed: () => {
        this.requestUpdate();
        this.keep();
      },
      failed: (error: unknown) => this.failed(error),
    };
    this.list = new ListView(this.host.state, ports);
    this.details = new DetailsView(this.host.state, {
      ...ports,
      show: (sequence) => this.reveal(sequence),
      chart: addToChart,
      narrow: (filter) => void this.filter.handlers.showFilter(filter, true),
    });
    this.announcer = new Announcer(
      (text) => (this.announcement = text),
      () => performance.now(),
    );
    this.cache = new RowCache({
      fetch: (first, count) => this.peer.call('rows', first, count),
      changed: () => this.packetList?.rowsArrived(),
      failed: (error) => this.failed(error),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tellHost(this.open().finally(this.openingIsOver));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.keeping);
    this.peer.dispose();
  }

  protected override render() {
    const { log } = this;
    if (!log) return this.failure === undefined ? nothing : failureNotice(this.failure);
    return html`<div class="top">
        <mqtt-tab-bar
          .chosen=${this.tab}
          @tab-chosen=${(event: CustomEvent<TabName>) => this.chooseTab(event.detail)}
        ></mqtt-tab-bar>
        ${toolbar(log, this.following, {
          hint: log.first === log.end ? nothing : this.down.hint(),
          countedElsewhere: this.tab === 'statistics' || (this.tab === 'packets' && this.filter.counts),
          // Elsewhere there are no rows to keep in sight, and the chart has a pause of its own.
          ...(this.tab === 'packets' && { follow: (following: boolean) => this.follow(following) }),
          ...(!this.file.state && { clear: () => this.clear() }),
        })}
      </div>
      ${this.file.bar()} ${this.failure === undefined ? nothing : failureNotice(this.failure)}
      <div
        class="tab-panel"
        role="tabpanel"
        id=${panelId('packets')}
        aria-label="Packets"
        ?hidden=${this.tab !== 'packets'}
      >
        ${this.filter.bars(log.end - log.first)}
        ${log.first === log.end && this.details.isEmpty ? this.file.empty(this.down.offer()) : this.panes(log)}
      </div>
      <mqtt-tab-panels
        .chosen=${this.tab}
        .context=${{
          peer: this.peer,
          log,
          charted: this.charted,
          showPacket: (sequence: number) => this.lead(sequence),
          filterBy: (text: string) => this.filterBy(text),
          failed: (error: unknown) => this.failed(error),
        }}
      ></mqtt-tab-panels>
      <p class="announcement" role="status" aria-live="polite">${this.announcement}</p>`;
  }

  private get packetList(): PacketList | null {
    return this.querySelector('mqtt-packet-list');
  }

  private get packetDetails(): PacketDetails | null {
    return this.querySelector('mqtt-packet-details');
  }

  private async open(): Promise<void> {
    const [{ state, reveal }] = await Promise.all([
      this.peer.call('open'),
      this.file.open(),
      this.down.open(),
      this.list.open(),
    ]);
    this.details.rules = await this.peer.call('payloadRules');
    // A file is read from its beginning.
    if (this.file.state && this.host.state.following === undefined) {
      this.following = false;
      // What was read by now may have been followed, as if it came from a connection.
      this.place.wait(state.first);
    }
    this.log = state;
    this.list.logChanged(state);
    this.tellSelection();
    await this.filter.open(this.selection.lead);
    await this.updateComplete;
    if (reveal !== undefined) return this.lead(reveal);
    if (this.selection.lead !== undefined) this.tellHost(this.fetch(this.selection.lead));
    this.goBackToTop();
  }

  private logChanged(state: LogState): void {
    announceLog(this.announcer, this.log, state);
    this.log = state;
    this.list.logChanged(state);
    const { gone } = this.details;
    // A log that is restored after the window was: what was looked at is there again.
    if (gone !== undefined && state.first <= gone && gone < state.end) this.tellHost(this.fetch(gone));
    void this.updateComplete.then(() => this.goBackToTop());
  }

  private goBackToTop(): void {
    const { log, packetList: list } = this;
    if (!log || !list) return;
    const back = this.place.goBack(log, this.file.state?.phase === 'reading');
    if (back === 'follow') this.follow(true);
    else if (back !== undefined) this.filter.revealAtTop(back);
  }

  private topMoved(position: number): void {
    this.place.moved(this.filter.sequenceAt(position));
    this.keeping ??= setTimeout(() => this.keep(), keepingDelay);
  }

  private panes(log: LogState): TemplateResult {
    const { filter, list, details, splits, selection, following } = this;
    return packetPanes({
      ...{ log, filter, list, details, splits, selection, following },
      keepSplits: (changed) => this.keepSplits(changed),
      reveal: (sequence) => this.reveal(sequence),
      follow: (wanted) => this.follow(wanted),
      topMoved: (position) => this.topMoved(position),
      copy: () => this.tellHost(this.peer.call('copySelected')),
      densityKnown: (density) => announceDensity(this.announcer, density),
      failed: (error) => this.failed(error),
      packetList: () => this.packetList,
      packetDetails: () => this.packetDetails,
    });
  }

  private filterBy(text: string): void {
    this.chooseTab('packets');
    this.filter.filterBy(text);
  }

  /** Brings a packet in sight that somebody was led to from elsewhere, and what is wrong with it. */
  private lead(sequence: number): void {
    this.details.led = { sequence };
    this.reveal(sequence);
    this.requestUpdate();
  }

  /** Selects a packet and brings it in sight. */
  private reveal(sequence: number): void {
    this.chooseTab('packets');
    this.follow(false);
    this.select(onlySelected(sequence));
    void this.updateComplete.then(() => this.tellHost(this.filter.reveal(sequence)));
  }

  private select(selection: SequenceSelection): void {
    const { lead } = selection;
    const isLoaded = lead === this.selection.lead && this.details.hasPacket;
    if (lead !== this.details.led?.sequence) this.details.led = undefined;
    this.selection = selection;
    this.tellSelection();
    if (isLoaded || lead === undefined) return;
    this.selectedAt = undefined;
    this.tellHost(this.fetch(lead));
  }

  private tellSelection(): void {
    this.tellHost(this.filter.tellSelection(this.selection));
  }

  private tellHost(answer: Promise<unknown>): void {
    answer.catch((error: unknown) => this.failed(error));
  }

  private perform(action: PanelAction): void {
    const { log } = this;
    if (action.kind === 'copyField') this.packetDetails?.copyField(action.part);
    else if (action.kind === 'onPayloadValue') this.packetDetails?.onPayloadValue(action.action);
    else if (action.kind === 'goToViolation') this.goToViolation(action.step);
    else if (log) this.list.perform(action, log);
  }

  private goToViolation(step: 1 | -1): void {
    if (this.packetDetails) this.packetDetails.goToViolation(step);
    else this.filter.nextViolation(step);
  }

  private async fetch(sequence: number): Promise<void> {
    const wanted = (): boolean => this.selection.lead === sequence;
    const at = await this.details.load(sequence, this.selectedAt, wanted);
    if (!wanted()) return;
    if (at === 'other') this.selection = nothingSelected;
    else this.selectedAt = at ?? this.selectedAt;
    this.requestUpdate();
    this.keep();
  }

  private follow(following: boolean): void {
    if (following !== this.following) {
      this.announcer.atOnce(
        following ? 'Following the newest packet' : 'Following paused; recording goes on',
      );
    }
    this.following = following;
    this.keep();
  }

  private clear(): void {
    this.selection = nothingSelected;
    this.details.clear();
    this.follow(true);
    this.tellHost(this.peer.call('clear'));
  }

  private chooseTab(tab: TabName): void {
    this.tab = tab;
    this.keep();
  }

  private keepSplits(splits: Partial<Splits>): void {
    this.splits = { ...this.splits, ...splits };
    this.keep();
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    const { series } = this.charted;
    const { selectedAt: at, following, splits, tab } = this;
    const { top } = this.place;
    const { lead: sequence } = this.selection;
    const state: PanelState = {
      following,
      ...this.details.kept,
      splits,
      tab,
      ...(series.length > 0 && { chart: series }),
      ...this.list.kept,
      ...this.filter.kept,
      ...(sequence !== undefined && at !== undefined && { selected: { sequence, at } }),
      ...(top !== undefined && { top }),
    };
    this.host.keep(state);
  }

  private failed(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }
}

customElements.define('mqtt-inspector', InspectorApp);
