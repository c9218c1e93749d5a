import { html, type nothing, type TemplateResult } from 'lit';
import { showConnectionsCommand } from '../../src/inspector/contract';

/** What stands in the panel while there is no packet: what to do, and that nothing is missed. */
export function emptyState(offer: TemplateResult | typeof nothing): TemplateResult {
  return html`<div class="empty">
    <span class="codicon codicon-pulse" aria-hidden="true"></span>
    <h2>No packets captured yet</h2>
    <p>
      Every packet that is sent or received is recorded, also while this panel is closed, and shows here down
      to the bit. Where no connection is up yet, connect to a broker in the view
      <a href="command:${showConnectionsCommand}">Connections</a>.
    </p>
    ${offer}
  </div>`;
}
