import type { Disposable } from '../../base/lifecycle';
import { PacketContexts } from '../../capture/packetContexts';
import type { PacketLog } from '../../capture/packetLog';
import {
  longestPage,
  partLength,
  type InspectorHost,
  type InspectorView,
  type LogRow,
  type LogState,
  type PacketPart,
  type RowPage,
} from '../../inspector/contract';
import type { ChartSeries } from '../../inspector/chartContract';
import type { DownConnection } from '../../inspector/downContract';
import type { PanelAction } from '../../inspector/panelContract';
import { Peer, type Handlers, type MessagePort } from '../../inspector/peer';
import type { SomePackets } from '../capture/whichPackets';
import { fileHandlers, type ShownFile } from './fileHandlers';
import { analysisHandlers } from './analysisHandlers';
import type { ConnectionPorts } from './downConnections';
import { FilterHandlers } from './filterHandlers';
import { PanelHandlers, type PanelServices } from './panelHandlers';
import type { SelectedRows } from './selectedRows';
import { ShownPackets } from './shownPackets';

import { PayloadAnswers, type PayloadPorts } from './payloadAnswers';

/** Milliseconds between two announcements of news: ten a second are more than anybody reads. */
const announcementInterval = 100;

export interface InspectorSessionOptions {
  readonly log: PacketLog;
  /** Tells this session from every other one. */
  readonly name: string;
  /** Whether anybody would see an announcement now. */
  readonly visible: () => boolean;
  /** Empties the log, and what is kept of it. */
  readonly clear: () => Promise<void>;
  /** The capture file that the log was read from; without one it is what this window captures. */
  readonly file?: ShownFile;
  /** The filter that the panel was opened for, where it was for one. */
  readonly openedFor?: string;
  /** Hears which filter the view shows from now on; an empty one for all packets. */
  readonly filterShown?: (filter: string) => void;
  /** Where packets come from; left out where they come from a file. */
  readonly connections?: ConnectionPorts;
  /** What the panel has done outside itself. */
  readonly services: PanelServices;
  readonly failed: (error: Error) => void;
  /** What payloads and charts need of VS Code. */
  readonly payloads: PayloadPorts;
}

/**
 * The extension host's side of one inspector: answers from the log, and announces that it changed. Nothing is kept for
 * the view, which may be hidden, reloaded or closed at any time while the log goes on.
 */
export class InspectorSession implements Disposable {
  private readonly peer: Peer<InspectorHost, InspectorView>;
  private readonly subscription: Disposable;
  private readonly packets: ShownPackets;
  private readonly panel: PanelHandlers;
  private readonly filter: FilterHandlers;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private opened = false;
  private disposed = false;
  private revealed: number | undefined;
  private toldDown = '';
  private charted: readonly ChartSeries[] = [];
  private readonly payloads: PayloadAnswers;

  constructor(
    port: MessagePort,
    private readonly options: InspectorSessionOptions,
  ) {
    const { log, services, failed, openedFor, filterShown } = options;
    this.payloads = new PayloadAnswers(log, options.payloads, () => !this.disposed);
    this.packets = new ShownPackets(log, new PacketContexts(log));
    this.panel = new PanelHandlers({ log, services, failed });
    const changed = (): void => this.announceSoon();
    const seeking = (asked: number): void => this.peer.notify('seekProgressed', asked);
    this.filter = new FilterHandlers({
      ...{ log, packets: this.packets, changed, seeking, failed },
      ...(openedFor !== undefined && { openedFor }),
      ...(filterShown && { shown: filterShown }),
    });
    const handlers: Handlers<InspectorHost> = {
      ...this.payloads.handlers,
      open: () => this.open(),
      rows: (first, count) => this.rows(first, count),
      part: (sequence, offset, length) => this.part(sequence, offset, length),
      clear: () => options.clear(),
      ...analysisHandlers(log, () => !this.disposed && options.visible()),
      ...this.panel.handlers,
      ...this.filter.handlers,
      ...fileHandlers(options.file),
      downConnections: () => this.down(),
      reconnect: async (key) => options.connections?.reconnect(key),
    };
    this.peer = new Peer(port, handlers, options.name, failed);
    const subscriptions = [
      log.onDidChange(changed),
      options.file?.onDidChange(changed),
      options.connections?.onDidChange(changed),
      options.payloads.onDidChangeRules(() => this.tellRules()),
    ];
    this.subscription = { dispose: () => subscriptions.forEach((each) => each?.dispose()) };
  }

  get log(): PacketLog {
    return this.options.log;
  }

  /** The packets of the log as the view shows them. */
  get shownPackets(): ShownPackets {
    return this.packets;
  }

  get file(): ShownFile | undefined {
    return this.options.file;
  }

  /** Selects a packet in the view, or as soon as the view has loaded. */
  reveal(sequence: number): void {
    if (this.opened) this.peer.notify('reveal', sequence);
    else this.revealed = sequence;
  }

  /** Adds series to the chart and shows it, or does so as soon as the view has loaded. */
  chart(series: readonly ChartSeries[]): void {
    if (this.opened) this.peer.notify('chart', series);
    else this.charted = [...this.charted, ...series];
  }

  /** The packets that are selected in the view. */
  get selected(): SelectedRows {
    return this.filter.selected ?? this.panel.selected;
  }

  /** What the filter leaves; undefined without a filter. */
  get filtered(): SomePackets | undefined {
    return this.filter.matches;
  }

  /** Shows only packets that a filter matches, in the view or as soon as the view has loaded. */
  showFilter(text: string, narrow = false): void {
    if (this.opened) this.peer.notify('showFilter', text, narrow);
    else this.filter.want(text);
  }

  /** Filters by the field that somebody is at in the view. */
  filterByField(): void {
    if (this.opened) this.peer.notify('filterByField');
  }

  /** Does something in the view. */
  perform(action: PanelAction): void {
    if (this.opened) this.peer.notify('perform', action);
  }

  /** The page is gone: until the next one has loaded, what it should reveal is kept. */
  closed(): void {
    this.opened = false;
    this.filter.closed();
  }

  /** Tells the view how the log stands, now. */
  announce(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.opened || !this.options.visible()) return;
    this.peer.notify('logChanged', this.state());
    if (this.options.file) this.peer.notify('fileChanged', this.options.file.state);
    this.tellDown();
    const { state } = this.filter;
    if (state) this.peer.notify('filterChanged', state);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.panel.dispose();
    this.filter.dispose();
    this.peer.dispose();
  }

  private tellRules(): void {
    if (this.opened) this.peer.notify('payloadRulesChanged', this.options.payloads.rules());
  }

  private down(): readonly DownConnection[] {
    const down = this.options.connections?.down() ?? [];
    this.toldDown = JSON.stringify(down);
    return down;
  }

  /** Connections change several times a second while messages come: that none is down is told once. */
  private tellDown(): void {
    const told = this.toldDown;
    const down = this.down();
    if (this.toldDown !== told) this.peer.notify('downChanged', down);
  }

  private announceSoon(): void {
    if (this.options.visible()) this.timer ??= setTimeout(() => this.announce(), announcementInterval);
  }

  private open(): { state: LogState; reveal: number | undefined } {
    const reveal = this.revealed;
    this.opened = true;
    this.revealed = undefined;
    if (this.charted.length > 0) this.peer.notify('chart', this.charted);
    this.charted = [];
    return { state: this.state(), reveal };
  }

  private state(): LogState {
    const { first, end, evictedPackets, evictedBytes } = this.options.log;
    return { first, end, evictedPackets, evictedBytes };
  }

  private rows(first: number, count: number): RowPage {
    const { log } = this.options;
    const start = Math.max(first, log.first);
    const end = Math.min(first + Math.min(count, longestPage), log.end);
    const rows: LogRow[] = [];
    for (let sequence = start; sequence < end; sequence++) {
      const shown = this.packets.of(sequence);
      if (shown) rows.push(shown.row);
    }
    return { first: start, rows };
  }

  private part(sequence: number, offset: number, length: number): PacketPart | undefined {
    const shown = this.packets.of(sequence);
    const end = offset + Math.min(length, partLength);
    return shown && { row: shown.row, offset, bytes: shown.bytes.slice(offset, end) };
  }
}
