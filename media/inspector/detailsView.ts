import { html, type TemplateResult } from 'lit';
import type { ChartSeries } from '../../src/inspector/chartContract';
import type { InspectorHost, InspectorView } from '../../src/inspector/contract';
import type { PanelState } from '../../src/inspector/panelState';
import type { PayloadRule } from '../../src/inspector/payloadRules';
import type { Peer } from '../../src/inspector/peer';
import { isPayloadMode, type PayloadMode } from '../../src/payload/payloadMode';
import { detailsPlaceholder, type Details } from './detailsState';
import './packetDetails';
import type { DetailSplits, LedTo } from './packetDetails';
import { panelPayloads } from './payload/panelPayloads';
import type { PayloadAccess } from './payload/payloadAccess';

/** Fractions of the space that the panel's splits give to what stands first. */
export const startingSplits = { list: 0.4, fields: 0.45, bytes: 0.42 } as const;
export type Splits = Record<keyof typeof startingSplits, number>;

export interface DetailsPorts {
  readonly peer: Peer<InspectorView, InspectorHost>;
  /** Selects a packet and brings it in sight. */
  show(sequence: number): void;
  /** Adds series to the chart and shows it. */
  chart(series: readonly ChartSeries[]): void;
  /** Adds a filter to the one that is set. */
  readonly narrow: (filter: string) => void;
  /** Something is to be drawn anew and to be kept. */
  changed(): void;
  readonly failed: (error: unknown) => void;
}

/** What stands below the list: the packet that is looked at, and how its payload is shown. */
export class DetailsView {
  /** How payloads are shown where a person has said so. */
  rules: readonly PayloadRule[] = [];
  /** The packet that a person was led to last. */
  led: LedTo | undefined = undefined;
  private details: Details = { kind: 'none' };
  private mode: PayloadMode;
  private readonly payloads: PayloadAccess;

  constructor(
    { payloadMode }: PanelState,
    private readonly ports: DetailsPorts,
  ) {
    this.mode = isPayloadMode(payloadMode) ? payloadMode : 'auto';
    this.payloads = panelPayloads(ports);
  }

  get isEmpty(): boolean {
    return this.details.kind === 'none';
  }

  get hasPacket(): boolean {
    return this.details.kind === 'packet';
  }

  /** The packet that the log no longer had when it was looked for. */
  get gone(): number | undefined {
    return this.details.kind === 'gone' ? this.details.sequence : undefined;
  }

  get kept(): Pick<PanelState, 'payloadMode'> {
    return { payloadMode: this.mode };
  }

  /**
   * Shows a packet, if it is still `wanted` when it is there. Resolves with when it was captured: `other` where that is not
   * `at`, so that the log began anew and this is another packet; undefined where the log has none.
   */
  async load(
    sequence: number,
    at: number | undefined,
    wanted: () => boolean,
  ): Promise<'other' | number | undefined> {
    const packet = await this.payloads.load(sequence);
    if (!wanted()) return undefined;
    if (packet && (at ?? packet.row.at) !== packet.row.at) {
      this.clear();
      return 'other';
    }
    this.details = packet ? { kind: 'packet', packet } : { kind: 'gone', sequence };
    return packet?.row.at;
  }

  clear(): void {
    this.details = { kind: 'none' };
  }

  render(splits: DetailSplits, splitChanged: (splits: DetailSplits) => void): TemplateResult {
    const { details } = this;
    const { peer, failed } = this.ports;
    if (details.kind !== 'packet') return detailsPlaceholder(details);
    return html`<mqtt-packet-details
      .packet=${details.packet}
      .led=${this.led}
      .exchanges=${(sequence: number) => peer.call('exchanges', sequence)}
      .payloadMode=${this.mode}
      .payloadRules=${this.rules}
      .payloads=${this.payloads}
      .splits=${splits}
      @copy-text=${(event: CustomEvent<string>) => peer.call('copyText', event.detail).catch(failed)}
      @mode-changed=${(event: CustomEvent<PayloadMode>) => this.chooseMode(event.detail)}
      @detail-splits-changed=${(event: CustomEvent<DetailSplits>) => splitChanged(event.detail)}
    ></mqtt-packet-details>`;
  }

  private chooseMode(mode: PayloadMode): void {
    this.mode = mode;
    this.ports.changed();
  }
}
