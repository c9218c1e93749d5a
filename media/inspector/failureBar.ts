import { html, type TemplateResult } from 'lit';

/** What stands at the top of the panel where the host could not answer. */
export function failureBar(message: string): TemplateResult {
  return html`<p class="notice failure" role="alert">
    <span class="codicon codicon-error" aria-hidden="true"></span>The inspector could not read the packet log:
    ${message}. Close this panel and open it again; the packets are kept.
  </p>`;
}
