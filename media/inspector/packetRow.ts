import { html, nothing, type TemplateResult } from 'lit';
import type { LogRow } from '../../src/inspector/contract';
import type { Severity } from '../../src/protocol/violations';
import type { ColumnName } from './columns';
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

/** What a row of the list shows in the columns that are shown. */
export function packetCells(
  sequence: number | undefined,
  row: LogRow | undefined,
  shown: readonly ColumnName[],
  time: (row: LogRow) => string | undefined,
): TemplateResult[] {
  const text = row && rowText(row);
  return shown.map((name) => cell(name, sequence, row, text, time));
}

function cell(
  name: ColumnName,
  sequence: number | undefined,
  row: LogRow | undefined,
  text: RowText | undefined,
  time: (row: LogRow) => string | undefined,
): TemplateResult {
  if (name === 'number') return html`<span role="gridcell" class="number">${sequence ?? '…'}</span>`;
  if (!row || !text)
    return html`<span role="gridcell" class="loading">${name === 'summary' ? '…' : nothing}</span>`;
  switch (name) {
    case 'time':
      return html`<span role="gridcell" class="time">${time(row) ?? '…'}</span>`;
    case 'direction': {
      const { name: way, icon } = directionText(row);
      return html`<span
        role="gridcell"
        class="direction ${row.direction ?? ''}"
        aria-label=${way}
        title=${way}
        ><span class="codicon codicon-${icon}" aria-hidden="true"></span
      ></span>`;
    }
    case 'client':
      return html`<span role="gridcell" class="client" title=${row.client}>${shownClient(row.client)}</span>`;
    case 'type':
      return html`<span role="gridcell" class="type ${kinds[text.packet] ?? ''}">${text.packet}</span>`;
    case 'summary':
      return summary(text);
    case 'length':
      // The bytes of a note are its own text: nothing went over the wire there.
      return html`<span role="gridcell" class="number length"
        >${row.kind === 'note' ? nothing : row.length.toLocaleString('en')}</span
      >`;
  }
}

function summary({ summary: words, warning }: RowText): TemplateResult {
  if (!warning) return html`<span role="gridcell" class="summary">${words}</span>`;
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
