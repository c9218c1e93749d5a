import { html, nothing, type PropertyValues } from 'lit';
import { hexByte } from '../../src/base/bytes';
import type { Disposable } from '../../src/base/lifecycle';
import type { Span } from '../../src/base/spans';
import { emptySource, type ByteSource } from './byteSource';
import type { Highlight } from './highlight';
import { LightElement } from './lightElement';

const bitNumbers = [7, 6, 5, 4, 3, 2, 1, 0] as const;

/** One line under the bytes: where the hovered or selected field lies, and for a single byte its bits. */
export class BitStrip extends LightElement {
  static override properties = {
    bytes: { attribute: false },
    concealed: { attribute: false },
    highlight: { attribute: false },
  };

  bytes: ByteSource = emptySource;
  concealed: readonly Span[] = [];
  highlight: Highlight | undefined = undefined;
  private subscription: Disposable | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.subscription?.dispose();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('highlight')) return;
    this.subscription?.dispose();
    this.subscription = this.highlight?.onDidChange(() => this.requestUpdate());
  }

  protected override render() {
    const field = this.highlight?.hovered ?? this.highlight?.selected;
    if (!field) return html`<span class="hint">Point at a field or a byte</span>`;
    const { start, end } = field;
    const length = end - start;
    if (length !== 1) {
      return html`<span>${field.label}</span>
        <span class="place"
          >${length > 1 ? `${start} – ${end - 1}` : start} · ${length.toLocaleString('en')} bytes</span
        >`;
    }
    const byte = this.bytes.at(start) ?? 0;
    const hidden = this.concealed.some(({ start: from, end: to }) => from <= start && start < to);
    return html`<span>${field.label}</span>
      <span class="place">byte ${start}</span>
      ${
        hidden
          ? nothing
          : html`<span class="bit-boxes" aria-label="bits ${byte.toString(2).padStart(8, '0')}"
                >${bitNumbers.map((bit) => this.bit(byte, bit))}</span
              >
              <span class="place">0x${hexByte(byte)} · ${byte}</span>`
      }`;
  }

  private bit(byte: number, bit: number) {
    const field = this.highlight?.hovered ?? this.highlight?.selected;
    const bits = field?.bits;
    const marked = bits === undefined || (bits.low <= bit && bit <= bits.high);
    return html`<span
      class="bit ${marked ? 'marked' : ''} ${bit === 4 ? 'nibble' : ''}"
      title="bit ${bit}"
      aria-hidden="true"
      @pointerenter=${() => this.hoverBit(bit)}
      @pointerleave=${() => this.highlight?.hover(undefined)}
      @click=${() => this.selectBit(bit)}
      >${(byte >> bit) & 1}</span
    >`;
  }

  private fieldOfBit(bit: number) {
    const { highlight } = this;
    const field = highlight?.hovered ?? highlight?.selected;
    if (!highlight || !field) return undefined;
    const flags = field.bits ? highlight.model.parentOf(field) : field;
    return flags && highlight.model.fieldOfBit(flags, bit);
  }

  private hoverBit(bit: number): void {
    const field = this.fieldOfBit(bit);
    if (field) this.highlight?.hover(field);
  }

  private selectBit(bit: number): void {
    const field = this.fieldOfBit(bit);
    if (field) this.highlight?.select(field);
  }
}

customElements.define('mqtt-bit-strip', BitStrip);
