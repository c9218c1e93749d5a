import { html, type TemplateResult } from 'lit';
import type { LoadedPacket } from './packetLoader';

/** What stands below the list. */
export type Details =
  | { readonly kind: 'none' }
  | { readonly kind: 'gone'; readonly sequence: number }
  | { readonly kind: 'packet'; readonly packet: LoadedPacket };

/** What stands below the list instead of a packet. */
export function detailsPlaceholder(details: Exclude<Details, { kind: 'packet' }>): TemplateResult {
  switch (details.kind) {
    case 'none':
      return html`<p class="placeholder">Select a packet to see its fields and bytes.</p>`;
    case 'gone':
      return html`<p class="placeholder">
        Packet #${details.sequence} is no longer in the log: it was cleared, or newer packets took its place.
        Select another one.
      </p>`;
  }
}

/** That the view and the extension host could not talk to each other, and what to do. */
export function failureNotice(message: string): TemplateResult {
  return html`<p class="notice failure" role="alert">
    <span class="codicon codicon-error" aria-hidden="true"></span>The inspector could not read the packet log:
    ${message}. Close this panel and open it again; the packets are kept.
  </p>`;
}
