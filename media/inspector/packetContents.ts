import { grouped } from '../../src/base/grouped';
import type { Span } from '../../src/base/spans';
import { assertNever } from '../../src/base/assert';
import { describeNote, readNote } from '../../src/base/captureNote';
import type { LogRow } from '../../src/inspector/contract';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { dissect, type Dissection, type FieldNode } from '../../src/protocol/dissect';
import { excerptViolations } from '../../src/protocol/excerpt';
import { type ForeignBytes, foreignBytes, isHttpAnswer } from '../../src/protocol/foreignProtocol';
import { framingViolation } from '../../src/protocol/packetFramer';
import { showBytes } from '../../src/protocol/show';
import { describeViolation } from '../../src/protocol/violations';
import { emptySource, SourceWindow, WholeBytes, type ByteSource } from './byteSource';
import { FieldTreeModel } from './fieldTreeModel';
import { rowContext } from './rowContext';

/**
 * Bytes of a packet that are dissected, its payload aside. Real packets keep far below it; what does not is made to keep
 * its reader busy, and every field costs an object.
 */
const mostFieldBytes = 128 * 1024;
/** Bytes of a character in UTF-8, but for its last. */
const longestCharacter = 3;

const concealedNotice =
  'Passwords and authentication data stay out of this view; their bytes are shown as dots.';
const concealedRest =
  'What is no packet may be the rest of a CONNECT with its password: it stays out of this view, and its bytes are shown as dots.';

/** What a packet carries for applications. */
export interface CarriedPayload {
  readonly label: string;
  readonly bytes: ByteSource;
  /** Content Type (3.3.2.3.9), where the packet has one. */
  readonly contentType: string | undefined;
}

export interface PacketContents {
  readonly version: ProtocolVersion;
  readonly tree: FieldTreeModel;
  readonly payload: CarriedPayload | undefined;
  /** What is particular about these bytes, in whole sentences. */
  readonly notices: readonly string[];
}

/**
 * Everything the details of one packet show. `head` is its beginning, mostly all of it, with secrets replaced; `bytes` are
 * all of it.
 */
export function packetContents(
  row: LogRow,
  head: Uint8Array,
  bytes: ByteSource = new WholeBytes(head),
): PacketContents {
  switch (row.kind) {
    case 'unframed':
      return unframed(row, head, bytes);
    case 'note':
      return note(row, head);
    case 'packet':
    case 'incomplete':
      return packet(row, head, bytes);
    default:
      return assertNever(row.kind);
  }
}

function packet(row: LogRow, head: Uint8Array, bytes: ByteSource): PacketContents {
  const { whole, dissection } = read(row, head, bytes.length);
  const notices: string[] = [];
  if (row.kind === 'incomplete') {
    notices.push(
      row.direction === undefined
        ? 'The bytes end before this packet does.'
        : row.cut
          ? 'The rest of this packet is not in the capture. What is missing breaks no rule; these are the bytes that were captured.'
          : 'The rest of this packet is not there: the connection ended first. These are the bytes that came.',
    );
  }
  if (!whole) {
    notices.push(
      `Fields of the first ${grouped(mostFieldBytes)} bytes are shown; what they say about missing bytes is due to that. All bytes are there.`,
    );
  }
  const fields =
    row.concealed.length === 0
      ? dissection.fields
      : dissection.fields.map((field) => withoutSecrets(field, row.concealed));
  if (row.concealed.length > 0) notices.push(concealedNotice);
  return {
    version: dissection.version,
    tree: new FieldTreeModel(fields, excerptViolations(dissection, row.cut === true)),
    payload: payloadOf(dissection, bytes),
    notices,
  };
}

/** Reads the fields of a packet, and of the payload of a long one no more than is here. */
function read(row: LogRow, head: Uint8Array, length: number): { whole: boolean; dissection: Dissection } {
  const context = rowContext(row);
  if (length <= mostFieldBytes) return { whole: true, dissection: dissect(head, context) };
  if (!reachesPayload(row)) {
    return { whole: false, dissection: dissect(head.subarray(0, mostFieldBytes), context) };
  }
  const dissection = dissect(head, context, length);
  if (head.length === length) return { whole: true, dissection };
  // A character that the end of what is here cuts is no broken rule; the value is where in the payload it is.
  const payload = dissection.packet?.type === 'PUBLISH' ? dissection.packet.payload.length : 0;
  const violations = dissection.violations.filter(
    ({ id, value }) => id !== 'payloadNotUtf8' || Number(value) < payload - longestCharacter,
  );
  return { whole: true, dissection: { ...dissection, violations } };
}

/** A place of a capture where there are no bytes: the row has what is to be said about it. */
function note({ version }: LogRow, bytes: Uint8Array): PacketContents {
  const read = readNote(bytes);
  const notices = read ? [describeNote(read)] : [];
  return { version, tree: new FieldTreeModel([], []), payload: undefined, notices };
}

/** Whether the excerpt of a long PUBLISH has all of it but its payload. */
function reachesPayload(row: LogRow): boolean {
  const { packet: start } = dissect(row.excerpt, rowContext(row));
  return start?.type === 'PUBLISH' && start.payload.length > 0;
}

function unframed(row: LogRow, head: Uint8Array, bytes: ByteSource): PacketContents {
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
  const isConcealed = row.concealed.length > 0;
  const violation = row.endsFraming ? framingViolation(head) : undefined;
  const notice = violation ? framingNotice : unframedNotice(row, head);
  return {
    version: row.version,
    tree: new FieldTreeModel(
      [{ ...field, value: `${grouped(bytes.length)} that are no packet` }],
      violation ? [violation] : [],
    ),
    // What stands in place of secrets would be taken for what was sent; beside it are only the bytes that are shown anyway.
    payload: isConcealed ? undefined : { label: 'Content', bytes, contentType: undefined },
    notices: isConcealed ? [notice, concealedRest] : [notice],
  };
}

const framingNotice =
  'The framing of this connection ends here: nothing says where the next packet would begin, so nothing after these bytes can be read either. The packet before them may have announced a wrong Remaining Length.';

/** A port with TLS shows such bytes, too: those of handshakes that came to nothing. */
const handshakeHint =
  ' At a port with TLS the handshake came to nothing: most often the device does not trust the certificate of the broker.';

function foreignNotice({ message, violation }: ForeignBytes, version: ProtocolVersion): string {
  const { clause, cause } = describeViolation(violation, version);
  return `${message}. [${clause}] Usual cause: ${cause}${violation.id === 'tlsOnPlainPort' ? handshakeHint : ''}`;
}

function unframedNotice(
  { direction, endsPrevious, cut, length, context, version }: LogRow,
  head: Uint8Array,
): string {
  if (cut)
    return 'These bytes are the rest of a packet whose beginning was not captured, or follow a gap of the capture.';
  if (endsPrevious) {
    return `The Remaining Length of the packet before is probably ${grouped(length)} too small: with these bytes it parses (2.2.3). Usual cause: a stale length, computed before the payload grew or kept from another packet.`;
  }
  if (isHttpAnswer(direction, head))
    return 'This is the answer of the broker to what is before it, which is HTTP and not MQTT. It breaks no rule, and the connection ends with it.';
  const foreign = foreignBytes(head, context.sender);
  if (foreign) return foreignNotice(foreign, version);
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

function payloadOf({ packet: read, fields }: Dissection, bytes: ByteSource): CarriedPayload | undefined {
  if (read?.type === 'PUBLISH') {
    // What comes last in the packet; a broken one may have none that can be told.
    const field = fields.find(({ label }) => label === 'Payload');
    const payload =
      field === undefined ? emptySource : new SourceWindow(bytes, field.start, field.end - field.start);
    return { label: 'Payload', bytes: payload, contentType: read.properties.contentType };
  }
  if (read?.type === 'CONNECT' && read.will) {
    const { payload, properties } = read.will;
    return { label: 'Will Payload', bytes: new WholeBytes(payload), contentType: properties.contentType };
  }
  return undefined;
}

function withoutSecrets(field: FieldNode, concealed: readonly Span[]): FieldNode {
  const hidden = concealed.find(({ start, end }) => start < field.end && field.start < end);
  if (!hidden) return field;
  const children = field.children.map((child) => withoutSecrets(child, concealed));
  if (field.value === undefined) return { ...field, children };
  return { ...field, children, value: `concealed, ${showBytes(hidden.end - hidden.start)}` };
}
