import { css, html, LitElement, type PropertyValues } from 'lit';

const keyboardStep = 0.02;
const smallest = 0.1;
const largest = 0.9;

/**
 * Two panes with a sash between them that pointer and arrow keys move. `position` is the first pane's fraction of the
 * space, so that it means the same in a window of another size. Fires `split-changed` when the person moved it.
 */
export class PaneSplit extends LitElement {
  static override properties = {
    direction: { type: String, reflect: true },
    position: { type: Number },
    label: { type: String },
  };

  static override styles = css`
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
    }
    :host([direction='row']) {
      flex-direction: row;
    }
    .pane {
      display: flex;
      flex: 1 1 0;
      min-width: 0;
      min-height: 0;
      overflow: hidden;
    }
    .pane.start {
      flex: 0 0 var(--start);
    }
    ::slotted(*) {
      flex: 1 1 auto;
      min-width: 0;
      min-height: 0;
    }
    .sash {
      position: relative;
      flex: 0 0 1px;
      z-index: 2;
      background: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
      touch-action: none;
    }
    .sash::after {
      content: '';
      position: absolute;
      inset: -2px 0;
      cursor: ns-resize;
    }
    :host([direction='row']) .sash::after {
      inset: 0 -2px;
      cursor: ew-resize;
    }
    .sash:hover::after,
    .sash:active::after,
    .sash:focus-visible::after {
      background: var(--vscode-sash-hoverBorder, var(--vscode-focusBorder));
    }
    .sash:hover::after {
      transition: background-color 0.1s ease-out 0.3s;
    }
    .sash:focus {
      outline: none;
    }
  `;

  direction: 'row' | 'column' = 'column';
  position = 0.5;
  label = '';

  protected override render() {
    return html`<div class="pane start"><slot name="start"></slot></div>
      <div
        class="sash"
        role="separator"
        tabindex="0"
        aria-label=${this.label}
        aria-orientation=${this.direction === 'row' ? 'vertical' : 'horizontal'}
        aria-valuemin=${smallest * 100}
        aria-valuemax=${largest * 100}
        aria-valuenow=${Math.round(this.position * 100)}
        @pointerdown=${(event: PointerEvent) => this.grab(event)}
        @keydown=${(event: KeyboardEvent) => this.step(event)}
      ></div>
      <div class="pane"><slot name="end"></slot></div>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('position')) this.style.setProperty('--start', `${this.position * 100}%`);
  }

  private grab(event: PointerEvent): void {
    const sash = event.currentTarget as HTMLElement;
    event.preventDefault();
    sash.setPointerCapture(event.pointerId);
    const done = new AbortController();
    const move = (at: PointerEvent): void => {
      const box = this.getBoundingClientRect();
      const [from, size, pointer] =
        this.direction === 'row' ? [box.left, box.width, at.clientX] : [box.top, box.height, at.clientY];
      if (size > 0) this.moveTo((pointer - from) / size);
    };
    sash.addEventListener('pointermove', move, { signal: done.signal });
    sash.addEventListener('lostpointercapture', () => done.abort(), { signal: done.signal });
  }

  private step(event: KeyboardEvent): void {
    const [back, forth] = this.direction === 'row' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
    if (event.key !== back && event.key !== forth) return;
    event.preventDefault();
    this.moveTo(this.position + (event.key === back ? -keyboardStep : keyboardStep));
  }

  private moveTo(position: number): void {
    this.position = Math.max(smallest, Math.min(position, largest));
    this.dispatchEvent(new CustomEvent('split-changed', { detail: this.position }));
  }
}

customElements.define('mqtt-pane-split', PaneSplit);
