import { html, type TemplateResult } from 'lit';
import type { LogState } from '../../src/inspector/contract';
import type { Density, TimeMode } from '../../src/inspector/panelContract';
import type { SequenceSelection } from '../../src/inspector/sequenceSelection';
import type { DetailsView, Splits } from './detailsView';
import type { FilterView } from './filter/filterView';
import type { ListView } from './listView';
import type { PacketDetails } from './packetDetails';
import type { ColumnResized } from './packetHeader';
import './packetList';
import type { PacketList } from './packetList';
import './paneSplit';

/** What the list and the details show, and who hears of what a person does there. */
export interface PacketPanes {
  readonly log: LogState;
  readonly filter: FilterView;
  readonly list: ListView;
  readonly details: DetailsView;
  readonly splits: Splits;
  /** By sequence number. */
  readonly selection: SequenceSelection;
  readonly following: boolean;
  readonly keepSplits: (splits: Partial<Splits>) => void;
  /** Selects a packet and brings it in sight. */
  readonly reveal: (sequence: number) => void;
  readonly follow: (following: boolean) => void;
  /** @param position of the first row in sight */
  readonly topMoved: (position: number) => void;
  readonly copy: () => void;
  readonly densityKnown: (density: Density) => void;
  readonly failed: (error: unknown) => void;
  readonly packetList: () => PacketList | null;
  readonly packetDetails: () => PacketDetails | null;
}

/** The tab of the packets: the list, and below it the packet that is looked at. */
export function packetPanes(panes: PacketPanes): TemplateResult {
  const { log, filter, list, details, splits } = panes;
  return html`<mqtt-pane-split
    class="main-split"
    direction="column"
    label="Height of the list"
    .position=${splits.list}
    @split-changed=${(event: CustomEvent<number>) => panes.keepSplits({ list: event.detail })}
    @exchanges-known=${(event: CustomEvent<ReadonlySet<number>>) => panes.packetList()?.mark(event.detail)}
    @packet-wanted=${(event: CustomEvent<number>) => panes.reveal(event.detail)}
  >
    <mqtt-packet-list
      slot="start"
      .latest=${filter.windowOf(log)}
      .cache=${filter.cache}
      .numbering=${filter.numbering}
      .sequenceAt=${filter.sequenceAt}
      .emptyText=${filter.emptyText}
      .density=${filter.density}
      .selection=${filter.selectionOf(panes.selection)}
      .following=${panes.following}
      .choices=${list.choices}
      .timeMode=${list.timeMode}
      .reference=${list.reference}
      @selection-changed=${(event: CustomEvent<SequenceSelection>) => filter.selected(event.detail)}
      @find-wanted=${(event: CustomEvent<string>) => filter.typed(event)}
      @follow-changed=${(event: CustomEvent<boolean>) => panes.follow(event.detail)}
      @top-moved=${(event: CustomEvent<number>) => panes.topMoved(event.detail)}
      @details-wanted=${() => panes.packetDetails()?.focus()}
      @copy-wanted=${() => panes.copy()}
      @column-resized=${({ detail }: CustomEvent<ColumnResized>) => list.resize(detail.name, detail.width)}
      @columns-wanted=${() => list.chooseColumns()}
      @time-mode-chosen=${(event: CustomEvent<TimeMode>) => list.showTime(event.detail, log)}
      @density-known=${(event: CustomEvent<Density>) => panes.densityKnown(event.detail)}
      @strip-failed=${(event: CustomEvent<unknown>) => panes.failed(event.detail)}
    ></mqtt-packet-list>
    <div slot="end" class="details">${details.render(splits, panes.keepSplits)}</div>
  </mqtt-pane-split>`;
}
