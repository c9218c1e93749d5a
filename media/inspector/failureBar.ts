import { html, type TemplateResult } from 'lit';

/** What is said where the view and the host do not understand each other any more. */
export function failureBar(message: string): TemplateResult {
  return html`<p class="notice failure" role="alert">
    <span class="codicon codicon-error" aria-hidden="true"></span>The inspector could not read the packet log:
    ${message}. Close this panel and open it again; the packets are kept.
  </p>`;
}
