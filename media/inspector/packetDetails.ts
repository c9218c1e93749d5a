import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { showBytes } from '../../src/protocol/show';
import { versionNames } from '../../src/protocol/versionNames';
import './bitStrip';
import './byteView';
import { AwaitedStep } from './awaitedStep';
import { fieldCopy, type FieldPart } from './fieldCopy';
import './exchange/exchangeStrip';
import type { AskExchanges } from './exchange/exchangeStrip';
import './fieldTree';
import { fieldFilter } from './filter/fieldFilter';
import type { FieldTree } from './fieldTree';
import type { TreeRow } from './fieldTreeModel';
import { Highlight } from './highlight';
import { LightElement } from './lightElement';
import type { PayloadValueAction } from '../../src/inspector/panelContract';
import type { PayloadRule } from '../../src/inspector/payloadRules';
import type { PayloadMode } from '../../src/payload/payloadMode';
import { packetContents, type PacketContents } from './packetContents';
import type { LoadedPacket } from './packetLoader';
import './paneSplit';
import type { JsonTreeView } from './payload/jsonTreeView';
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

/** Where a person was led from elsewhere, such as from a notification. */
export interface LedTo {
  readonly sequence: number;
}

/** One packet: its fields, its bytes and its payload. Fires `detail-splits-changed`, `copy-text`, and `violation-wanted` with the step to another packet; `mode-changed` comes through from the payload. */
export class PacketDetails extends LightElement {
  static override properties = {
    packet: { attribute: false },
    led: { attribute: false },
    exchanges: { attribute: false },
    payloadMode: { attribute: false },
    payloadRules: { attribute: false },
    payloads: { attribute: false },
    splits: { attribute: false },
    narrow: { state: true },
  };

  packet: LoadedPacket | undefined = undefined;
  /** The packet that a person was led to, anew with each object: what is wrong with it comes in sight. */
  led: LedTo | undefined = undefined;
  /** Asks for the exchanges of a packet. */
  exchanges: AskExchanges | undefined = undefined;
  payloadMode: PayloadMode = 'auto';
  payloadRules: readonly PayloadRule[] = [];
  payloads: PayloadAccess | undefined = undefined;
  splits: DetailSplits = { fields: 0.45, bytes: 0.42 };
  private narrow = false;
  private arrived: LedTo | undefined = undefined;
  private contents: PacketContents | undefined = undefined;
  private highlight: Highlight | undefined = undefined;
  /** The packet whose first or last violation is to be gone to once it is here. */
  private readonly entering = new AwaitedStep();
  private observer: ResizeObserver | undefined = undefined;

  constructor() {
    super();
    this.addEventListener('keydown', (event) => this.keyDown(event));
  }

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

  protected override updated(): void {
    const { packet } = this;
    if (!packet) return;
    if (this.led && this.led.sequence === packet.sequence && this.led !== this.arrived) {
      this.arrived = this.led;
      void this.tree?.updateComplete.then(() => this.showViolation());
    }
    const [step, ...more] = this.entering.take(packet.sequence);
    if (step === undefined) return;
    // The tree has the new packet's fields once it was drawn.
    void this.tree?.updateComplete.then(() => {
      this.enterViolations(packet.sequence, step);
      for (const next of more) this.goToViolation(next);
    });
  }

  protected override render() {
    const { packet, contents } = this;
    if (!packet || !contents) return nothing;
    return html`${this.header(packet, contents)}
    ${contents.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
    ${packet.row.kind === 'note' ? html`<p class="placeholder">A note has no bytes.</p>` : this.panes(packet, contents)}`;
  }

  private panes(packet: LoadedPacket, contents: PacketContents): TemplateResult {
    return html`<mqtt-pane-split
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
      ...(row.kind === 'unframed' || row.kind === 'note' ? [] : [`MQTT ${versionNames[version]}`]),
      ...(row.kind === 'note' ? [] : [showBytes(row.length)]),
    ];
    return html`<div class="details-head">
      <span class="title">${rowText(row).packet}</span>
      <span class="place" title=${facts.join(' · ')}>${facts.join(' · ')}</span>
      <mqtt-exchange-strip .sequence=${sequence} .ask=${this.exchanges}></mqtt-exchange-strip>
      ${
        count === 0
          ? nothing
          : html`<button
              class="violations"
              type="button"
              title="Go to the next problem of this packet (F8 also goes on to other packets)"
              @click=${() => this.goToOwnViolation()}
            >
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

  /** Goes to the next violation after what is selected, or the one before it; behind the last to the next packet that has one. */
  goToViolation(step: 1 | -1): void {
    if (this.entering.goOn(step)) return;
    const rows = this.highlight?.model.rows ?? [];
    const active = this.tree?.activeRow;
    const at = active ? rows.indexOf(active) : step > 0 ? -1 : rows.length;
    const found = this.violationRows;
    const next =
      step > 0
        ? found.find((row) => rows.indexOf(row) > at)
        : found.filter((row) => rows.indexOf(row) < at).at(-1);
    if (next) this.activate(next);
    else this.dispatchEvent(new CustomEvent('violation-wanted', { detail: step, bubbles: true }));
  }

  /** Goes to the first violation of a packet, or to the last: as soon as the packet is here. */
  enterViolations(sequence: number, step: 1 | -1): void {
    if (this.packet?.sequence !== sequence) {
      this.entering.want(sequence, step);
      return;
    }
    const { violationRows } = this;
    this.activate(step > 0 ? violationRows[0] : violationRows.at(-1));
  }

  /** Without the keyboard: that stays where it is. */
  private showViolation(): void {
    const [first] = this.violationRows;
    if (first) this.tree?.activate(first, false);
  }

  /** Round and round. */
  private goToOwnViolation(): void {
    const { violationRows } = this;
    const active = this.tree?.activeRow;
    const at = active ? violationRows.indexOf(active) : -1;
    this.activate(violationRows[(at + 1) % violationRows.length]);
  }

  private get violationRows(): readonly TreeRow[] {
    return (this.highlight?.model.rows ?? []).filter(({ kind }) => kind === 'violation');
  }

  private activate(row: TreeRow | undefined): void {
    this.tree?.focus();
    if (row) this.tree?.activate(row);
  }

  /** The filter for packets with the same value in the selected field; undefined where none is selected. */
  get activeFilter(): string | undefined {
    const row = this.tree?.activeRow;
    const { packet, contents, highlight } = this;
    if (!row || !packet || !contents || !highlight) return undefined;
    const type = packet.row.kind === 'unframed' ? 'unframed' : rowText(packet.row).packet.split(' ')[0];
    return fieldFilter(row, packet, (field) => highlight.model.parentOf(field), type ?? '');
  }

  /** Copies of the selected field what is asked for; of a violation its sentence. */
  copyField(part: FieldPart): void {
    const row = this.tree?.activeRow;
    const { packet, contents } = this;
    if (!row || !packet || !contents) return;
    const { start, end } = row.field;
    packet.bytes
      .read(start, end)
      .then((bytes) => {
        if (!bytes) return;
        const detail = fieldCopy(part, row, bytes, packet, contents.version);
        this.dispatchEvent(new CustomEvent('copy-text', { detail }));
      })
      .catch((error: unknown) => this.payloads?.failed(error));
  }

  /** Does something with the selected value of the payload, where that is a tree. */
  onPayloadValue(action: PayloadValueAction): void {
    this.querySelector<JsonTreeView>('mqtt-json-tree')?.perform(action);
  }

  private keyDown(event: KeyboardEvent): void {
    const { key, ctrlKey, metaKey, altKey } = event;
    const inPart = (part: string): boolean => (event.target as Element).closest(part) !== null;
    const nothingMarked = window.getSelection()?.isCollapsed !== false;
    if (key === 'F8' && !ctrlKey && !metaKey && !altKey) this.goToViolation(event.shiftKey ? -1 : 1);
    else if ((ctrlKey || metaKey) && key === 'c' && nothingMarked && inPart('mqtt-field-tree'))
      this.copyField('value');
    else if ((ctrlKey || metaKey) && key === 'c' && nothingMarked && inPart('.bytes'))
      this.copyField('bytes');
    else return;
    event.preventDefault();
  }

  private splitChanged(split: Partial<DetailSplits>): void {
    this.dispatchEvent(new CustomEvent('detail-splits-changed', { detail: { ...this.splits, ...split } }));
  }
}

customElements.define('mqtt-packet-details', PacketDetails);
