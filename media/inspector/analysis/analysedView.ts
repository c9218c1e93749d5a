import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { grouped } from '../../../src/base/grouped';
import type { Analysed, AnalysisProgress } from '../../../src/inspector/analysisContract';
import { LightElement } from '../lightElement';
import type { TabContext, TabElement } from '../tabs';
import './analysis.css';

/** Milliseconds between two answers while packets come: more often nobody reads it. */
const interval = 1_000;

/**
 * A tab about all packets of the log: asks the extension host while it is in sight, at once again while packets are still to
 * be read, and once a second while more come.
 */
export abstract class AnalysedView<T> extends LightElement implements TabElement {
  static override properties = {
    context: { attribute: false },
    active: { attribute: false },
    result: { state: true },
    progress: { state: true },
  };

  declare context: TabContext;
  active = false;
  protected result: T | undefined = undefined;
  protected progress: AnalysisProgress | undefined = undefined;
  private asking = false;
  private again = false;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
  private askedAt = -Infinity;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Asks the extension host. */
  protected abstract ask(context: TabContext): Promise<Analysed<T>>;

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has('active') && !this.active) {
      clearTimeout(this.timer);
      this.timer = undefined;
    } else if (changed.has('active') || changed.has('context')) this.askSoon();
  }

  /** What is asked for has changed: asks at once, or as soon as the answer that is awaited is there. */
  protected askNow(): void {
    if (this.asking) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.active || !this.isConnected) return;
    this.asking = true;
    this.again = false;
    this.askedAt = performance.now();
    this.ask(this.context)
      .then(
        ({ result, progress }) => {
          this.result = result;
          this.progress = progress;
          this.again ||= progress.pending > 0;
        },
        (error: unknown) => this.context.failed(error),
      )
      .finally(() => {
        this.asking = false;
        if (this.again) this.askNow();
      });
  }

  /** Where the packets come from that the answer is about, and how far it is. */
  protected progressLine(): TemplateResult | typeof nothing {
    const { progress } = this;
    if (!progress) return html`<p class="notice" role="status">Reading the packets …</p>`;
    const { read, pending, missed } = progress;
    if (pending > 1_000) {
      const percent = Math.floor((read / (read + pending)) * 100);
      return html`<p class="notice analysis-progress">
        <progress max="100" value=${percent} aria-label="Packets read"></progress>
        Reading the packets: ${percent} %. What is shown is of those that were read.
      </p>`;
    }
    if (missed === 0) return nothing;
    return html`<p class="notice">
      ${grouped(missed)} packets were dropped for the capture budget before this tab could read them.
    </p>`;
  }

  private askSoon(): void {
    if (!this.active || this.timer !== undefined) return;
    const left = this.askedAt + interval - performance.now();
    if (left <= 0) this.askNow();
    else
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.askNow();
      }, left);
  }
}
