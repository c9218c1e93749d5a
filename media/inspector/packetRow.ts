import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../src/base/grouped';
import type { LogRow } from '../../src/inspector/contract';
import type { Severity } from '../../src/protocol/violations';
import type { ColumnName } from './columns';
import { placed } from './placed';
import { directionText, rowText, shownClient, type RowText } from './rowText';

export const severityIcons: Readonly<Record<Severity, string>> = {
  violation: 'warning',
  deprecated: 'info',
  suspicious: 'info',
};

/** Groups of packets that are told apart by colour; the name of the packet says the same in words. */
const kinds: Readonly<Record<string, string>> = {
  CONNECT: 'session',
  CONNACK: 'session',
  DISCONNECT: 'session',
  AUTH: 'session',
  SUBSCRIBE: 'subscription',
  SUBACK: 'subscription',
  UNSUBSCRIBE: 'subscription',
  UNSUBACK: 'subscription',
};

/** A row as it shows. */
export interface ShownRow {
  readonly position: number;
  /** Pixels to its upper edge. */
  readonly top: number;
  readonly sequence: number | undefined;
  /** Undefined while it is not here. */
  readonly row: LogRow | undefined;
  readonly id: string;
  /** Among all rows, counted from 1, of which the first is the head. */
  readonly index: number;
  readonly selected: boolean;
  readonly lead: boolean;
  readonly linked: boolean;
  readonly shown: readonly ColumnName[];
  readonly time: (row: LogRow) => string | undefined;
}

export function packetRow(look: ShownRow): TemplateResult {
  const { position, top, sequence, row, id, index, selected, lead, linked, shown, time } = look;
  const text = row && rowText(row);
  return html`<div
    class="packet-row ${selected ? 'selected' : ''} ${lead ? 'lead' : ''} ${linked ? 'linked' : ''}"
    role="row"
    id=${id}
    ${placed(top)}
    data-position=${position}
    data-sequence=${sequence ?? nothing}
    aria-rowindex=${index}
    aria-selected=${selected}
    aria-description=${linked && !lead ? 'Of the same exchange' : nothing}
  >
    ${shown.map((name) => cell(name, sequence, row, text, time))}
  </div>`;
}

/**
 * One cell. A row that is not here yet has the same elements as one that is, without text: so that a row that comes makes none
 * anew.
 */
function cell(
  name: ColumnName,
  sequence: number | undefined,
  row: LogRow | undefined,
  text: RowText | undefined,
  time: (row: LogRow) => string | undefined,
): TemplateResult {
  if (name === 'number') return plainCell('number', String(sequence ?? '…'));
  const isHere = row !== undefined && text !== undefined;
  switch (name) {
    case 'time':
      return isHere ? plainCell('time', time(row) ?? '…') : plainCell('loading', '');
    case 'direction':
      return directionCell(row);
    case 'client':
      return isHere ? plainCell('client', shownClient(row)) : plainCell('loading', '');
    case 'type':
      return isHere ? plainCell(`type ${kinds[text.packet] ?? ''}`, text.packet) : plainCell('loading', '');
    case 'summary':
      return isHere ? summary(text) : plainCell('loading', '…');
    case 'length':
      // The bytes of a note are its own text: nothing went over the wire there.
      return !isHere
        ? plainCell('loading', '')
        : plainCell('number length', row.kind === 'note' ? '' : grouped(row.length));
  }
}

function plainCell(className: string, text: string): TemplateResult {
  return html`<span role="gridcell" class=${className}>${text}</span>`;
}

function directionCell(row: LogRow | undefined): TemplateResult {
  const { name, icon } = row ? directionText(row) : { name: nothing, icon: undefined };
  return html`<span
    role="gridcell"
    class=${row ? `direction ${row.direction ?? ''}` : 'direction loading'}
    aria-label=${name}
    title=${name}
    ><span class=${icon ? `codicon codicon-${icon}` : ''} aria-hidden="true"></span
  ></span>`;
}

function summary({ summary: words, warning }: RowText): TemplateResult {
  if (!warning) return plainCell('summary', words);
  const { severity, message, count } = warning;
  return html`<span role="gridcell" class="summary"
    ><span class="warning ${severity}"
      ><span class="codicon codicon-${severityIcons[severity]}" aria-hidden="true"></span>${message}${
        count > 1 ? ` and ${count - 1} more` : ''
      }</span
    >
    ${words}</span
  >`;
}

/** The position of the row that an event is about. */
export function sequenceOf(event: Event): number | undefined {
  const row = (event.target as Element).closest<HTMLElement>('[data-position]');
  return row ? Number(row.dataset['position']) : undefined;
}

export function inHeader(event: Event): boolean {
  return (event.target as Element).closest('mqtt-packet-header') !== null;
}
