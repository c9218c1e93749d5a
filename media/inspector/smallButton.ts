import { html, type TemplateResult } from 'lit';
import './smallButton.css';

/** A button that is a codicon, with a name for those who do not see it or do not know it. */
export function smallButton(label: string, icon: string, action: () => void): TemplateResult {
  return html`<button type="button" class="small-button" title=${label} aria-label=${label} @click=${action}>
    <span class="codicon codicon-${icon}" aria-hidden="true"></span>
  </button>`;
}
