import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../src/base/grouped';
import type { LogState } from '../../src/inspector/contract';
import { sizeText } from './sizeText';

export interface ToolbarActions {
  /** How many packets there are is said elsewhere on this tab. */
  readonly countedElsewhere: boolean;
  /** Beside the count. */
  readonly hint: TemplateResult | typeof nothing;
  /** Left out where no list is in sight. */
  readonly follow?: (following: boolean) => void;
  /** Left out where the log is a file's. */
  readonly clear?: () => void;
}

/** How much of the log there is and what is missing of it, and what can be done with all of it. */
export function toolbar(log: LogState, following: boolean, actions: ToolbarActions): TemplateResult {
  const count = log.end - log.first;
  return html`<div class="toolbar">
    ${
      actions.countedElsewhere || (count === 0 && log.evictedPackets === 0)
        ? nothing
        : html`<span class="count">${count === 1 ? '1 packet' : `${grouped(count)} packets`}</span>`
    }
    ${log.evictedPackets === 0 ? nothing : evicted(log)} ${actions.hint}
    <span class="grow"></span>
    ${actions.follow ? followButton(following, actions.follow) : nothing}
    ${actions.clear ? clearButton(actions.clear) : nothing}
  </div>`;
}

function followButton(following: boolean, follow: (following: boolean) => void): TemplateResult {
  return html`<vscode-toolbar-button
    icon=${following ? 'debug-pause' : 'arrow-down'}
    label=${following ? 'Pause following the newest packet' : 'Follow the newest packet'}
    title=${
      following
        ? 'The newest packet is kept in sight. Recording goes on when this is paused.'
        : 'Keep the newest packet in sight'
    }
    @click=${() => follow(!following)}
    >${following ? 'Pause following' : 'Follow'}</vscode-toolbar-button
  >`;
}

function clearButton(clear: () => void): TemplateResult {
  return html`<vscode-toolbar-button
    icon="clear-all"
    label="Clear the packet log"
    title="Clear the packet log: forgets all captured packets of all connections"
    @click=${() => clear()}
    >Clear</vscode-toolbar-button
  >`;
}

function evicted({ evictedPackets: packets, evictedBytes }: LogState): TemplateResult {
  return html`<span
    class="evicted"
    title="The capture budget is used up, so the oldest packets make room for the newest. The setting “MQTT Workbench › Capture: Budget” makes it larger."
    ><span class="codicon codicon-history" aria-hidden="true"></span
    ><span class="evicted-text"
      >${grouped(packets)} older ${packets === 1 ? 'packet' : 'packets'} (${sizeText(evictedBytes)}) dropped
      for the capture budget</span
    ></span
  >`;
}
