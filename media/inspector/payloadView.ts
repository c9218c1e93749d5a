import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { noBytes } from '../../src/base/bytes';
import { showBytes } from '../../src/protocol/show';
import { payloadFormat } from '../../src/payload/registry';
import './byteView';
import { LightElement } from './lightElement';
import './payloadView.css';
import { lineTokens, payloadModes, payloadText } from './payloadText';
import type { PayloadMode, PayloadText, TextLine } from './payloadText';
import { VirtualRows } from './virtualRows';

const lineHeight = 20;
/** Nested deeper, lines stay where they are: a payload may nest as deep as it is long. */
const deepestIndent = 40;

/** What a packet carries for applications, as JSON, text or bytes. Fires `mode-changed` with the person's choice. */
export class PayloadView extends LightElement {
  static override properties = {
    bytes: { attribute: false },
    label: { attribute: false },
    mode: { attribute: false },
  };

  bytes: Uint8Array = noBytes;
  label = 'Payload';
  mode: PayloadMode = 'auto';
  private text: PayloadText = { form: 'text', lines: [], notices: [] };
  private rows: VirtualRows | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dropRows();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('bytes') && !changed.has('mode')) return;
    this.text = payloadText(this.bytes, this.mode);
  }

  protected override render() {
    return html`<div class="pane-head">
        <span class="title">${this.label}</span>
        <span class="place">${showBytes(this.bytes.length)}</span>
        <span class="place">${payloadFormat(this.text.form).name}</span>
        <span class="grow"></span>
        <vscode-single-select
          label="Show the payload as"
          .value=${this.mode}
          @change=${(event: Event) => this.modeChosen(event)}
        >
          ${payloadModes.map(
            (mode) =>
              html`<vscode-option value=${mode}
                >${mode === 'auto' ? 'Automatic' : payloadFormat(mode).name}</vscode-option
              >`,
          )}
        </vscode-single-select>
      </div>
      ${this.text.notices.map((notice) => html`<p class="notice">${notice}</p>`)}
      ${
        this.text.form === 'hex'
          ? html`<mqtt-byte-view
              .bytes=${this.bytes}
              .label=${`${this.label} in hexadecimal`}
            ></mqtt-byte-view>`
          : this.bytes.length === 0
            ? html`<p class="placeholder">The payload is empty.</p>`
            : this.lines()
      }`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const viewport = this.querySelector<HTMLElement>('.text-viewport');
    if (!viewport) {
      this.dropRows();
      return;
    }
    if (!this.rows) {
      this.rows = new VirtualRows({
        viewport,
        estimatedHeight: lineHeight,
        changed: () => this.requestUpdate(),
      });
      this.rows.setCount(this.text.lines.length, true);
      this.requestUpdate();
    } else if (changed.has('bytes') || changed.has('mode')) {
      this.rows.setCount(this.text.lines.length, true);
      this.rows.toStart();
      this.requestUpdate();
    }
    this.place(viewport);
  }

  private lines() {
    const items = this.rows?.items ?? [];
    return html`<div
      class="text-viewport"
      tabindex="0"
      role="document"
      aria-label="${this.label} as ${payloadFormat(this.text.form).name}"
    >
      <div class="spacer">
        <div class="window">
          ${repeat(
            items,
            ({ key }) => key,
            ({ index }) => {
              const line = this.text.lines[index];
              return line ? this.line(line, index) : nothing;
            },
          )}
        </div>
      </div>
    </div>`;
  }

  private line(line: TextLine, index: number) {
    const tokens = lineTokens(line, this.text.form);
    return html`<div class="text-line" data-index=${index} data-indent=${line.indent}>
      ${tokens.map(({ kind, text }) => html`<span class=${`token ${kind}`}>${text}</span>`)}
    </div>`;
  }

  private place(viewport: HTMLElement): void {
    const spacer = viewport.querySelector<HTMLElement>('.spacer');
    const window = viewport.querySelector<HTMLElement>('.window');
    const { rows } = this;
    if (!rows || !spacer || !window) return;
    spacer.style.height = `${rows.height}px`;
    window.style.transform = `translateY(${rows.items[0]?.start ?? 0}px)`;
    const lines = viewport.querySelectorAll<HTMLElement>('.text-line');
    for (const line of lines) {
      const indent = Math.min(Number(line.dataset['indent']), deepestIndent);
      line.style.paddingInlineStart = `calc(${indent * 2}ch + 10px)`;
    }
    rows.measure(lines);
  }

  private dropRows(): void {
    this.rows?.dispose();
    this.rows = undefined;
  }

  private modeChosen(event: Event): void {
    const chosen = (event.currentTarget as VscodeSingleSelect).value;
    const mode = payloadModes.find((known) => known === chosen);
    if (mode) this.dispatchEvent(new CustomEvent('mode-changed', { detail: mode, bubbles: true }));
  }
}

customElements.define('mqtt-payload-view', PayloadView);
