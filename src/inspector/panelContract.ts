import type { LastChoices } from './lastChoices';
import type { KeptColumns } from './panelState';
import type { SequenceRange } from './sequenceSelection';

/** How the log looks from afar: slices of as many packets each, the oldest first. */
export interface Density {
  readonly first: number;
  readonly end: number;
  /** Packets a second in each slice; where all came at once as many as came. */
  readonly rates: readonly number[];
  /** In each slice the packets that break a rule, of those that were read so far. */
  readonly violations: readonly number[];
  /** Packets nobody has read yet: asked again a little later there are fewer. */
  readonly unread: number;
}

/** More slices than a screen has lines tell nobody anything. */
export const mostSlices = 1024;

/** A column of the list to be shown or not. */
export interface ColumnChoice {
  readonly name: string;
  readonly caption: string;
  readonly shown: boolean;
}

/** What the panel asks of the extension host beside packets. */
export interface PanelHost {
  /** The log in at most {@link mostSlices} slices. Asking makes the host read on where nobody has read yet. */
  density(slices: number): Density;
  /** Which packets are selected: what commands on packets are about. */
  selectionChanged(ranges: readonly SequenceRange[]): void;
  copyText(text: string): void;
  /** Copies the selected packets as their command for hexadecimal does. */
  copySelected(): void;
  /** Asks a person which columns to show. Answers with their names, or undefined where nothing is to change. */
  chooseColumns(columns: readonly ColumnChoice[]): readonly string[] | undefined;
  /** What a panel starts with: filters of before only where it has none of its own. */
  lastChoices(): LastChoices;
  /** Somebody chose this: the next panel starts with it, and the columns of those that are open become the same. */
  choicesMade(choices: LastChoices): void;
}

/** The ways to tell the time of a packet: of day, since a reference, since the packet above. */
export const timeModes = ['ofDay', 'since', 'delta'] as const;
export type TimeMode = (typeof timeModes)[number];

/** What can be done with a value of a payload that is shown as a tree. */
export type PayloadValueAction = 'copyPath' | 'copyValue' | 'chart' | 'filter';

/** What a command does inside the view. */
export type PanelAction =
  | { readonly kind: 'copyField'; readonly part: 'name' | 'value' | 'bytes' }
  | { readonly kind: 'onPayloadValue'; readonly action: PayloadValueAction }
  | { readonly kind: 'goToViolation'; readonly step: 1 | -1 }
  | { readonly kind: 'chooseColumns' }
  | { readonly kind: 'resetColumns' }
  | { readonly kind: 'hideColumn'; readonly column: string }
  /** They were chosen in another panel. */
  | { readonly kind: 'takeColumns'; readonly columns: KeptColumns }
  | { readonly kind: 'showTime'; readonly mode: TimeMode }
  | { readonly kind: 'measureFrom'; readonly sequence: number };

/** What the extension host tells the panel beside what became of the log. */
export interface PanelView {
  perform(action: PanelAction): void;
}
