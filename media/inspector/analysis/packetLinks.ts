import { html, type TemplateResult } from 'lit';

/** A button that shows a packet. */
export function packetLink(sequence: number, show: (sequence: number) => void): TemplateResult {
  return html`<button
    type="button"
    class="packet-link"
    title=${`Show packet #${sequence}`}
    @click=${() => show(sequence)}
  >
    #${sequence}
  </button>`;
}

/** A value as the language of filters writes it. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
