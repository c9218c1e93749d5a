import type { LogRow, LogState } from '../../src/inspector/contract';
import {
  allSelected,
  contains,
  countOf,
  extended,
  onlySelected,
  toggled,
  type SequenceSelection,
} from '../../src/inspector/sequenceSelection';
import { inHeader, sequenceOf } from './packetRow';
import { rowOfKey } from './rowKeys';
import { rowText } from './rowText';

/** How a click or key changes the selection. */
type SelectionStep = 'only' | 'toggle' | 'extend' | 'extendAdded';

/** What a list is like when something is done to it. */
interface ListNow {
  readonly log: LogState;
  readonly selection: SequenceSelection;
  readonly following: boolean;
  /** The first row in sight. */
  readonly top: number;
  /** How many rows are in sight. */
  readonly page: number;
}

/** The list, which tells what it has by positions. */
export interface RowInputList {
  readonly now: () => ListNow;
  readonly row: (position: number) => LogRow | undefined;
  readonly sequenceAt: (position: number) => number | undefined;
  /** What is looked at must not run away. */
  readonly stay: () => void;
  /** Brings a row in sight. */
  readonly show: (position: number) => void;
  readonly focus: () => void;
  /** Fires an event; returns false where somebody prevented its default. */
  readonly tell: (event: CustomEvent) => boolean;
}

/**
 * What the pointer and the keyboard do to the rows. Fires `selection-changed`, `details-wanted`, `copy-wanted`, and
 * `find-wanted` with what was typed.
 */
export class RowInput {
  private pressedAt: number | undefined = undefined;

  constructor(private readonly list: RowInputList) {}

  /** The row that is meant is the one below the pointer now: another may be there when the button is released. */
  pressed(event: PointerEvent): void {
    this.pressedAt = event.button === 0 ? sequenceOf(event) : undefined;
    if (this.pressedAt !== undefined) this.list.stay();
  }

  clicked(event: MouseEvent): void {
    // What a screen reader clicks was not pressed; the button may have been released elsewhere before.
    const pressedAt = event.detail === 0 ? undefined : this.pressedAt;
    this.pressedAt = undefined;
    const position = pressedAt ?? sequenceOf(event);
    if (position === undefined) return;
    const { shiftKey } = event;
    const toggle = event.ctrlKey || event.metaKey;
    this.select(position, shiftKey ? (toggle ? 'extendAdded' : 'extend') : toggle ? 'toggle' : 'only');
  }

  /** The menu is about the selection where the packet is in it, else about the packet. */
  contextMenu(event: MouseEvent): void {
    const { selection } = this.list.now();
    const position = sequenceOf(event) ?? (inHeader(event) ? undefined : selection.lead);
    const grid = event.currentTarget as HTMLElement;
    delete grid.dataset['vscodeContext'];
    const row = position === undefined ? undefined : this.list.row(position);
    if (position === undefined || !row) return;
    const isSelected = contains(selection.ranges, position);
    if (!isSelected) this.select(position, 'only');
    grid.dataset['vscodeContext'] = JSON.stringify({
      webviewSection: 'packet',
      sequence: this.list.sequenceAt(position),
      mqttPacketType: rowText(row).packet,
      // The list hears of another selection only later.
      mqttSeveral: isSelected && countOf(selection.ranges) > 1,
    });
  }

  keyDown(event: KeyboardEvent): void {
    const { log, selection, following, top, page } = this.list.now();
    const { first, end } = log;
    if (inHeader(event)) {
      if (event.key === 'ArrowDown') this.list.focus();
      return;
    }
    if (first === end || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      this.controlKey(event);
      return;
    }
    // Where nothing is selected yet keys begin at what is in sight.
    const at = selection.lead ?? (following ? end : top - 1);
    const row = rowOfKey(event.key, at - first, page, end - first);
    if (row === undefined) {
      if (event.key === 'Enter') this.list.tell(new CustomEvent('details-wanted'));
      else if (event.key.length === 1 && event.key !== ' ') this.find(event);
      return;
    }
    event.preventDefault();
    this.select(first + row, event.shiftKey ? 'extend' : 'only');
    this.list.show(first + row);
  }

  private controlKey(event: KeyboardEvent): void {
    const { log, selection } = this.list.now();
    if (event.key === 'a') {
      this.changeSelection(allSelected(selection, { start: log.first, end: log.end }));
    } else if (event.key === 'c') this.list.tell(new CustomEvent('copy-wanted'));
    else return;
    event.preventDefault();
  }

  /** Typing in the list looks for what is typed. Who finds says so by preventing the default. */
  private find(event: KeyboardEvent): void {
    const wanted = new CustomEvent<string>('find-wanted', {
      detail: event.key,
      bubbles: true,
      cancelable: true,
    });
    if (!this.list.tell(wanted)) event.preventDefault();
  }

  private select(position: number, step: SelectionStep): void {
    const { selection } = this.list.now();
    switch (step) {
      case 'only':
        return this.changeSelection(onlySelected(position));
      case 'toggle':
        return this.changeSelection(toggled(selection, position));
      case 'extend':
      case 'extendAdded':
        return this.changeSelection(extended(selection, position, step === 'extendAdded'));
    }
  }

  private changeSelection(selection: SequenceSelection): void {
    this.list.stay();
    this.list.tell(new CustomEvent<SequenceSelection>('selection-changed', { detail: selection }));
  }
}
