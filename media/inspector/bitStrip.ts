import { html, nothing, type PropertyValues } from 'lit';
import { hexByte } from '../../src/base/bytes';
import { grouped } from '../../src/base/grouped';
import type { Disposable } from '../../src/base/lifecycle';
import { emptySource, type ByteSource } from './byteSource';
import type { BitRange, Span } from '../../src/base/spans';
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
          >${length > 1 ? `${start} – ${end - 1}` : start} · ${grouped(length)} bytes</span
        >`;
    }
    const byte = this.bytes.at(start) ?? 0;
    const hidden = this.concealed.some(({ start: from, end: to }) => from <= start && start < to);
    return html`<span>${field.label}</span>
      <span class="place">byte ${start}</span>
      ${
        hidden
          ? nothing
          : html`<span
                class="bit-boxes"
                role="listbox"
                tabindex="0"
                aria-orientation="horizontal"
                aria-label="Bits of byte ${start}"
                aria-activedescendant=${this.markedBit(field.bits) === undefined ? nothing : `bit-${this.markedBit(field.bits)}`}
                @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
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
      role="option"
      id="bit-${bit}"
      aria-selected=${bits !== undefined && marked}
      aria-label=${this.bitLabel(bit, (byte >> bit) & 1)}
      title=${this.bitLabel(bit, (byte >> bit) & 1)}
      @pointerenter=${() => this.hoverBit(bit)}
      @pointerleave=${() => this.highlight?.hover(undefined)}
      @click=${() => this.selectBit(bit)}
      >${(byte >> bit) & 1}</span
    >`;
  }

  private bitLabel(bit: number, value: number): string {
    const label = this.fieldOfBit(bit)?.label;
    return `bit ${bit}: ${value}${label === undefined ? '' : ` (${label})`}`;
  }

  /** The highest bit of the field that is selected, if it has some of the byte's alone. */
  private markedBit(bits: BitRange | undefined): number | undefined {
    return bits?.high;
  }

  /** The arrow keys go from one field of bits to the next; the first of them goes into the byte. */
  private keyDown(event: KeyboardEvent): void {
    const { highlight } = this;
    const { key } = event;
    // The keyboard goes from what is selected, wherever the pointer was left.
    highlight?.hover(undefined);
    const field = highlight?.selected;
    if (!field || event.ctrlKey || event.altKey || event.metaKey) return;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: field.bits ? field.bits.high + 1 : 0,
      ArrowRight: field.bits ? field.bits.low - 1 : 7,
      Home: 7,
      End: 0,
    };
    const bit = targets[key];
    if (bit === undefined) return;
    event.preventDefault();
    this.selectBit(Math.max(0, Math.min(bit, 7)));
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
