import { html, nothing, type TemplateResult } from 'lit';
import type { InspectorHost, InspectorView } from '../../src/inspector/contract';
import type { ConnectionView, DownConnection } from '../../src/inspector/downContract';
import type { Handlers, Peer } from '../../src/inspector/peer';

/** More connections than these are chosen from VS Code's own list. */
const mostNamed = 3;

/** That no packets come since nothing is connected, and the way to change that. */
export class DownView {
  private down: readonly DownConnection[] = [];

  readonly handlers: Handlers<ConnectionView> = {
    downChanged: (down) => {
      this.down = down;
      this.panel.requestUpdate();
    },
  };

  constructor(
    private readonly panel: { requestUpdate(): void },
    private readonly peer: () => Peer<InspectorView, InspectorHost>,
  ) {}

  async open(): Promise<void> {
    this.down = await this.peer().call('downConnections');
  }

  /** In the toolbar, beside how many packets there are. */
  hint(): TemplateResult | typeof nothing {
    const { down } = this;
    const [first, ...others] = down;
    if (!first) return nothing;
    const only = others.length === 0 ? first : undefined;
    return html`<span
        class="not-connected"
        title="Nothing is connected, so no packets come. Those that are shown came before."
        ><span class="codicon codicon-debug-disconnect" aria-hidden="true"></span>Not connected</span
      >
      <vscode-toolbar-button
        icon="plug"
        label=${only ? `Reconnect ${only.name}` : 'Reconnect one of the connections'}
        title=${only ? `Connect ${only.name} again` : 'Choose which connection to make again'}
        @click=${() => this.reconnect(only?.key)}
        >Reconnect</vscode-toolbar-button
      >`;
  }

  /** What stands below the text of a panel without packets. */
  offer(): TemplateResult | typeof nothing {
    const { down } = this;
    if (down.length === 0) return nothing;
    const offered: readonly (readonly [caption: string, key: string | undefined])[] =
      down.length > mostNamed
        ? [['Connect…', undefined]]
        : down.map(({ key, name }) => [`Connect ${name}`, key] as const);
    return html`<p class="not-connected-offer">
      ${offered.map(
        ([caption, key]) =>
          html`<button type="button" class="text-button" @click=${() => this.reconnect(key)}>
            <span class="codicon codicon-plug" aria-hidden="true"></span>${caption}
          </button>`,
      )}
    </p>`;
  }

  private reconnect(key: string | undefined): void {
    this.peer().notify('reconnect', key);
  }
}
