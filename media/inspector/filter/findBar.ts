import { html, nothing, type TemplateResult } from 'lit';
import { LightElement } from '../lightElement';
import './filterBar.css';

/** A text to look for, and which way. */
export interface FindWanted {
  readonly what: { readonly text: string; readonly ignoreCase: boolean };
  readonly step: 1 | -1;
  /** It was typed, so the packet that is looked at may be the one: each character makes it another text. */
  readonly isTyped: boolean;
}

export type FindMessage = 'searching' | 'none' | 'noViolation' | 'wrapped' | 'found' | 'stopped';

const texts: Readonly<Record<FindMessage, string>> = {
  searching: 'Searching…',
  none: 'No packet has it',
  noViolation: 'No packet breaks a rule',
  wrapped: 'Found after wrapping around',
  found: '',
  stopped: 'Stopped',
};

/** Milliseconds after the last key until a text is looked for. */
const typingDelay = 150;

/**
 * Looks for a text in topics and payloads of the packets that the list shows. Fires `find` with what is wanted and the
 * way, `find-changed` where what was looked for until now is not wanted any more, `find-stopped`, and `find-closed`.
 */
export class FindBar extends LightElement {
  static override properties = {
    ignoreCase: { state: true },
    message: { state: true },
    asked: { state: true },
  };

  private ignoreCase = true;
  private message: FindMessage = 'found';
  /** Of a search that takes long, the part that was looked at, 0 to 1. */
  private asked: number | undefined = undefined;
  /** Set while a text that was typed is still to be looked for. */
  private typing: ReturnType<typeof setTimeout> | undefined = undefined;

  /** Takes the focus; `text` is what was typed before it was there. */
  begin(text: string): void {
    const { input } = this;
    if (text !== '') input.value = text;
    input.focus();
    if (text === '') input.select();
    else this.typed();
  }

  tell(message: FindMessage, asked?: number): void {
    this.message = message;
    this.asked = asked;
  }

  protected override render(): TemplateResult {
    const { ignoreCase, message, asked } = this;
    return html`<div class="find-bar" role="search" @keydown=${(event: KeyboardEvent) => this.keyDown(event)}>
      <span class="codicon codicon-search" aria-hidden="true"></span>
      <input
        type="text"
        class="find-input"
        aria-label="Find text in topics and payloads"
        placeholder="Find text in topics and payloads"
        spellcheck="false"
        maxlength="1000"
        @input=${() => this.typed()}
      />
      ${this.button('case-sensitive', 'Match case', () => (this.ignoreCase = !ignoreCase), !ignoreCase)}
      ${this.button('arrow-up', 'Previous match (Shift+F3)', () => this.find(-1))}
      ${this.button('arrow-down', 'Next match (F3)', () => this.find(1))}
      <span class="find-message" role="status">${texts[message]}</span>
      ${message === 'searching' && asked !== undefined ? this.progress(asked) : nothing}
      <span class="grow"></span>
      ${this.button('close', 'Close find (Escape)', () => this.close())}
    </div>`;
  }

  /** Beside what is announced, so that nobody hears of every percent. */
  private progress(asked: number): TemplateResult {
    const percent = Math.floor(asked * 100);
    return html`<span class="find-message" aria-hidden="true">${percent} %</span>
      <progress max="100" .value=${percent} aria-label="Searching"></progress>
      ${this.button('debug-stop', 'Stop searching', () => this.dispatchEvent(new CustomEvent('find-stopped')))}`;
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
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.input) this.find(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private close(): void {
    this.stopTyping();
    this.dispatchEvent(new CustomEvent('find-closed'));
  }

  /** As in lists of VS Code, what is typed is looked for while one types, once no more keys come at once. */
  private typed(): void {
    this.stopTyping();
    this.dispatchEvent(new CustomEvent('find-changed'));
    if (this.input.value !== '') this.typing = setTimeout(() => this.find(1), typingDelay);
  }

  private stopTyping(): void {
    clearTimeout(this.typing);
    this.typing = undefined;
  }

  /** What was typed and not looked for yet is looked for at once. */
  private find(step: 1 | -1): void {
    const isTyped = this.typing !== undefined && step > 0;
    this.stopTyping();
    const text = this.input.value;
    if (text === '') return;
    const detail: FindWanted = { what: { text, ignoreCase: this.ignoreCase }, step, isTyped };
    this.dispatchEvent(new CustomEvent('find', { detail }));
  }
}

customElements.define('mqtt-find-bar', FindBar);
