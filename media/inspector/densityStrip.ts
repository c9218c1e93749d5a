import { html, type PropertyValues } from 'lit';
import type { Density } from '../../src/inspector/panelContract';
import { brokenRules } from './announcements';
import './densityStrip.css';
import { LightElement } from './lightElement';

/** Pixels of a slice, and the least height of the mark of a violation, which is what one looks for. */
const sliceHeight = 2;
const markHeight = 3;
/** Milliseconds until the strip asks again: while the host still reads, and while packets come. */
const soon = 250;
const later = 1000;

/**
 * What the list shows, the whole log or the matches of a filter, beside its scroll bar: the faster the packets came the longer
 * the line, and where one breaks a rule a mark. Asks only while it is in sight and there is news. Fires `strip-jump` with a
 * fraction of it, and `density-known` of the log.
 */
export class DensityStrip extends LightElement {
  static override properties = {
    end: { attribute: false },
    first: { attribute: false },
    numbering: { attribute: false },
  };

  first = 0;
  end = 0;
  /** The filter whose matches `first` and `end` count, 0 for the log: what was known of another is of no use. */
  numbering = 0;
  /** Gives the log in so many slices. */
  fetch: ((slices: number) => Promise<Density>) | undefined = undefined;
  private density: Density | undefined = undefined;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
  private asking = false;
  private readonly resized = new ResizeObserver(() => this.askIn(0));
  /** VS Code changes the class and the variables of these when its theme changes. */
  private readonly themed = new MutationObserver(() => this.draw());

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
    this.themed.observe(document.body, { attributeFilter: ['class'] });
    this.themed.observe(document.documentElement, { attributeFilter: ['style'] });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.resized.disconnect();
    this.themed.disconnect();
  }

  protected override render() {
    return html`<canvas
      role="img"
      aria-label=${this.label}
      title="${this.subject}: the longer a line the faster packets came; a mark is a broken rule. Click to go there."
      @pointerdown=${(event: PointerEvent) => this.grab(event)}
    ></canvas>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('numbering')) {
      this.density = undefined;
      this.draw();
      this.askIn(0);
    } else if (changed.has('first') || changed.has('end')) this.askIn(this.density ? later : 0);
  }

  private get subject(): string {
    return this.numbering === 0 ? 'The whole log' : 'All packets that the filter shows';
  }

  private get label(): string {
    const broken = this.density?.violations.reduce((sum, count) => sum + count, 0) ?? 0;
    return `${this.subject}: ${brokenRules(broken)}`;
  }

  private askIn(delay: number): void {
    if (this.timer !== undefined && delay > 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.ask();
    }, delay);
  }

  private async ask(): Promise<void> {
    const slices = Math.floor(this.clientHeight / sliceHeight);
    if (slices === 0 || !this.fetch || this.asking || !this.isConnected) return;
    this.asking = true;
    const { numbering } = this;
    let density: Density;
    try {
      density = await this.fetch(slices);
    } catch (error) {
      this.dispatchEvent(new CustomEvent('strip-failed', { detail: error, bubbles: true }));
      return;
    } finally {
      this.asking = false;
    }
    if (numbering !== this.numbering) {
      this.askIn(0);
      return;
    }
    this.density = density;
    this.draw();
    this.requestUpdate();
    if (numbering === 0)
      this.dispatchEvent(new CustomEvent<Density>('density-known', { detail: density, bubbles: true }));
    if (density.unread > 0) this.askIn(soon);
    else if (density.end !== this.end || density.first !== this.first) this.askIn(later);
  }

  private draw(): void {
    const { density } = this;
    const canvas = this.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    const { clientWidth: width, clientHeight: height } = this;
    const scale = window.devicePixelRatio;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    if (!density) return;
    context.scale(scale, scale);
    const style = getComputedStyle(this);
    const fastest = Math.log1p(Math.max(...density.rates, 1));
    const slice = height / Math.max(1, density.rates.length);
    context.fillStyle = style.getPropertyValue('--density');
    // The rate is the ground on which violations stand out; in high contrast nothing is dimmed.
    context.globalAlpha = document.body.className.includes('high-contrast') ? 1 : 0.5;
    for (const [index, rate] of density.rates.entries()) {
      const length = Math.max(1, (Math.log1p(rate) / fastest) * width);
      context.fillRect(0, index * slice, length, Math.max(1, slice));
    }
    context.globalAlpha = 1;
    context.fillStyle = style.getPropertyValue('--violation');
    for (const [index, count] of density.violations.entries()) {
      const high = Math.max(markHeight, slice);
      if (count > 0) context.fillRect(0, index * slice + (slice - high) / 2, width, high);
    }
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const canvas = event.currentTarget as HTMLElement;
    canvas.setPointerCapture(event.pointerId);
    const done = new AbortController();
    const { signal } = done;
    const jump = (at: PointerEvent): void => {
      const { top, height } = canvas.getBoundingClientRect();
      const fraction = Math.max(0, Math.min((at.clientY - top) / height, 1));
      this.dispatchEvent(new CustomEvent<number>('strip-jump', { detail: fraction }));
    };
    canvas.addEventListener('pointermove', jump, { signal });
    canvas.addEventListener('lostpointercapture', () => done.abort(), { signal });
    jump(event);
  }
}

customElements.define('mqtt-density-strip', DensityStrip);
