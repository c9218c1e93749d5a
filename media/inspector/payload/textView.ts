import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { grouped } from '../../../src/base/grouped';
import { emptySource, type ByteSource } from '../byteSource';
import { LightElement } from '../lightElement';
import { VirtualRows } from '../virtualRows';
import { textLines, type TextLine } from './textLines';
import { readTextPage, textPageCount, type TextPage } from './textPages';

const lineHeight = 20;

/** A payload as text, of which a long one is fetched and shown page by page. */
export class PayloadTextView extends LightElement {
  static override properties = {
    bytes: { attribute: false },
    label: { attribute: false },
    failed: { attribute: false },
    page: { state: true },
    shown: { state: true },
  };

  bytes: ByteSource = emptySource;
  label = 'Payload';
  failed: (error: unknown) => void = () => undefined;
  private page = 0;
  private shown: TextPage | 'gone' | undefined = undefined;
  private lines: readonly TextLine[] = [];
  private rows: VirtualRows | undefined = undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.rows?.dispose();
    this.rows = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('bytes')) this.goTo(0);
  }

  protected override render() {
    const { shown, bytes } = this;
    return html`${textPageCount(bytes.length) > 1 ? this.pager() : nothing}
    ${
      typeof shown === 'object' && shown.illFormedAt !== undefined
        ? html`<p class="notice">
            Not UTF-8: the byte at offset ${grouped(shown.illFormedAt)} belongs to no character. Such bytes
            show as �; hex has them.
          </p>`
        : nothing
    }
    ${
      shown === 'gone'
        ? html`<p class="placeholder">The packet is no longer in the log.</p>`
        : bytes.length === 0
          ? html`<p class="placeholder">The payload is empty.</p>`
          : this.text()
    }`;
  }

  protected override updated(changed: PropertyValues): void {
    const viewport = this.querySelector<HTMLElement>('.text-viewport');
    if (!viewport) {
      this.rows?.dispose();
      this.rows = undefined;
      return;
    }
    this.rows ??= new VirtualRows({
      viewport,
      estimatedHeight: lineHeight,
      changed: () => this.requestUpdate(),
    });
    if (changed.has('shown')) {
      this.rows.setCount(this.lines.length, true);
      this.rows.toStart();
      this.requestUpdate();
    }
    this.place(viewport, this.rows);
  }

  private pager() {
    const count = textPageCount(this.bytes.length);
    const { page, shown } = this;
    const span =
      typeof shown === 'object'
        ? `bytes ${grouped(shown.start)} to ${grouped(Math.max(0, shown.end - 1))} of ${grouped(this.bytes.length)}`
        : 'loading';
    const step = (label: string, icon: string, target: number) =>
      html`<button
        type="button"
        class="small-button"
        title=${label}
        aria-label=${label}
        ?disabled=${target < 0 || target >= count || target === page}
        @click=${() => this.goTo(target)}
      >
        <span class="codicon codicon-${icon}" aria-hidden="true"></span>
      </button>`;
    return html`<div class="pager" role="group" aria-label="Pages of the payload">
      ${step('First page', 'chevron-left', 0)} ${step('Previous page', 'arrow-left', page - 1)}
      <label
        >Page
        <input
          type="number"
          min="1"
          max=${count}
          .value=${String(page + 1)}
          @change=${(event: Event) => this.typed(event)}
        />
        of ${grouped(count)}</label
      >
      ${step('Next page', 'arrow-right', page + 1)} ${step('Last page', 'chevron-right', count - 1)}
      <span class="place" role="status">${span}</span>
    </div>`;
  }

  private typed(event: Event): void {
    const page = Math.round((event.currentTarget as HTMLInputElement).valueAsNumber) - 1;
    if (page >= 0 && page < textPageCount(this.bytes.length)) this.goTo(page);
    else this.requestUpdate();
  }

  private goTo(page: number): void {
    const { bytes } = this;
    this.page = page;
    readTextPage(bytes, page)
      .then((shown) => {
        if (this.bytes !== bytes || this.page !== page) return;
        this.lines = shown ? textLines(shown.text) : [];
        this.shown = shown ?? 'gone';
      })
      .catch((error: unknown) => this.failed(error));
  }

  private text() {
    return html`<div class="text-viewport" tabindex="0" role="document" aria-label="${this.label} as Text">
      <div class="spacer">
        <div class="window">
          ${repeat(
            this.rows?.items ?? [],
            ({ key }) => key,
            ({ index }) =>
              html`<div class="text-line" data-index=${index}>
                <span class="token plain">${this.lines[index]?.text ?? ''}</span>
              </div>`,
          )}
        </div>
      </div>
    </div>`;
  }

  private place(viewport: HTMLElement, rows: VirtualRows): void {
    const spacer = viewport.querySelector<HTMLElement>('.spacer');
    const window = viewport.querySelector<HTMLElement>('.window');
    if (!spacer || !window) return;
    spacer.style.height = `${rows.height}px`;
    window.style.transform = `translateY(${rows.items[0]?.start ?? 0}px)`;
    rows.measure(viewport.querySelectorAll<HTMLElement>('.text-line'));
  }
}

customElements.define('mqtt-payload-text', PayloadTextView);
