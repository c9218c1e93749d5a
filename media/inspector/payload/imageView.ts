import { html, nothing, type PropertyValues } from 'lit';
import { noBytes } from '../../../src/base/bytes';
import { grouped } from '../../../src/base/grouped';
import type { ImageType } from '../../../src/payload/imageType';
import { LightElement } from '../lightElement';

/** A payload as an image: its bytes go to the browser's own decoder, under an address that only this page knows. */
export class PayloadImageView extends LightElement {
  static override properties = {
    bytes: { attribute: false },
    type: { attribute: false },
    label: { attribute: false },
    size: { state: true },
    broken: { state: true },
  };

  bytes: Uint8Array = noBytes;
  type: ImageType = 'image/png';
  label = 'Payload';
  private address: string | undefined = undefined;
  private size: string | undefined = undefined;
  private broken = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('bytes')) return;
    this.forget();
    this.size = undefined;
    this.broken = false;
    // A copy of its own: a view would keep the whole packet.
    this.address = URL.createObjectURL(new Blob([this.bytes.slice()], { type: this.type }));
  }

  protected override render() {
    if (this.address === undefined) return nothing;
    return html`<div class="image-viewport" tabindex="0" role="group" aria-label="${this.label} as Image">
        ${
          this.broken
            ? html`<p class="placeholder">
                The image is damaged: it begins as one, but cannot be decoded. Hex shows its bytes.
              </p>`
            : html`<img
                src=${this.address}
                alt="${this.label} as ${this.type}"
                @load=${(event: Event) => this.loaded(event)}
                @error=${() => (this.broken = true)}
              />`
        }
      </div>
      <p class="notice" role="status">${this.type}${this.size === undefined ? '' : `, ${this.size}`}</p>`;
  }

  private loaded(event: Event): void {
    const { naturalWidth: width, naturalHeight: height } = event.currentTarget as HTMLImageElement;
    this.size = `${grouped(width)} × ${grouped(height)} pixels`;
  }

  private forget(): void {
    if (this.address !== undefined) URL.revokeObjectURL(this.address);
    this.address = undefined;
  }
}

customElements.define('mqtt-payload-image', PayloadImageView);
