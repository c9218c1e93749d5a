import { describeNote, readNote } from '../../base/captureNote';
import { toBase64 } from '../../base/base64';
import { noBytes } from '../../base/bytes';
import { isoTime } from '../../base/isoTime';
import { decodeUtf8 } from '../../base/utf8';
import type { ControlPacket, ProtocolVersion, WillMessage } from '../../protocol/controlPacket';
import { dissect } from '../../protocol/dissect';
import type { Dissection } from '../../protocol/dissect';
import { excerptContext, excerptViolations } from '../../protocol/excerpt';
import { foreignBytes, isHttpAnswer } from '../../protocol/foreignProtocol';
import { framingViolation } from '../../protocol/packetFramer';
import type { Properties } from '../../protocol/properties';
import { summarize } from '../../protocol/summary';
import { versionNames } from '../../protocol/versionNames';
import { describeViolation } from '../../protocol/violations';
import type { Violation } from '../../protocol/violations';
import type { PacketContexts } from '../packetContexts';
import type { PacketRow } from '../packetLog';

/** What an export says of a row, besides its bytes and its payload: the columns of the list, and what they are made of. */
export interface ExportedRow {
  readonly sequence: number;
  /** ISO 8601, UTC, to the microsecond. */
  readonly time: string;
  readonly direction: 'in' | 'out' | undefined;
  readonly connection: string;
  readonly version: string;
  readonly kind: PacketRow['kind'];
  readonly packet: string | undefined;
  readonly summary: string;
  readonly bytes: number;
  readonly topic: string | undefined;
  readonly qos: number | undefined;
  readonly retain: boolean | undefined;
  readonly dup: boolean | undefined;
  readonly packetIdentifier: number | undefined;
  readonly reasonCode: number | undefined;
  /** Of SUBACK and UNSUBACK: one for each Topic Filter. */
  readonly reasonCodes: readonly number[] | undefined;
  /** Of 5.0, where there are any; what is binary in Base64. */
  readonly properties: Readonly<Record<string, unknown>> | undefined;
  /** Of a CONNECT that has one. */
  readonly will: ExportedWill | undefined;
  /** Each broken rule with its clause. */
  readonly violations: readonly string[];
}

export interface ExportedWill {
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly properties: Readonly<Record<string, unknown>> | undefined;
  /** Where it is text; at most 65,535 bytes, as every will's. */
  readonly payload: string | undefined;
  readonly payloadBase64: string;
}

export interface RowContents {
  readonly row: ExportedRow;
  /** What the packet carries for applications; a view. */
  readonly payload: Uint8Array | undefined;
}

/** Of a longer packet this much is taken apart; what is beyond can only be its payload, or keeps its reader busy. */
const mostDissected = 128 * 1024;

/** @param bytes of the row, without secrets */
export function contentsOf(
  row: PacketRow,
  connection: string,
  bytes: Uint8Array,
  contexts: PacketContexts,
): RowContents {
  const { sequence, at, direction, version, kind, topic, length, decoded } = row;
  const known = {
    sequence,
    time: isoTime(at),
    direction: decoded ? undefined : direction,
    connection,
    version: versionNames[version],
    kind,
    bytes: length,
    topic,
  };
  if (kind === 'note' || kind === 'unframed') {
    const note = kind === 'note' ? readNote(bytes) : undefined;
    const summary = note ? describeNote(note) : kind === 'note' ? '' : unframedSummary(row, bytes, contexts);
    const broken = row.rest === 'first' ? framingViolation(bytes) : undefined;
    const violations = broken ? [described(broken, version)] : [];
    return { row: { ...known, ...withoutPacket, summary, violations }, payload: undefined };
  }
  const isCut = bytes.length > mostDissected;
  const context = excerptContext({ version, topic, length, context: contexts.of(row) });
  const shown = dissect(isCut ? bytes.subarray(0, mostDissected) : bytes, context);
  const { packet } = shown;
  const payload = packet?.type === 'PUBLISH' ? payloadIn(bytes, packet, shown, isCut) : undefined;
  return {
    row: {
      ...known,
      packet: row.packetType,
      summary: packet ? summarize(packet, shown.version, topic, payload?.length) : '',
      qos: packet?.type === 'PUBLISH' ? packet.qos : undefined,
      retain: packet?.type === 'PUBLISH' ? packet.retain : undefined,
      dup: packet?.type === 'PUBLISH' ? packet.dup : undefined,
      packetIdentifier: identifierOf(packet),
      reasonCode: packet && 'reasonCode' in packet ? packet.reasonCode : undefined,
      reasonCodes: reasonCodesOf(packet),
      properties: packet && 'properties' in packet ? propertiesOf(packet.properties) : undefined,
      will: packet?.type === 'CONNECT' && packet.will ? willOf(packet.will) : undefined,
      violations: violationsOf(shown, isCut || row.cut === true),
    },
    payload,
  };
}

function unframedSummary(row: PacketRow, bytes: Uint8Array, contexts: PacketContexts): string {
  const { cut, direction, decoded, endsPrevious, rest } = row;
  if (cut) return 'The rest of a packet whose beginning was not captured';
  if (isHttpAnswer(decoded ? undefined : direction, bytes)) return 'An answer in HTTP';
  const mayBegin = endsPrevious !== true && rest !== 'first';
  const foreign = mayBegin ? foreignBytes(bytes, contexts.of(row).sender) : undefined;
  return foreign?.message ?? 'These bytes are not an MQTT packet';
}

const withoutPacket = {
  packet: undefined,
  qos: undefined,
  retain: undefined,
  dup: undefined,
  packetIdentifier: undefined,
  reasonCode: undefined,
  reasonCodes: undefined,
  properties: undefined,
  will: undefined,
} as const;

function willOf({ topicName, qos, retain, properties, payload }: WillMessage): ExportedWill {
  return {
    ...{ topic: topicName, qos, retain },
    properties: propertiesOf(properties),
    payload: decodeUtf8(payload),
    payloadBase64: toBase64(payload),
  };
}

/** UNSUBACK has none before 5.0. */
function reasonCodesOf(packet: ControlPacket | undefined): readonly number[] | undefined {
  return packet && 'reasonCodes' in packet && packet.reasonCodes.length > 0 ? packet.reasonCodes : undefined;
}

function propertiesOf(properties: Properties): Readonly<Record<string, unknown>> | undefined {
  const present = Object.entries(properties).filter(([, value]) => value !== undefined);
  if (present.length === 0) return undefined;
  return Object.fromEntries(
    present.map(([name, value]) => [name, value instanceof Uint8Array ? toBase64(value) : value]),
  );
}

/** The payload is what a PUBLISH ends with (3.3.3). */
function payloadIn(
  bytes: Uint8Array,
  { payload }: Extract<ControlPacket, { type: 'PUBLISH' }>,
  { complete }: Dissection,
  isCut: boolean,
): Uint8Array {
  if (!isCut) return payload;
  return payload.length === 0 && !complete ? noBytes : bytes.subarray(mostDissected - payload.length);
}

function identifierOf(packet: ControlPacket | undefined): number | undefined {
  return packet && 'packetIdentifier' in packet && packet.packetIdentifier > 0
    ? packet.packetIdentifier
    : undefined;
}

function violationsOf(shown: Dissection, isCut: boolean): readonly string[] {
  return excerptViolations(shown, isCut).map((violation) => described(violation, shown.version));
}

function described(violation: Violation, version: ProtocolVersion): string {
  const { message, clause, severity } = describeViolation(violation, version);
  return `${severity}: ${message} [${clause}]`;
}
