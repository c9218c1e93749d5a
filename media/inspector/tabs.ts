import { html, nothing, type PropertyValues } from 'lit';
import type { InspectorHost, InspectorView, LogState } from '../../src/inspector/contract';
import type { Peer } from '../../src/inspector/peer';
import type { ChartedSeries } from './chart/chartedSeries';
import { LightElement } from './lightElement';
import './tabs.css';

/**
 * The tabs of an inspector from left to right. All but the packets are an element of their own: it is made when its tab is
 * chosen for the first time.
 */
const inspectorTabs = [
  { name: 'packets', caption: 'Packets', element: undefined },
  { name: 'chart', caption: 'Chart', element: 'mqtt-chart' },
  { name: 'timeline', caption: 'Timeline', element: 'mqtt-timeline' },
  { name: 'statistics', caption: 'Statistics', element: 'mqtt-statistics' },
  { name: 'doctor', caption: 'Doctor', element: 'mqtt-doctor' },
] as const;

type InspectorTab = (typeof inspectorTabs)[number];
export type TabName = InspectorTab['name'];

/** What the element of a tab works with. */
export interface TabContext {
  readonly peer: Peer<InspectorView, InspectorHost>;
  readonly log: LogState;
  /** What the chart follows. */
  readonly charted: ChartedSeries;
  /** Shows a packet in the tab of packets. */
  readonly showPacket: (sequence: number) => void;
  /** Filters the list of packets. */
  readonly filterBy: (text: string) => void;
  /** Hears of what went wrong, for the notice at the top of the panel. */
  readonly failed: (error: unknown) => void;
}

/** The element of a tab. Both properties are set before it is connected, and again whenever they change. */
export interface TabElement extends HTMLElement {
  context: TabContext;
  /** Whether the tab is the chosen one: what is not in sight has no reason to ask for anything. */
  active: boolean;
}

/** The tab of this name, else that of the packets. */
export function tabOf(name: string | undefined): TabName {
  return inspectorTabs.find((tab) => tab.name === name)?.name ?? 'packets';
}

/** What a tab's panel is called by its tab. */
export function panelId(name: TabName): string {
  return `tabpanel-${name}`;
}

function tabId(name: TabName): string {
  return `tab-${name}`;
}

/** The row of tabs. Fires `tab-chosen` with a name. */
export class TabBar extends LightElement {
  static override properties = { chosen: { attribute: false } };

  chosen: TabName = 'packets';

  protected override render() {
    return html`<div
      class="tab-list"
      role="tablist"
      aria-label="Views of the packet log"
      @keydown=${(event: KeyboardEvent) => this.keyDown(event)}
    >
      ${inspectorTabs.map(
        ({ name, caption }) =>
          html`<button
            type="button"
            class="tab"
            role="tab"
            id=${tabId(name)}
            data-tab=${name}
            aria-selected=${name === this.chosen}
            aria-controls=${name === this.chosen ? panelId(name) : nothing}
            tabindex=${name === this.chosen ? 0 : -1}
            @click=${() => this.choose(name)}
          >
            ${caption}
          </button>`,
      )}
    </div>`;
  }

  /** The arrow keys choose at once, as in VS Code's own panels: making a tab costs little and loses nothing. */
  private keyDown(event: KeyboardEvent): void {
    const names = inspectorTabs.map(({ name }) => name);
    const at = names.indexOf(this.chosen);
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: (at + names.length - 1) % names.length,
      ArrowRight: (at + 1) % names.length,
      Home: 0,
      End: names.length - 1,
    };
    const name = names[targets[event.key] ?? -1];
    if (name === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.choose(name);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(`[data-tab="${name}"]`)?.focus());
  }

  private choose(name: TabName): void {
    if (name === this.chosen) return;
    this.chosen = name;
    this.dispatchEvent(new CustomEvent<TabName>('tab-chosen', { detail: name }));
  }
}

/** The panels of all tabs but that of the packets. */
export class TabPanels extends LightElement {
  static override properties = { chosen: { attribute: false }, context: { attribute: false } };

  chosen: TabName = 'packets';
  context: TabContext | undefined = undefined;
  private readonly elements = new Map<TabName, TabElement>();

  protected override render() {
    return nothing;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { context, chosen } = this;
    if (!context) return;
    if (!this.elements.has(chosen)) this.make(chosen, context);
    for (const [name, element] of this.elements) {
      const active = name === chosen;
      if (element.parentElement) element.parentElement.hidden = !active;
      if (changed.has('context')) element.context = context;
      element.active = active;
    }
    this.hidden = chosen === 'packets';
  }

  private make(name: TabName, context: TabContext): void {
    const tag = inspectorTabs.find((tab) => tab.name === name)?.element;
    if (tag === undefined) return;
    const element = document.createElement(tag) as TabElement;
    element.context = context;
    element.active = true;
    const panel = document.createElement('div');
    panel.className = 'tab-panel';
    panel.id = panelId(name);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tabId(name));
    panel.append(element);
    this.append(panel);
    this.elements.set(name, element);
  }
}

customElements.define('mqtt-tab-bar', TabBar);
customElements.define('mqtt-tab-panels', TabPanels);
