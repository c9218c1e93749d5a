import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { InspectorHost, InspectorView, LogState } from '../../src/inspector/contract';
import type { PanelState } from '../../src/inspector/panelState';
import { Peer } from '../../src/inspector/peer';
import { LightElement } from './lightElement';
import './packetDetails';
import type { DetailSplits, PacketDetails } from './packetDetails';
import './packetList';
import type { PacketList } from './packetList';
import { loadPacket, type LoadedPacket } from './packetLoader';
import './paneSplit';
import { payloadModes, type PayloadMode } from './payloadText';
import { RowCache } from './rowCache';
import { vscodeHost } from './vscodeHost';

const startingSplits = { list: 0.4, fields: 0.45, bytes: 0.5 } as const;
type Splits = Record<keyof typeof startingSplits, number>;

/** What stands below the list. */
type Details =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly sequence: number; readonly loaded: number; readonly total: number }
  | { readonly kind: 'gone'; readonly sequence: number }
  | { readonly kind: 'packet'; readonly packet: LoadedPacket };

/** The whole panel: keeps in touch with the extension host, and what the person chose across hiding and reloading. */
export class InspectorApp extends LightElement {
  static override properties = {
    log: { state: true },
    following: { state: true },
    selected: { state: true },
    details: { state: true },
    payloadMode: { state: true },
    splits: { state: true },
    failure: { state: true },
  };

  private readonly host = vscodeHost();
  private readonly peer: Peer<InspectorView, InspectorHost>;
  private readonly cache: RowCache;
  private log: LogState | undefined = undefined;
  private following: boolean;
  private selected: number | undefined;
  /** When the selected packet was captured, as soon as that is known. */
  private selectedAt: number | undefined;
  private details: Details = { kind: 'none' };
  private payloadMode: PayloadMode;
  private splits: Splits;
  private failure: string | undefined = undefined;

  constructor() {
    super();
    const { following, selected, payloadMode, splits } = this.host.state;
    this.following = following ?? true;
    this.selected = selected?.sequence;
    this.selectedAt = selected?.at;
    this.payloadMode = payloadModes.find((mode) => mode === payloadMode) ?? 'auto';
    this.splits = { ...startingSplits, ...splits };
    this.peer = new Peer<InspectorView, InspectorHost>(
      this.host,
      {
        logChanged: (state) => this.logChanged(state),
        reveal: (sequence) => this.reveal(sequence),
      },
      crypto.randomUUID(),
      (error) => this.failed(error),
    );
    this.cache = new RowCache({
      fetch: (first, count) => this.peer.call('rows', first, count),
      changed: () => this.list?.rowsArrived(),
      failed: (error) => this.failed(error),
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.open().catch((error: unknown) => this.failed(error));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.peer.dispose();
  }

  protected override render() {
    const { log } = this;
    if (!log) return this.failure === undefined ? nothing : this.failureBar(this.failure);
    return html`${this.toolbar(log)} ${this.failure === undefined ? nothing : this.failureBar(this.failure)}
    ${log.first === log.end && this.details.kind === 'none' ? emptyState() : this.panes(log)}`;
  }

  private get list(): PacketList | null {
    return this.querySelector('mqtt-packet-list');
  }

  private async open(): Promise<void> {
    const { state, reveal } = await this.peer.call('open');
    this.log = state;
    await this.updateComplete;
    if (reveal !== undefined) {
      this.reveal(reveal);
    } else if (this.selected !== undefined) {
      this.load(this.selected);
      if (!this.following) this.list?.reveal(this.selected);
    }
  }

  private logChanged(state: LogState): void {
    this.log = state;
    const { details } = this;
    // A log that is restored after the window was: what was looked at is there again.
    if (details.kind === 'gone' && state.first <= details.sequence && details.sequence < state.end) {
      this.load(details.sequence);
    }
  }

  private toolbar({ first, end, evictedPackets, evictedBytes }: LogState): TemplateResult {
    const count = end - first;
    return html`<div class="toolbar">
      <span class="count">${count === 1 ? '1 packet' : `${count.toLocaleString('en')} packets`}</span>
      ${
        evictedPackets === 0
          ? nothing
          : html`<span
              class="evicted"
              title="The capture budget is used up, so the oldest packets make room for the newest. The setting “MQTT Workbench › Capture: Budget” makes it larger."
              ><span class="codicon codicon-history" aria-hidden="true"></span
              >${evictedPackets.toLocaleString('en')} older ${evictedPackets === 1 ? 'packet' : 'packets'}
              (${showSize(evictedBytes)}) dropped for the capture budget</span
            >`
      }
      <span class="grow"></span>
      <vscode-toolbar-button
        icon=${this.following ? 'debug-pause' : 'arrow-down'}
        label=${this.following ? 'Stop following the newest packet' : 'Follow the newest packet'}
        title=${
          this.following
            ? 'The newest packet is kept in sight. Recording goes on when this is paused.'
            : 'Keep the newest packet in sight'
        }
        @click=${() => this.follow(!this.following)}
        >${this.following ? 'Pause' : 'Follow'}</vscode-toolbar-button
      >
      <vscode-toolbar-button
        icon="clear-all"
        label="Clear the packet log"
        title="Clear the packet log: forgets all captured packets of all connections"
        @click=${() => this.clear()}
        >Clear</vscode-toolbar-button
      >
    </div>`;
  }

  private failureBar(message: string): TemplateResult {
    return html`<p class="notice failure" role="alert">
      <span class="codicon codicon-error" aria-hidden="true"></span>The inspector could not read the packet
      log: ${message}. Close this panel and open it again; the packets are kept.
    </p>`;
  }

  private panes(log: LogState): TemplateResult {
    return html`<mqtt-pane-split
      class="main-split"
      direction="column"
      label="Height of the list"
      .position=${this.splits.list}
      @split-changed=${(event: CustomEvent<number>) => this.keepSplits({ list: event.detail })}
    >
      <mqtt-packet-list
        slot="start"
        .log=${log}
        .cache=${this.cache}
        .selected=${this.selected}
        .following=${this.following}
        @packet-selected=${(event: CustomEvent<number>) => this.select(event.detail)}
        @follow-changed=${(event: CustomEvent<boolean>) => this.follow(event.detail)}
        @details-wanted=${() => this.querySelector<PacketDetails>('mqtt-packet-details')?.focus()}
      ></mqtt-packet-list>
      <div slot="end" class="details">${this.detailsPane()}</div>
    </mqtt-pane-split>`;
  }

  private detailsPane(): TemplateResult {
    const { details } = this;
    switch (details.kind) {
      case 'none':
        return html`<p class="placeholder">Select a packet to see its fields and bytes.</p>`;
      case 'loading':
        return html`<p class="placeholder">
          ${details.total === 0 ? nothing : `Loading ${showSize(details.loaded)} of ${showSize(details.total)}`}
        </p>`;
      case 'gone':
        return html`<p class="placeholder">
          Packet #${details.sequence} is no longer in the log: it was cleared, or newer packets took its
          place. Select another one.
        </p>`;
      case 'packet':
        return html`<mqtt-packet-details
          .packet=${details.packet}
          .payloadMode=${this.payloadMode}
          .splits=${this.splits}
          @mode-changed=${(event: CustomEvent<PayloadMode>) => this.chooseMode(event.detail)}
          @detail-splits-changed=${(event: CustomEvent<DetailSplits>) => this.keepSplits(event.detail)}
        ></mqtt-packet-details>`;
    }
  }

  /** Selects a packet and brings it in sight. */
  private reveal(sequence: number): void {
    this.follow(false);
    this.select(sequence);
    void this.updateComplete.then(() => this.list?.reveal(sequence));
  }

  private select(sequence: number): void {
    this.selected = sequence;
    this.selectedAt = undefined;
    this.load(sequence);
  }

  private load(sequence: number): void {
    this.fetch(sequence).catch((error: unknown) => this.failed(error));
  }

  private async fetch(sequence: number): Promise<void> {
    const wanted = (): boolean => this.selected === sequence;
    const packet = await loadPacket(
      sequence,
      (of, offset) => this.peer.call('part', of, offset),
      (loaded, total) => {
        if (wanted()) this.details = { kind: 'loading', sequence, loaded, total };
        return wanted();
      },
    );
    if (!wanted()) return;
    if (packet && (this.selectedAt ?? packet.row.at) !== packet.row.at) {
      this.selected = undefined;
      this.details = { kind: 'none' };
    } else {
      this.selectedAt = packet?.row.at ?? this.selectedAt;
      this.details = packet ? { kind: 'packet', packet } : { kind: 'gone', sequence };
    }
    this.keep();
  }

  private follow(following: boolean): void {
    this.following = following;
    this.keep();
  }

  private clear(): void {
    this.selected = undefined;
    this.details = { kind: 'none' };
    this.follow(true);
    this.peer.call('clear').catch((error: unknown) => this.failed(error));
  }

  private chooseMode(mode: PayloadMode): void {
    this.payloadMode = mode;
    this.keep();
  }

  private keepSplits(splits: Partial<Splits>): void {
    this.splits = { ...this.splits, ...splits };
    this.keep();
  }

  private keep(): void {
    const { selected: sequence, selectedAt: at, following, payloadMode, splits } = this;
    const state: PanelState = { following, payloadMode, splits };
    const known = sequence !== undefined && at !== undefined;
    this.host.keep(known ? { ...state, selected: { sequence, at } } : state);
  }

  private failed(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error);
  }
}

function emptyState(): TemplateResult {
  return html`<div class="empty">
    <span class="codicon codicon-pulse" aria-hidden="true"></span>
    <h2>No packets captured yet</h2>
    <p>
      Connect to a broker in the view <a href="command:mqttWorkbench.connections.focus">Connections</a>. Every
      packet that is sent or received is recorded from then on, also while this panel is closed, and shows
      here down to the bit.
    </p>
  </div>`;
}

/** `4.1 MiB`. */
function showSize(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const;
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}

customElements.define('mqtt-inspector', InspectorApp);
