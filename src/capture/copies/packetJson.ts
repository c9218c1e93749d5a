import { toBase64 } from '../../base/base64';
import { describeNote, readNote } from '../../base/captureNote';
import { isoTime } from '../../base/isoTime';
import type { Span } from '../../base/spans';
import { decodeUtf8 } from '../../base/utf8';
import { scanJson } from '../../payload/json';
import { dissect, type DissectionContext } from '../../protocol/dissect';
import { describeViolation } from '../../protocol/violations';
import { versionNames } from '../../protocol/versionNames';
import type { Direction } from '../../session/effects';
import { longestJson } from '../export/payloadKind';
import type { RowKind } from '../rowFlags';
import { LongBytes } from './jsonPieces';

/** Objects and lists in one another that are written as JSON; deeper ones stay text. */
const mostNested = 500;

/** What is known of a captured packet beside its bytes. */
export interface DescribedPacket {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly kind: RowKind;
  readonly direction: Direction | undefined;
  readonly client: string;
  readonly topic: string | undefined;
  /** Where secrets were replaced in the bytes. */
  readonly concealed: readonly Span[];
  readonly context: DissectionContext;
}

/**
 * A captured packet as a value that `jsonPieces` takes, with nothing left out: every field, its bytes in Base64, and
 * what it breaks. Binary data is Base64 and, where it is such, text or JSON besides; what is long is not taken for JSON.
 */
export function packetJson(packet: DescribedPacket, bytes: Uint8Array): object {
  const { sequence, at, kind, direction, client, topic, concealed, context } = packet;
  if (kind === 'note') {
    const note = readNote(bytes);
    return { number: sequence, time: isoTime(at), client, note: note ? describeNote(note) : null };
  }
  const { packet: read, packetType, violations, version } = dissect(bytes, context);
  return {
    number: sequence,
    time: isoTime(at),
    direction: direction ?? null,
    client,
    version: versionNames[version],
    packet: packetType ?? null,
    ...(topic !== undefined && { topic }),
    ...(read && { fields: plain(read) }),
    ...(violations.length > 0 && {
      violations: violations.map((violation) => {
        const { message, cause, clause, severity } = describeViolation(violation, version);
        return { offset: violation.offset, severity, clause, message, cause };
      }),
    }),
    ...(concealed.length > 0 && { concealed: concealed.map(({ start, end }) => [start, end]) }),
    bytes: base64(bytes),
  };
}

function base64(bytes: Uint8Array): string | LongBytes {
  return bytes.length > longestJson ? new LongBytes(bytes, 'base64') : toBase64(bytes);
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return binary(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, part]) => name !== 'type' && part !== undefined)
      .map(([name, part]) => [name, plain(part)]),
  );
}

function binary(bytes: Uint8Array): object {
  const { length } = bytes;
  if (length > longestJson) return { length, base64: base64(bytes), text: new LongBytes(bytes, 'text') };
  const text = decodeUtf8(bytes);
  const isJson = text !== undefined && /^\s*[{[]/.test(text) && isFlatJson(text);
  return {
    length,
    base64: toBase64(bytes),
    // Parsed numbers lose digits that a text keeps, so the text stands beside them.
    ...(text !== undefined && { text }),
    ...(isJson && { json: JSON.parse(text) as unknown }),
  };
}

/** Whether a text is JSON that can be written again: what is nested without end cannot. */
function isFlatJson(text: string): boolean {
  let depth = 0;
  let deepest = 0;
  const problem = scanJson(text, (kind) => {
    if (kind === 'open') deepest = Math.max(deepest, ++depth);
    else if (kind === 'close') depth--;
  });
  return problem === undefined && deepest <= mostNested;
}
