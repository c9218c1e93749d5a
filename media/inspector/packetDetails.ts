import { html, nothing, type PropertyValues } from 'lit';
import { showBytes } from '../../src/protocol/show';
import { versionNames } from '../../src/protocol/versionNames';
import './bitStrip';
import './byteView';
import './fieldTree';
import type { FieldTree } from './fieldTree';
import { Highlight } from './highlight';
import { LightElement } from './lightElement';
import type { PayloadRule } from '../../src/inspector/payloadRules';
import type { PayloadMode } from '../../src/payload/payloadMode';
import { packetContents, type PacketContents } from './packetContents';
import type { LoadedPacket } from './packetLoader';
import './paneSplit';
import type { PayloadAccess } from './payload/payloadAccess';
import './payloadView';
import { directionText, rowText, timeOfDay } from './rowText';

/** Below this width the fields stand above the bytes, not beside them. */
const narrowWidth = 620;

/** Fractions of the details' own splits. */
export interface DetailSplits {
  readonly fields: number;
  readonly bytes: number;
}

/** One packet: its fields, its bytes and its payload. Fires `detail-splits-changed`; `mode-changed` comes through from the payload. */
export class PacketDetails extends LightElement {
  static override properties = {
    packet: { attribute: false },
    payloadMode: { attribute: false },
    payloadRules: { attribute: false },
    payloads: { attribute: false },
    splits: { attribute: false },
    narrow: { state: true },
  };

  packet: LoadedPacket | undefined = undefined;
  payloadMode: PayloadMode = 'auto';
  payloadRules: readonly PayloadRule[] = [];
  payloads: PayloadAccess | undefined = undefined;
  splits: DetailSplits = { fields: 0.45, bytes: 0.5 };
  private narrow = false;
  private contents: PacketContents | undefined = undefined;
  private highlight: Highlight | undefined = undefined;
  private observer: ResizeObserver | undefined = undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer = new ResizeObserver(() => (this.narrow = this.clientWidth < narrowWidth));
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
  }

  override focus(): void {
    this.tree?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('packet')) return;
    this.contents = this.packet && packetContents(this.packet.row, this.packet.head, this.packet.bytes);
    this.highlight = this.contents && new Highlight(this.contents.tree);
  }

  protected override render() {
    const { packet, contents } = this;
    if (!packet || !contents) return nothing;
    return html`${this.header(packet, contents)}
      ${contents.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
      <mqtt-pane-split
        direction=${this.narrow ? 'column' : 'row'}
        label="Width of the fields"
        .position=${this.splits.fields}
        @split-changed=${(event: CustomEvent<number>) => this.splitChanged({ fields: event.detail })}
      >
        <mqtt-field-tree
          slot="start"
          .highlight=${this.highlight}
          .version=${contents.version}
        ></mqtt-field-tree>
        ${
          contents.payload
            ? html`<mqtt-pane-split
                slot="end"
                direction="column"
                label="Height of the bytes"
                .position=${this.splits.bytes}
                @split-changed=${(event: CustomEvent<number>) => this.splitChanged({ bytes: event.detail })}
              >
                <div slot="start" class="pane bytes">${this.bytes(packet)}</div>
                <mqtt-payload-view
                  slot="end"
                  class="pane"
                  .payload=${contents.payload}
                  .sequence=${packet.sequence}
                  .row=${packet.row}
                  .mode=${this.payloadMode}
                  .rules=${this.payloadRules}
                  .access=${this.payloads}
                ></mqtt-payload-view>
              </mqtt-pane-split>`
            : html`<div slot="end" class="pane bytes">${this.bytes(packet)}</div>`
        }
      </mqtt-pane-split>`;
  }

  private get tree(): FieldTree | null {
    return this.querySelector('mqtt-field-tree');
  }

  private header({ sequence, row }: LoadedPacket, { version, tree }: PacketContents) {
    const { violations } = tree;
    const count = violations.length;
    const facts = [
      `#${sequence}`,
      row.client,
      `${directionText(row).name} ${timeOfDay(row.at)}`,
      ...(row.kind === 'unframed' ? [] : [`MQTT ${versionNames[version]}`]),
      showBytes(row.length),
    ];
    return html`<div class="details-head">
      <span class="title">${rowText(row).packet}</span>
      <span class="place">${facts.join(' · ')}</span>
      ${
        count === 0
          ? nothing
          : html`<button class="violations" type="button" @click=${() => this.goToViolation()}>
              <span class="codicon codicon-warning" aria-hidden="true"></span>${
                count === 1 ? '1 problem' : `${count} problems`
              }
            </button>`
      }
    </div>`;
  }

  private bytes({ bytes, row }: LoadedPacket) {
    return html`<mqtt-byte-view
        .bytes=${bytes}
        .concealed=${row.concealed}
        .highlight=${this.highlight}
        .label=${'Bytes of the packet'}
      ></mqtt-byte-view>
      <mqtt-bit-strip
        .bytes=${bytes}
        .concealed=${row.concealed}
        .highlight=${this.highlight}
      ></mqtt-bit-strip>`;
  }

  /** The next violation after the one selected, round and round. */
  private goToViolation(): void {
    const rows = this.highlight?.model.rows ?? [];
    const found = rows.filter((row) => row.kind === 'violation');
    const cursor = this.highlight?.cursor ?? -1;
    const next = found.find(({ violation }) => violation.offset > cursor) ?? found[0];
    if (next) this.tree?.activate(next);
  }

  private splitChanged(split: Partial<DetailSplits>): void {
    this.dispatchEvent(new CustomEvent('detail-splits-changed', { detail: { ...this.splits, ...split } }));
  }
}

customElements.define('mqtt-packet-details', PacketDetails);
