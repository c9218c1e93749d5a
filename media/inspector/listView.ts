import type { InspectorHost, InspectorView, LogState } from '../../src/inspector/contract';
import type { PanelAction, TimeMode } from '../../src/inspector/panelContract';
import { timeModes } from '../../src/inspector/panelContract';
import type { PanelState } from '../../src/inspector/panelState';
import type { Peer } from '../../src/inspector/peer';
import {
  columns,
  knownChoices,
  onlyShown,
  originalColumns,
  resized,
  type ColumnChoices,
  type ColumnName,
} from './columns';
import type { TimeReference } from './timeText';

type ListAction = Exclude<PanelAction, { kind: 'copyField' | 'onPayloadValue' | 'goToViolation' }>;

export interface ListViewOptions {
  readonly peer: Peer<InspectorView, InspectorHost>;
  /** Something shows differently and is to be kept. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** What a person made of the list: its columns, and how it tells the time. */
export class ListView {
  choices: ColumnChoices;
  timeMode: TimeMode;
  /** The packet that times are measured from: the one that was chosen, else the first there was. */
  reference: TimeReference | undefined;
  private fetching = false;
  private hadPackets = false;

  constructor(
    { columns: kept, timeMode, reference }: PanelState,
    private readonly options: ListViewOptions,
  ) {
    this.choices = kept ? knownChoices(kept.widths, kept.hidden) : originalColumns;
    this.timeMode = timeModes.find((mode) => mode === timeMode) ?? 'ofDay';
    this.reference = reference;
  }

  /** What of it is kept. */
  get kept(): Pick<PanelState, 'columns' | 'timeMode' | 'reference'> {
    const { choices, timeMode, reference } = this;
    return {
      columns: { widths: choices.widths, hidden: choices.hidden },
      timeMode,
      ...(reference && { reference }),
    };
  }

  /** A panel starts with the columns that were chosen last in any: they are the same in all. */
  async open(): Promise<void> {
    const { columns: last } = await this.options.peer.call('lastChoices');
    if (last) this.choices = knownChoices(last.widths, last.hidden);
  }

  /**
   * The log is another: one that was cleared or began anew has nothing of what was measured from. One that is still empty
   * may come back yet, as the window does.
   */
  logChanged({ first, end }: LogState): void {
    const gone = first === end ? this.hadPackets : (this.reference?.sequence ?? 0) >= end;
    this.hadPackets ||= first < end;
    if (gone) this.reference = undefined;
    if (this.timeMode === 'since' && !this.reference && first < end) this.measureFrom(first);
  }

  /**
   * The next panel is to have the last width. Each is told at once, with every movement of the pointer: the page may go before
   * the next one, and VS Code loses what a page says while it goes.
   */
  resize(name: ColumnName, width: number): void {
    this.chosen(resized(this.choices, name, width));
  }

  chooseColumns(): void {
    const { hidden } = this.choices;
    const offered = columns
      .filter(({ name }) => name !== 'summary')
      .map((column) => ({
        name: column.name,
        caption: 'longCaption' in column ? column.longCaption : column.caption,
        shown: !hidden.includes(column.name),
      }));
    this.options.peer.call('chooseColumns', offered).then((shown) => {
      if (shown) this.chosen(onlyShown(this.choices, shown));
    }, this.options.failed);
  }

  showTime(mode: TimeMode, log: LogState): void {
    this.timeMode = mode;
    this.logChanged(log);
    this.options.changed();
  }

  perform(action: ListAction, log: LogState): void {
    switch (action.kind) {
      case 'chooseColumns':
        return this.chooseColumns();
      case 'resetColumns':
        return this.chosen(originalColumns);
      case 'hideColumn':
        return this.chosen(
          onlyShown(
            this.choices,
            columns
              .map(({ name }) => name)
              .filter((name) => name !== action.column && !this.choices.hidden.includes(name)),
          ),
        );
      case 'takeColumns':
        this.choices = knownChoices(action.columns.widths, action.columns.hidden);
        return this.options.changed();
      case 'showTime':
        return this.showTime(action.mode, log);
      case 'measureFrom':
        this.timeMode = 'since';
        return this.measureFrom(action.sequence);
    }
  }

  private chosen(choices: ColumnChoices): void {
    this.choices = choices;
    this.options.changed();
    this.tell();
  }

  private tell(): void {
    const { peer, failed } = this.options;
    const { widths, hidden } = this.choices;
    peer.call('choicesMade', { columns: { widths, hidden } }).catch(failed);
  }

  private measureFrom(sequence: number): void {
    if (this.fetching) return;
    this.fetching = true;
    this.options.peer
      .call('rows', sequence, 1)
      .then(({ first, rows }) => {
        const [row] = rows;
        if (row) this.reference = { sequence: first, at: row.at };
        this.options.changed();
      }, this.options.failed)
      .finally(() => (this.fetching = false));
  }
}
