import type { Span } from '../../src/base/spans';
import { assertNever } from '../../src/base/assert';
import { describeNote, readNote } from '../../src/base/captureNote';
import type { LogRow } from '../../src/inspector/contract';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissect, type Dissection, type FieldNode } from '../../src/protocol/dissect';
import { showBytes } from '../../src/protocol/show';
import { FieldTreeModel } from './fieldTreeModel';
import { rowContext } from './rowContext';

/**
 * Bytes of a packet that are dissected, its payload aside. Real packets keep far below it; what does not is made to keep
 * its reader busy, and every field costs an object.
 */
const mostFieldBytes = 128 * 1024;

export interface PacketContents {
  readonly version: ProtocolVersion;
  readonly tree: FieldTreeModel;
  /** What the packet carries for applications. */
  readonly payload: { readonly label: string; readonly bytes: Uint8Array } | undefined;
  /** What is particular about these bytes, in whole sentences. */
  readonly notices: readonly string[];
}

/** Everything the details of one packet show. `bytes` are all of its bytes, with secrets replaced. */
export function packetContents(row: LogRow, bytes: Uint8Array): PacketContents {
  switch (row.kind) {
    case 'unframed':
      return unframed(row, bytes);
    case 'note':
      return note(row, bytes);
    case 'packet':
    case 'incomplete':
      return packet(row, bytes);
    default:
      return assertNever(row.kind);
  }
}

function packet(row: LogRow, bytes: Uint8Array): PacketContents {
  const whole = bytes.length <= mostFieldBytes || fieldBytes(row, bytes) <= mostFieldBytes;
  const dissection = dissect(whole ? bytes : bytes.subarray(0, mostFieldBytes), rowContext(row));
  const notices: string[] = [];
  if (row.kind === 'incomplete') {
    notices.push(
      row.direction === undefined
        ? 'The bytes end before this packet does.'
        : 'The connection ended before this packet did. These are the bytes that came.',
    );
  }
  if (!whole) {
    notices.push(
      `Fields of the first ${mostFieldBytes.toLocaleString('en')} bytes are shown; what they say about missing bytes is due to that. All bytes are there.`,
    );
  }
  const fields =
    row.concealed.length === 0
      ? dissection.fields
      : dissection.fields.map((field) => withoutSecrets(field, row.concealed));
  if (row.concealed.length > 0) {
    notices.push('Passwords and authentication data stay out of this view; their bytes are shown as dots.');
  }
  return {
    version: dissection.version,
    tree: new FieldTreeModel(fields, dissection.violations),
    payload: payloadOf(dissection),
    notices,
  };
}

/** How many bytes of a long packet are not its payload, as the excerpt tells it. */
function fieldBytes(row: LogRow, bytes: Uint8Array): number {
  const { packet: start } = dissect(row.excerpt, rowContext(row));
  if (start?.type !== 'PUBLISH' || start.payload.length === 0) return bytes.length;
  return row.excerpt.length - start.payload.length;
}

/** A place of a capture where there are no bytes: the row has what is to be said about it. */
function note({ version }: LogRow, bytes: Uint8Array): PacketContents {
  const read = readNote(bytes);
  const notices = read ? [describeNote(read)] : [];
  return { version, tree: new FieldTreeModel([], []), payload: undefined, notices };
}

function unframed(row: LogRow, bytes: Uint8Array): PacketContents {
  const field: FieldNode = {
    label: 'Bytes',
    section: '',
    start: 0,
    end: bytes.length,
    bits: undefined,
    value: undefined,
    children: [],
    unfinished: false,
  };
  return {
    version: row.version,
    tree: new FieldTreeModel(
      [{ ...field, value: `${bytes.length.toLocaleString('en')} that are no packet` }],
      [],
    ),
    payload: { label: 'Content', bytes },
    notices: [unframedNotice(row)],
  };
}

function unframedNotice({ direction, endsPrevious, length }: LogRow): string {
  if (endsPrevious) {
    return `The Remaining Length of the packet before is probably ${length.toLocaleString('en')} too small: with these bytes it parses (2.2.3). Usual cause: a stale length, computed before the payload grew or kept from another packet.`;
  }
  switch (direction) {
    case 'in':
      return 'These bytes are not MQTT, so nothing after them on this connection can be read either. If they look like text, another protocol answers at this port; if the first byte is 0x15 or 0x16, it expects or speaks TLS.';
    case 'out':
      return 'These bytes are not MQTT: the packet before them may have announced a wrong Remaining Length.';
    case undefined:
      return 'These bytes are not an MQTT packet: they may be of something else, or the packet before them has a wrong Remaining Length.';
    default:
      return assertNever(direction);
  }
}

function payloadOf({ packet: read }: Dissection): PacketContents['payload'] {
  if (read?.type === 'PUBLISH') return { label: 'Payload', bytes: read.payload };
  if (read?.type === 'CONNECT' && read.will) return { label: 'Will Payload', bytes: read.will.payload };
  return undefined;
}

function withoutSecrets(field: FieldNode, concealed: readonly Span[]): FieldNode {
  const hidden = concealed.find(({ start, end }) => start < field.end && field.start < end);
  if (!hidden) return field;
  const children = field.children.map((child) => withoutSecrets(child, concealed));
  if (field.value === undefined) return { ...field, children };
  return { ...field, children, value: `concealed, ${showBytes(hidden.end - hidden.start)}` };
}
