import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { timeModes, type TimeMode } from '../../src/inspector/panelContract';
import { columnOf, type ColumnLayout, type ColumnName } from './columns';
import { LightElement } from './lightElement';
import { timeCaption, type TimeReference } from './timeText';

/** Digits by which a key resizes a column. */
const keyboardStep = 1;

export interface ColumnResized {
  readonly name: ColumnName;
  /** In digits. */
  readonly width: number;
}

/**
 * The heads of the columns. One of them is in the order of focus; arrow keys go from one to the next, and with Alt they
 * resize it. Fires `column-resized`, `time-mode-chosen` and `columns-wanted`; the rest is VS Code's own context menu.
 */
export class PacketHeader extends LightElement {
  static override properties = {
    shown: { attribute: false },
    widths: { attribute: false },
    timeMode: { attribute: false },
    reference: { attribute: false },
    focused: { state: true },
  };

  shown: readonly ColumnName[] = [];
  /** In digits. */
  widths: ColumnLayout['widths'] = {};
  timeMode: TimeMode = 'ofDay';
  reference: TimeReference | undefined = undefined;
  private focused: ColumnName | undefined = undefined;

  protected override render() {
    const inOrder =
      this.focused !== undefined && this.shown.includes(this.focused) ? this.focused : this.shown[0];
    return html`<div class="packet-row packet-head" role="row" aria-rowindex="1">
      ${this.shown.map((name) => this.head(name, name === inOrder))}
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('shown') && this.focused !== undefined && !this.shown.includes(this.focused))
      this.focused = undefined;
  }

  private head(name: ColumnName, inOrder: boolean): TemplateResult {
    const { caption, longCaption } = columnOf(name);
    const time = name === 'time' ? timeCaption(this.timeMode, this.reference) : undefined;
    const label = time?.long ?? longCaption ?? caption;
    return html`<span
      role="columnheader"
      class="head ${name}"
      tabindex=${inOrder ? 0 : -1}
      aria-label=${label}
      title=${
        time
          ? `${time.long}. Click for another way to tell the time.`
          : longCaption === undefined
            ? nothing
            : label
      }
      data-column=${name}
      data-vscode-context=${JSON.stringify({
        webviewSection: 'packetHeader',
        preventDefaultContextMenuItems: true,
        column: name,
        mqttColumnStays: name === 'summary',
      })}
      @focus=${() => (this.focused = name)}
      @keydown=${(event: KeyboardEvent) => this.keyDown(event, name)}
      @click=${() => (name === 'time' ? this.nextTimeMode() : undefined)}
      ><span class="caption">${time?.short ?? caption}</span>${
        name === 'summary' ? nothing : this.handle(name)
      }${name === this.shown.at(-1) ? this.columnsButton() : nothing}</span
    >`;
  }

  private handle(name: ColumnName): TemplateResult {
    return html`<span
      class="resize"
      aria-hidden="true"
      @click=${(event: MouseEvent) => event.stopPropagation()}
      @pointerdown=${(event: PointerEvent) => this.grab(event, name)}
      @dblclick=${() => this.resize(name, columnOf(name).width)}
    ></span>`;
  }

  private columnsButton(): TemplateResult {
    return html`<button
      type="button"
      class="choose-columns codicon codicon-settings"
      aria-label="Choose columns"
      title="Choose Columns…"
      @click=${() => this.dispatchEvent(new CustomEvent('columns-wanted', { bubbles: true }))}
    ></button>`;
  }

  private nextTimeMode(): void {
    const detail = timeModes[(timeModes.indexOf(this.timeMode) + 1) % timeModes.length] ?? 'ofDay';
    this.dispatchEvent(new CustomEvent('time-mode-chosen', { detail, bubbles: true }));
  }

  private keyDown(event: KeyboardEvent, name: ColumnName): void {
    if ((event.target as Element).closest('button') || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    const { key, altKey } = event;
    const forth = key === 'ArrowRight';
    if (altKey && (forth || key === 'ArrowLeft')) {
      if (name !== 'summary') this.resize(name, this.widthOf(name) + (forth ? keyboardStep : -keyboardStep));
    } else if (!altKey && (forth || key === 'ArrowLeft' || key === 'Home' || key === 'End')) {
      const at = this.shown.indexOf(name);
      const last = this.shown.length - 1;
      const target =
        key === 'Home' ? 0 : key === 'End' ? last : Math.max(0, Math.min(at + (forth ? 1 : -1), last));
      this.querySelector<HTMLElement>(`[data-column="${this.shown[target] ?? name}"]`)?.focus();
    } else if (name === 'time' && !altKey && (key === 'Enter' || key === ' ')) {
      this.nextTimeMode();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private grab(event: PointerEvent, name: ColumnName): void {
    const handle = event.currentTarget as HTMLElement;
    const head = handle.parentElement;
    if (!head || event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const from = this.widthOf(name);
    const digit = head.getBoundingClientRect().width / from;
    const start = event.clientX;
    // What stands behind the summary grows to the left.
    const sign =
      this.shown.indexOf(name) > this.shown.indexOf('summary') && this.shown.includes('summary') ? -1 : 1;
    const done = new AbortController();
    const { signal } = done;
    const move = (at: PointerEvent): void => this.resize(name, from + (sign * (at.clientX - start)) / digit);
    handle.addEventListener('pointermove', move, { signal });
    handle.addEventListener('lostpointercapture', () => done.abort(), { signal });
  }

  private widthOf(name: ColumnName): number {
    return this.widths[name] ?? columnOf(name).width;
  }

  private resize(name: ColumnName, width: number): void {
    this.dispatchEvent(
      new CustomEvent<ColumnResized>('column-resized', { detail: { name, width }, bubbles: true }),
    );
  }
}

customElements.define('mqtt-packet-header', PacketHeader);
