import { toBase64 } from '../../base/base64';
import { decodeUtf8 } from '../../base/utf8';
import { PacketContexts } from '../packetContexts';
import type { PacketLog } from '../packetLog';
import { concealRow, keptBytes, type Conceal } from '../rowSecrets';
import type { RowsWritten } from '../rowsWritten';
import type { ExportedRow } from './exportedRow';
import { contentsOf } from './exportedRow';
import type { PayloadKind } from './payloadKind';
import { payloadKind } from './payloadKind';
import { stepBytes, textSteps } from './rowText';

export interface ExportOptions {
  /** A packet without its secrets: files leave the machine. */
  readonly conceal: Conceal;
}

/** How a format writes what a row consists of. */
export interface ExportFormat {
  /** What comes before all rows. */
  readonly head: string;
  row(row: ExportedRow, payload: PayloadKind | undefined): RowParts;
  /** A piece of text inside quotes; none cuts a character. */
  readonly escape: (text: string) => string;
  /** What stands before a text that begins like this, so that nobody takes it for more than text. */
  readonly guard?: (first: string) => string;
}

/** A row in the order in which it is written; what is long comes in pieces between these. */
export interface RowParts {
  readonly beforePayload: string;
  /** Whether the payload is written as text or JSON; `json` goes in as it is. */
  readonly payloadAs: PayloadKind | undefined;
  readonly beforeBase64: string;
  readonly beforePacket: string;
  readonly end: string;
}

/** Characters that are handed over at once, about. */
const pageCharacters = 32 * 1024;

/**
 * Rows of a log as text, in pieces, each of which takes a few milliseconds at most, however long a packet is: take a turn
 * between them. A piece may be empty.
 */
export function* exportRows(
  log: PacketLog,
  sequences: Iterable<number>,
  format: ExportFormat,
  { conceal }: ExportOptions,
): Generator<string, RowsWritten> {
  const contexts = new PacketContexts(log);
  let page = format.head;
  let rows = 0;
  let missing = 0;
  for (const sequence of sequences) {
    for (const piece of pieces(log, sequence, format, contexts, conceal)) {
      if (piece === undefined) missing++;
      else if (page.length + piece.length < pageCharacters && piece !== '') page += piece;
      else {
        yield page;
        page = piece;
      }
    }
    rows++;
  }
  if (page !== '') yield page;
  return { rows: rows - missing, missing };
}

/** A row in pieces; undefined alone where the log does not hold it. */
function* pieces(
  log: PacketLog,
  sequence: number,
  format: ExportFormat,
  contexts: PacketContexts,
  conceal: Conceal,
): Generator<string | undefined> {
  const row = log.row(sequence);
  const raw = log.bytesAt(sequence);
  if (!row || !raw) {
    yield undefined;
    return;
  }
  const bytes = concealRow(log, row, raw, conceal);
  const own = bytes === raw ? keptBytes(raw) : bytes;
  const name = log.connectionName(row.connection) ?? `connection ${row.connection}`;
  const { row: exported, payload } = contentsOf(row, name, own, contexts);
  const kind = payload && (yield* payloadKind(payload));
  const parts = format.row(exported, kind);
  yield parts.beforePayload;
  if (payload && parts.payloadAs === 'json') yield* oneLineJson(payload);
  if (payload && parts.payloadAs === 'text') {
    let guarded = format.guard;
    for (const [start, end] of textSteps(payload)) {
      const text = decodeUtf8(payload, start, end) ?? '';
      yield `${guarded?.(text) ?? ''}${format.escape(text)}`;
      guarded = undefined;
    }
  }
  if (parts.beforeBase64 !== '') yield parts.beforeBase64;
  if (payload) yield* base64(payload);
  yield parts.beforePacket;
  // The bytes of a note are this program's own.
  if (row.kind !== 'note') yield* base64(own);
  yield parts.end;
}

function* base64(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length; at += stepBytes) yield toBase64(bytes.subarray(at, at + stepBytes));
}

/** Line breaks in JSON are between its tokens: strings have none. */
function* oneLineJson(payload: Uint8Array): Generator<string> {
  for (const [start, end] of textSteps(payload)) {
    yield (decodeUtf8(payload, start, end) ?? '').replace(/[\r\n]/g, ' ');
  }
}
