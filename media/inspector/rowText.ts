import { assertNever } from '../../src/base/assert';
import { hexByte } from '../../src/base/bytes';
import { describeNote, readNote } from '../../src/base/captureNote';
import { readConnectionName } from '../../src/base/connectionName';
import { grouped } from '../../src/base/grouped';
import { wholeMicroseconds } from '../../src/base/isoTime';
import type { LogRow } from '../../src/inspector/contract';
import { dissect, type Dissection } from '../../src/protocol/dissect';
import { excerptViolations } from '../../src/protocol/excerpt';
import { foreignBytes, isHttpAnswer } from '../../src/protocol/foreignProtocol';
import { framingViolation } from '../../src/protocol/packetFramer';
import { QuickReader } from '../../src/protocol/quickReading';
import { summarize } from '../../src/protocol/summary';
import { describeViolation, violationTable } from '../../src/protocol/violations';
import type { Severity, Violation } from '../../src/protocol/violations';
import { rowContext } from './rowContext';

/** What a line of the list says beside its columns. */
export interface RowText {
  /** `PUBLISH`, or what it is instead of a packet. */
  readonly packet: string;
  readonly summary: string;
  readonly warning: RowWarning | undefined;
}

export interface RowWarning {
  readonly severity: Severity;
  /** The gravest violation with its clause. */
  readonly message: string;
  readonly count: number;
}

const gravestFirst: readonly Severity[] = ['violation', 'deprecated', 'suspicious'];

const quickly = new QuickReader();
const texts = new WeakMap<LogRow, RowText>();

/** The text of a row, read from its excerpt the first time the row is on screen. */
export function rowText(row: LogRow): RowText {
  const known = texts.get(row);
  if (known) return known;
  const text =
    row.kind === 'unframed' ? unframedText(row) : row.kind === 'note' ? noteText(row) : packetText(row);
  texts.set(row, text);
  return text;
}

/** `14:02:11.042381`: local time of day with microseconds. */
export function timeOfDay(at: number): string {
  const whole = wholeMicroseconds(at);
  const time = new Date(Math.floor(whole / 1000));
  const [hours, minutes, seconds] = [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  const microseconds = String(((whole % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0');
  return `${hours}:${minutes}:${seconds}.${microseconds}`;
}

/** A client by its identifier alone: what the local broker calls `esp32 (192.168.1.31:50123)`, with where it comes from. */
export function shownClient({ client, isWholeName }: Pick<LogRow, 'client' | 'isWholeName'>): string {
  if (isWholeName) return client;
  const { identifier, server } = readConnectionName(client);
  return server === undefined && identifier !== undefined ? identifier : client;
}

/** Which way a row went, in a word and as a codicon; bytes that came over no connection went none that is known. */
export function directionText({ direction }: Pick<LogRow, 'direction'>): { name: string; icon: string } {
  switch (direction) {
    case 'in':
      return { name: 'received', icon: 'arrow-left' };
    case 'out':
      return { name: 'sent', icon: 'arrow-right' };
    case undefined:
      return { name: 'decoded', icon: 'file-binary' };
    default:
      return assertNever(direction);
  }
}

function packetText(row: LogRow): RowText {
  const cut = row.excerpt.length < row.length;
  const context = rowContext(row);
  // Fields are needed only for what is wrong and where.
  const quick = quickly.readPlain(row.excerpt, 0, row.excerpt.length, context);
  const plain = quick?.violations.length === 0 ? { packetType: quick.packet.type, ...quick } : undefined;
  const dissection = plain ? { ...plain, version: row.version } : dissect(row.excerpt, context);
  const name = dissection.packetType ?? 'Reserved type 0';
  return {
    packet: row.kind === 'incomplete' ? `${name} (cut off)` : name,
    summary: dissection.packet ? summaryOf(row, dissection, cut) : '',
    warning: warningOf(excerptViolations(dissection, cut || row.cut === true), dissection),
  };
}

function summaryOf(
  row: LogRow,
  { packet, version }: Pick<Dissection, 'packet' | 'version'>,
  cut: boolean,
): string {
  if (!packet) return '';
  if (packet.type === 'PUBLISH') {
    const payloadLength = row.length - (row.excerpt.length - packet.payload.length);
    return summarize(packet, version, row.topic, payloadLength);
  }
  return summarize(packet, version) + (cut ? ' …' : '');
}

/** A note says all there is to say. */
function noteText({ excerpt }: LogRow): RowText {
  const note = readNote(excerpt);
  return { packet: 'Note', summary: note ? describeNote(note) : '', warning: undefined };
}

/** Hexadecimal digits, with dots in place of what is concealed: what stands there instead was not sent. */
function shownHex({ concealed }: LogRow, bytes: Uint8Array): string {
  const digits = Array.from(bytes, (byte, at) =>
    concealed.some(({ start, end }) => start <= at && at < end) ? '••' : hexByte(byte),
  );
  return digits.join(' ');
}

function unframedText(row: LogRow): RowText {
  const head = row.excerpt.subarray(0, 64);
  // Printable ASCII with line breaks: another protocol's words are the best hint of which one it is.
  const readable =
    row.concealed.length === 0 &&
    head.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0d || byte === 0x0a);
  const words = readable
    ? String.fromCharCode(...head).split(/[\r\n]/)[0]
    : shownHex(row, head.subarray(0, 24));
  const isAnswer = isHttpAnswer(row.direction, row.excerpt);
  const foreign =
    row.endsFraming || row.endsPrevious ? undefined : foreignBytes(row.excerpt, row.context.sender);
  return {
    packet: row.cut ? 'Rest of packet' : isAnswer ? 'HTTP answer' : (foreign?.label ?? 'Not MQTT'),
    summary: `${words}${row.length > (readable ? (words?.length ?? 0) : 24) ? ' …' : ''}`,
    warning:
      row.cut || isAnswer
        ? undefined
        : (framingWarning(row) ?? {
            severity: 'violation',
            message: row.endsPrevious
              ? `Probably the end of the packet before, whose Remaining Length is ${grouped(row.length)} too small`
              : (foreign?.message ?? 'These bytes are not an MQTT packet'),
            count: 1,
          }),
  };
}

/** The rule that ends the framing of a stream. */
function framingWarning({ endsFraming, excerpt, version }: LogRow): RowWarning | undefined {
  const violation = endsFraming ? framingViolation(excerpt) : undefined;
  if (!violation) return undefined;
  const { message, clause } = describeViolation(violation, version);
  return { severity: 'violation', message: `${message} [${clause}]`, count: 1 };
}

function warningOf(
  violations: readonly Violation[],
  { version }: Pick<Dissection, 'version'>,
): RowWarning | undefined {
  for (const severity of gravestFirst) {
    const gravest = violations.find(({ id }) => violationTable[id].severity === severity);
    if (!gravest) continue;
    const { message, clause } = describeViolation(gravest, version);
    return { severity, message: `${message} [${clause}]`, count: violations.length };
  }
  return undefined;
}
