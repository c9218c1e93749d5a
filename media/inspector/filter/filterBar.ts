import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { grouped } from '../../../src/base/grouped';
import type { FilterState } from '../../../src/inspector/filterContract';
import { whereVocabulary } from '../../../src/protocol/whereVocabulary';
import { completionsAt, type Completion, type KnownValues } from '../../../src/where/completion';
import { parseWhere } from '../../../src/where/parser';
import { describeWhereProblem, type WhereProblem } from '../../../src/where/whereProblem';
import { LightElement } from '../lightElement';
import './filterBar.css';

/** One line of the list below the input: a completion, or a filter of before as a whole. */
interface Offer extends Completion {
  readonly start: number;
  readonly end: number;
}

/**
 * Where a filter is written. Fires `filter-applied` with an expression, empty for none, `filter-stopped`,
 * `filter-resumed`, and `values-wanted` when it wants to know what can be compared with.
 */
export class FilterBar extends LightElement {
  static override properties = {
    text: { attribute: false },
    state: { attribute: false },
    problem: { attribute: false },
    history: { attribute: false },
    known: { attribute: false },
    total: { attribute: false },
    offers: { state: true },
    chosen: { state: true },
    typed: { state: true },
  };

  /** The filter that is set. */
  text = '';
  state: FilterState | undefined = undefined;
  problem: WhereProblem | undefined = undefined;
  history: readonly string[] = [];
  known: KnownValues = { clients: [], topics: [] };
  total = 0;
  private offers: readonly Offer[] = [];
  private chosen = -1;
  private typed = '';
  /** What `problem` is about: the host answered to this text, and the person may have written on since. */
  private refused = '';

  override focus(): void {
    this.input.focus();
  }

  /** Puts a text in that is not the filter, since `problem` keeps it from being one. */
  refuse(text: string): void {
    this.typed = text;
    this.refused = text;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this.typed = this.text;
  }

  protected override render(): TemplateResult {
    const { typed, offers, chosen, text } = this;
    const problem = this.shownProblem;
    const open = offers.length > 0;
    return html`<div class="filter-bar">
        <div class="filter-field ${problem ? 'wrong' : text === '' ? '' : 'set'}">
          <span class="codicon codicon-filter" aria-hidden="true"></span>
          <div class="filter-text">
            <div class="filter-mirror" aria-hidden="true">${this.mirror(problem)}</div>
            <input
              type="text"
              class="filter-input"
              role="combobox"
              aria-label="Filter packets"
              aria-autocomplete="list"
              aria-expanded=${open}
              aria-controls="filter-offers"
              aria-activedescendant=${open && chosen >= 0 ? `filter-offer-${chosen}` : nothing}
              aria-invalid=${problem !== undefined}
              aria-describedby=${problem ? 'filter-problem' : nothing}
              placeholder='Filter, such as topic ~ "devices/+/state" and qos == 1'
              spellcheck="false"
              autocomplete="off"
              .value=${typed}
              @input=${() => this.written()}
              @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
              @focus=${() => this.dispatchEvent(new CustomEvent('values-wanted'))}
              @blur=${() => this.close()}
              @scroll=${() => this.alignMirror()}
            />
          </div>
          ${this.button('history', 'Earlier filters', () => this.offerHistory(), this.history.length === 0)}
          ${this.button('clear-all', 'Clear the filter', () => this.clear(), typed === '' && text === '')}
          ${open ? this.list() : nothing}
        </div>
        ${this.progress()}
      </div>
      ${problem ? html`<p class="filter-problem" id="filter-problem" role="alert">${describeWhereProblem(problem)}</p>` : nothing}`;
  }

  protected override updated(): void {
    this.alignMirror();
    this.querySelector('.filter-offer.chosen')?.scrollIntoView({ block: 'nearest' });
  }

  private get input(): HTMLInputElement {
    return this.querySelector('.filter-input') as HTMLInputElement;
  }

  /** While somebody writes, that something is still missing at the end is no news. */
  private get shownProblem(): WhereProblem | undefined {
    const { typed, problem, text, refused } = this;
    if (problem && typed === refused) return problem;
    if (typed.trim() === '' || typed === text) return undefined;
    const parsed = parseWhere(typed, whereVocabulary);
    if (!('problem' in parsed)) return undefined;
    const atEnd = parsed.problem.end >= typed.trimEnd().length;
    return atEnd ? undefined : parsed.problem;
  }

  /** The text once more behind the input, for the line under what is wrong. */
  private mirror(problem: WhereProblem | undefined): TemplateResult | string {
    if (!problem) return '';
    const { typed } = this;
    const { start } = problem;
    // What is missing at the end is marked behind it.
    const wrong = typed.slice(start, problem.end) || '\u00a0';
    return html`<span>${typed.slice(0, start)}</span><span class="wrong-part">${wrong}</span>`;
  }

  private alignMirror(): void {
    const mirror = this.querySelector('.filter-mirror');
    // Where the input is scrolled to takes a layout of the page to know, which an empty mirror is not worth.
    if (mirror?.childElementCount) mirror.scrollLeft = this.input.scrollLeft;
  }

  private progress(): TemplateResult | typeof nothing {
    const { state, total } = this;
    if (!state) return nothing;
    const found = state.end - state.first;
    const percent = Math.floor(state.scanned * 100);
    const { stopped } = state;
    const scanning = state.scanning && !stopped && percent < 99;
    return html`<span class="filter-count"
        >${grouped(found)} of ${grouped(total)}
        packets${stopped ? ` · stopped at ${percent} %` : scanning ? ` · ${percent} %` : ''}</span
      >
      ${this.limit(state)}
      ${scanning ? html`<progress max="100" .value=${percent} aria-label="Filtering"></progress>` : nothing}
      ${
        // One button for both, so that it keeps the focus of who presses it.
        stopped
          ? this.button('debug-continue', 'Go on with the filter', () => this.tell('filter-resumed'))
          : scanning
            ? this.button('debug-stop', 'Stop filtering', () => this.tell('filter-stopped'))
            : nothing
      }`;
  }

  private limit({ shortened }: FilterState): TemplateResult | typeof nothing {
    if (shortened === 0) return nothing;
    const packets = shortened === 1 ? '1 packet' : `${grouped(shortened)} packets`;
    return html`<span
      class="filter-limit"
      title="A regular expression sees the first 65,536 characters of a payload or fewer, and everything else its first MiB. “text contains” and “hex contains” look through all of it."
      ><span class="codicon codicon-warning" aria-hidden="true"></span> only the beginning of the payload was
      looked at in ${packets}</span
    >`;
  }

  private list(): TemplateResult {
    return html`<div class="filter-offers" id="filter-offers" role="listbox" aria-label="What can stand here">
      ${this.offers.map(
        ({ label, description }, index) =>
          html`<div
            class="filter-offer ${index === this.chosen ? 'chosen' : ''}"
            id="filter-offer-${index}"
            role="option"
            aria-selected=${index === this.chosen}
            @pointerdown=${(event: PointerEvent) => {
              // The input keeps the focus.
              event.preventDefault();
              this.accept(index);
            }}
          >
            <span class="offer-label">${label}</span><span class="offer-description">${description}</span>
          </div>`,
      )}
    </div>`;
  }

  private button(icon: string, label: string, action: () => void, disabled = false): TemplateResult {
    return html`<button
      type="button"
      class="icon-button"
      aria-label=${label}
      title=${label}
      ?disabled=${disabled}
      @click=${action}
    >
      <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    </button>`;
  }

  private written(): void {
    this.typed = this.input.value;
    this.complete();
  }

  private complete(): void {
    const at = this.input.selectionStart ?? this.typed.length;
    const { start, end, items } = completionsAt(this.typed, at, whereVocabulary, this.known);
    this.offers = items.map((item) => ({ ...item, start, end }));
    this.chosen = -1;
  }

  private offerHistory(): void {
    this.input.focus();
    const { length } = this.typed;
    this.offers = this.history.map((text) => ({
      label: text,
      insert: text,
      description: '',
      start: 0,
      end: length,
    }));
    this.chosen = this.offers.length > 0 ? 0 : -1;
  }

  private close(): void {
    this.offers = [];
    this.chosen = -1;
  }

  private keyDown(event: KeyboardEvent): void {
    const { offers, chosen } = this;
    if (event.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      if (offers.length > 0)
        this.chosen = (chosen + step + offers.length + (chosen < 0 && step < 0 ? 1 : 0)) % offers.length;
      else if (this.typed === '' || event.altKey) this.offerHistory();
      else this.complete();
    } else if ((event.key === 'Enter' || event.key === 'Tab') && chosen >= 0) this.accept(chosen);
    else if (event.key === 'Tab' && !event.shiftKey && this.hasBegun) this.accept(0);
    else if (event.key === 'Enter') this.apply();
    else if (event.key === ' ' && event.ctrlKey) this.complete();
    else if (event.key === 'Escape' && offers.length > 0) this.close();
    else if (event.key === 'Escape') this.typed = this.text;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether what is offered ends a word that was begun. Where none was, Tab leaves the input, as anywhere. */
  private get hasBegun(): boolean {
    const [first] = this.offers;
    return first !== undefined && first.start < (this.input.selectionStart ?? 0);
  }

  private accept(index: number): void {
    const offer = this.offers[index];
    if (!offer) return;
    const { start, end, insert } = offer;
    const isWhole = start === 0 && end === this.typed.length && this.history.includes(insert);
    const rest = this.typed.slice(end);
    const gap = isWhole || insert.endsWith('.') || rest.startsWith(' ') ? '' : ' ';
    this.typed = this.typed.slice(0, start) + insert + gap + rest;
    const at = start + insert.length + gap.length;
    this.close();
    if (isWhole) {
      this.apply();
      return;
    }
    void this.updateComplete.then(() => {
      this.input.setSelectionRange(at, at);
      this.complete();
    });
  }

  private apply(): void {
    this.close();
    this.typed = this.typed.trim();
    this.dispatchEvent(new CustomEvent('filter-applied', { detail: this.typed }));
  }

  private clear(): void {
    this.typed = '';
    this.input.focus();
    this.apply();
  }

  private tell(name: 'filter-stopped' | 'filter-resumed'): void {
    this.dispatchEvent(new CustomEvent(name));
  }
}

customElements.define('mqtt-filter-bar', FilterBar);
