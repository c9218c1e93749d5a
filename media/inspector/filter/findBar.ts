import { html, type TemplateResult } from 'lit';
import { LightElement } from '../lightElement';
import './filterBar.css';

/** A text to look for, and which way. */
export interface FindWanted {
  readonly what: { readonly text: string; readonly ignoreCase: boolean };
  readonly step: 1 | -1;
}

export type FindMessage = 'searching' | 'none' | 'noViolation' | 'wrapped' | 'found';

const texts: Readonly<Record<FindMessage, string>> = {
  searching: 'Searching…',
  none: 'No packet has it',
  noViolation: 'No packet breaks a rule',
  wrapped: 'Found from the other end on',
  found: '',
};

/**
 * Looks for a text in topics and payloads of the packets that the list shows. Fires `find` with what is wanted and the
 * way, and `find-closed`.
 */
export class FindBar extends LightElement {
  static override properties = { ignoreCase: { state: true }, message: { state: true } };

  private ignoreCase = true;
  private message: FindMessage = 'found';

  /** Takes the focus; `text` is what was typed before it was there. */
  begin(text: string): void {
    const { input } = this;
    if (text !== '') input.value = text;
    input.focus();
    if (text === '') input.select();
  }

  tell(message: FindMessage): void {
    this.message = message;
  }

  protected override render(): TemplateResult {
    const { ignoreCase, message } = this;
    return html`<div class="find-bar" role="search" @keydown=${(event: KeyboardEvent) => this.keyDown(event)}>
      <span class="codicon codicon-search" aria-hidden="true"></span>
      <input
        type="text"
        class="find-input"
        aria-label="Find text in topics and payloads"
        placeholder="Find text in topics and payloads"
        spellcheck="false"
        maxlength="1000"
      />
      ${this.button('case-sensitive', 'Match case', () => (this.ignoreCase = !ignoreCase), !ignoreCase)}
      ${this.button('arrow-up', 'Previous match (Shift+F3)', () => this.find(-1))}
      ${this.button('arrow-down', 'Next match (F3)', () => this.find(1))}
      <span class="find-message" role="status">${texts[message]}</span>
      <span class="grow"></span>
      ${this.button('close', 'Close find (Escape)', () => this.dispatchEvent(new CustomEvent('find-closed')))}
    </div>`;
  }

  private get input(): HTMLInputElement {
    return this.querySelector('input') as HTMLInputElement;
  }

  private button(icon: string, label: string, action: () => void, pressed?: boolean): TemplateResult {
    return html`<button
      type="button"
      class="icon-button ${pressed ? 'pressed' : ''}"
      aria-label=${label}
      title=${label}
      aria-pressed=${pressed === undefined ? 'false' : String(pressed)}
      @click=${action}
    >
      <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    </button>`;
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.dispatchEvent(new CustomEvent('find-closed'));
    else if (event.key === 'Enter' && event.target === this.input) this.find(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private find(step: 1 | -1): void {
    const text = this.input.value;
    if (text === '') return;
    const what = { text, ignoreCase: this.ignoreCase };
    this.dispatchEvent(new CustomEvent('find', { detail: { what, step } }));
  }
}

customElements.define('mqtt-find-bar', FindBar);
