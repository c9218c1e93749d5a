import { grouped } from '../../src/base/grouped';
import type { LogRow } from '../../src/inspector/contract';
import type { ColumnName } from './columns';
import { shownClient, timeOfDay } from './rowText';

/** What a row has that none of its cells shows. */
export interface Unshown {
  readonly sequence: number | undefined;
  /** Columns there was no room for. */
  readonly leftOut: readonly ColumnName[];
}

/**
 * What a cell says when the pointer rests on it: what it is too narrow for, of a time its day, and what the row has in the
 * columns there was no room for.
 */
export class CellTitles {
  /** The cell that has a title. Cells show other rows as the list scrolls. */
  private explained: HTMLElement | null = null;

  clear(): void {
    this.explained?.removeAttribute('title');
    this.explained = null;
  }

  explain(target: Element, row: LogRow | undefined, unshown: Unshown): void {
    this.clear();
    const cell = target.closest<HTMLElement>('[role=gridcell]:not(.direction)');
    if (!cell || !row) return;
    this.explained = cell;
    const lines = [ownText(cell, row), leftOutText(row, unshown)].filter((line) => line !== '');
    if (lines.length > 0) cell.title = lines.join('\n');
  }
}

function ownText(cell: HTMLElement, row: LogRow): string {
  if (cell.classList.contains('time')) return dayAndTime(row);
  const isCut = cell.scrollWidth > cell.clientWidth;
  // Where it comes from, which the list has no room for.
  if (cell.classList.contains('client')) return isCut || shownClient(row) !== row.client ? row.client : '';
  return isCut ? (cell.textContent?.trim().replace(/\s+/g, ' ') ?? '') : '';
}

/** In the order in which columns stand. */
export function leftOutText(row: LogRow, { sequence, leftOut }: Unshown): string {
  const texts: Partial<Readonly<Record<ColumnName, string>>> = {
    ...(sequence !== undefined && { number: `#${sequence}` }),
    time: dayAndTime(row),
    client: row.client,
    ...(row.kind !== 'note' && { length: `${grouped(row.length)} bytes` }),
  };
  return leftOut.flatMap((name) => texts[name] ?? []).join(' · ');
}

function dayAndTime({ at }: LogRow): string {
  return `${new Date(at).toLocaleDateString()} ${timeOfDay(at)}`;
}
