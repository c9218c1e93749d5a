import { jsonObject } from '../../base/jsonObject';
import type { UnframedRest } from '../../protocol/secretStart';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { describeViolation, type Violation } from '../../protocol/violations';
import type { Direction } from '../../session/effects';
import { readRemark, writeRemark } from '../remarkText';
import type { RowKind } from '../rowFlags';
import { rowKinds } from '../rowFlags';
import type { PacketPlace } from './unansweredRows';

/*
 * What this program's own capture files say in the comments of their frames, for people and for reading them again: a
 * sentence's beginning and JSON. Other programs keep comments when they cut files or put them together.
 */

/** On the first frame of a connection: what it is called in the log it was saved from. */
export interface ConnectionMark {
  readonly name: string;
  readonly version: ProtocolVersion;
  /** Which way the client's packets went, as the saving side saw it. */
  readonly client: Direction;
  /** The server's real port, where MQTT would not be looked for at it. */
  readonly serverPort?: number;
}

/** On a frame whose bytes are more, or less, than packets of that connection. */
export interface RowMark {
  /** `context`: a packet that is no row, there for Wireshark to know the version. */
  readonly kind: RowKind | 'context';
  /** The row goes on in the next frame. */
  readonly more?: boolean;
  readonly withoutContext?: boolean;
  readonly decoded?: boolean;
  readonly endsPrevious?: boolean;
  readonly cut?: boolean;
  readonly rest?: UnframedRest;
  /** The bytes of a note, as text without the mark in front. */
  readonly note?: string;
  /** Of a packet that is cut off: its topic is known. */
  readonly hasTopic?: boolean;
  /** The row's packet has so many bytes more, for which sequence numbers are left out. */
  readonly hole?: number;
}

/** On a frame: what the receiver found wrong with a packet that does not show it by itself. */
export interface RemarkMark {
  readonly remark: Violation;
  /** The how many-th packet of its client it is, from 1; undefined: that of the frame. */
  readonly packet?: number;
}

const connectionPrefix = 'MQTT Workbench connection ';
const rowPrefix = 'MQTT Workbench row ';
const remarkPrefix = 'MQTT Workbench violation';
const remarkStart = /^MQTT Workbench violation(?: by frame \d+, packet (\d{1,9}) of its client)?: /;

export function writeConnectionMark(mark: ConnectionMark): string {
  return connectionPrefix + JSON.stringify(mark);
}

export function writeRowMark(mark: RowMark): string {
  return rowPrefix + JSON.stringify(mark);
}

/** On the last frame of a packet with which its receiver found something wrong that the packet does not show by itself. */
export function writeRemarkMark(remark: Violation, version: ProtocolVersion): string {
  return `${remarkPrefix}: ${remarkText(remark, version)}`;
}

/**
 * The same where it was found only after that frame was written: on the CONNACK of its connection. People find the packet by
 * the number of its frame, which changes when somebody cuts the file.
 */
export function writeLateRemarkMark(
  remark: Violation,
  version: ProtocolVersion,
  { frame, number }: PacketPlace,
): string {
  return `${remarkPrefix} by frame ${frame}, packet ${number} of its client: ${remarkText(remark, version)}`;
}

function remarkText(remark: Violation, version: ProtocolVersion): string {
  const { message, clause } = describeViolation(remark, version);
  return `${message} [${clause}] ${writeRemark(remark)}`;
}

/** The remarks among the comments of a frame, each rule once. Their words are not read: they are found again by the rule. */
export function readRemarkMarks(comments: readonly string[]): readonly RemarkMark[] {
  const found = new Map<string, RemarkMark>();
  for (const comment of comments) {
    const start = remarkStart.exec(comment);
    const remark = start ? readRemark(comment.slice(comment.indexOf('{', start[0].length))) : undefined;
    if (!start || !remark) continue;
    const [, packet] = start;
    found.set(`${remark.id} ${packet}`, { remark, ...(packet !== undefined && { packet: Number(packet) }) });
  }
  return [...found.values()];
}

/** The mark among the comments of a frame, as far as it says what it should. */
export function readConnectionMark(comments: readonly string[]): ConnectionMark | undefined {
  const value = markOf(comments, connectionPrefix);
  if (!value) return undefined;
  const { name, version, client, serverPort } = value;
  if (typeof name !== 'string' || (client !== 'in' && client !== 'out')) return undefined;
  if (version !== 3 && version !== 4 && version !== 5) return undefined;
  return { name, version, client, ...(typeof serverPort === 'number' && { serverPort }) };
}

export function readRowMark(comments: readonly string[]): RowMark | undefined {
  const value = markOf(comments, rowPrefix);
  if (!value) return undefined;
  const { kind, more, withoutContext, decoded, endsPrevious, cut, rest, note, hole, hasTopic } = value;
  if (!isKind(kind)) return undefined;
  return {
    kind,
    ...(more === true && { more }),
    ...(withoutContext === true && { withoutContext }),
    ...(decoded === true && { decoded }),
    ...(endsPrevious === true && { endsPrevious }),
    ...(cut === true && { cut }),
    ...((rest === 'first' || rest === 'secret') && { rest }),
    ...(typeof note === 'string' && { note }),
    ...(hasTopic === true && { hasTopic }),
    ...(typeof hole === 'number' && hole > 0 && { hole: Math.floor(hole) }),
  };
}

function isKind(kind: unknown): kind is RowMark['kind'] {
  return kind === 'context' || rowKinds.some((each) => each === kind);
}

function markOf(comments: readonly string[], prefix: string): Readonly<Record<string, unknown>> | undefined {
  const comment = comments.find((each) => each.startsWith(prefix));
  // Where somebody has edited it, it is a comment like any other.
  return comment === undefined ? undefined : jsonObject(comment.slice(prefix.length));
}
