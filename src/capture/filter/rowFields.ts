import { assertNever } from '../../base/assert';
import { toHex } from '../../base/bytes';
import { lossyUtf8 } from '../../base/lossyText';
import { payloadValue, valueAt } from '../../payload/payloadValue';
import { PacketReader } from '../../protocol/codec';
import { packetTypeNames, type ControlPacket } from '../../protocol/controlPacket';
import { dissect } from '../../protocol/dissect';
import { isHttpAnswer } from '../../protocol/foreignProtocol';
import { framingViolation } from '../../protocol/packetFramer';
import type { Properties, PropertyKey } from '../../protocol/properties';
import { reasonCodeName } from '../../protocol/reasonCodes';
import { topicMatches } from '../../protocol/topics';
import { describeViolation, ProtocolViolation } from '../../protocol/violations';
import type { Fields, FieldValue } from '../../where/evaluate';
import type { FieldReference } from '../../where/expression';
import { timeOfLocalDay } from '../../where/timeLiteral';
import { namesOfConnection } from '../clientIdentity';
import { PacketContexts } from '../packetContexts';
import type { PacketLog } from '../packetLog';
import type { PacketSegment } from '../packetSegment';
import { rowKindOf, unpackFlags, versionOf } from '../rowFlags';
import { PublishParts } from '../publishParts';
import { rowViolations } from '../rowViolations';

/** A payload is decoded and taken as text up to here: what is longer would hold up everything else. `contains` looks through all of it. */
export const longestValue = 1024 * 1024;
/** Fields but the payload are read from so much of a packet. */
const longestRead = 64 * 1024;

const publishType = 3;
const none: readonly FieldValue[] = [];

/** The fields of one row after another, read from its columns and, only where it takes that, from its bytes. */
export class RowFields implements Fields {
  private readonly contexts: PacketContexts;
  private readonly reader = new PacketReader();
  private readonly parts = new PublishParts();
  private segment: PacketSegment | undefined;
  private row = 0;
  private characters = Infinity;
  /** Rows whose payload was asked for and is longer than is read, and the sequence number of the last of them. */
  private shortened = 0;
  private lastShortened = -1;
  /** What was read of the row so far. */
  private read: {
    packet?: ControlPacket | undefined;
    payload?: Uint8Array | undefined;
    value?: readonly FieldValue[];
  } = {};

  constructor(private readonly log: PacketLog) {
    this.contexts = new PacketContexts(log);
  }

  /** @param characters of a text that whoever asks looks at */
  moveTo(segment: PacketSegment, row: number, characters = Infinity): void {
    this.segment = segment;
    this.row = row;
    this.characters = characters;
    this.read = {};
  }

  /** How many rows had a payload of which only the beginning could decide: {@link longestValue}, or what a pattern looks at. */
  get shortenedRows(): number {
    return this.shortened;
  }

  /** Rows that were decided are decided anew. */
  forget(): void {
    this.shortened = 0;
    this.lastShortened = -1;
  }

  /** Lets go of the rows that were read last. */
  release(): void {
    this.segment = undefined;
    this.read = {};
    this.reader.release();
  }

  values(field: FieldReference): readonly FieldValue[] {
    const { segment, row } = this;
    if (!segment) return none;
    switch (field.name) {
      case 'packet':
      case 'direction':
      case 'qos':
      case 'retain':
      case 'dup':
        return headValues(field.name, segment.firstByte[row] as number, segment.flags[row] as number);
      case 'client':
        return namesOfConnection(this.log, segment.connection[row] as number);
      case 'time': {
        const at = segment.time[row] as number;
        return [field.path.length > 0 ? timeOfLocalDay(at) : at];
      }
      case 'length':
        return [(segment.end[row] as number) - segment.startOf(row)];
      case 'topic':
        return topicValues(segment.topicOf(row), field.path);
      case 'violation':
        return this.violations(segment, row);
      case 'id':
      case 'reason':
      case 'property':
        return packetValues(this.packet(segment), field, this.version);
      case 'size':
      case 'text':
      case 'hex':
      case 'payload':
        return this.payloadValues(field);
      default:
        return assertNever(field.name);
    }
  }

  isMatchedBy(topicFilter: string): boolean {
    const topic = this.segment?.topicOf(this.row);
    return topic !== undefined && topicMatches(topicFilter, topic);
  }

  private get version(): 3 | 4 | 5 {
    return unpackFlags(this.segment?.flags[this.row] ?? 0).version;
  }

  private payloadValues(field: FieldReference): readonly FieldValue[] {
    const payload = (this.read.payload ??= this.payload());
    if (!payload) return none;
    if (payload.length > longestValue && field.name !== 'size') this.noteShortened();
    const beginning = payload.subarray(0, longestValue);
    switch (field.name) {
      case 'size':
        return [payload.length];
      case 'text':
        return [this.lookedAt(lossyUtf8(beginning))];
      case 'hex':
        return [this.lookedAt(toHex(beginning))];
      default: {
        const decoded = payload.length > longestValue ? undefined : payloadValue(payload);
        if (field.path.length > 0) {
          const found = decoded && valueAt(decoded.value, field.path);
          return found ? [found.value as FieldValue] : none;
        }
        // As what it decodes to and as it is written: "21.5" may be meant as either.
        return [...(decoded ? [decoded.value as FieldValue] : []), this.lookedAt(lossyUtf8(beginning))];
      }
    }
  }

  /** A row that is long is decided before the next one: however many terms ask for it, it is the last. */
  private noteShortened(): void {
    const sequence = (this.segment?.first ?? 0) + this.row;
    if (sequence === this.lastShortened) return;
    this.lastShortened = sequence;
    this.shortened++;
  }

  private lookedAt(text: string): string {
    if (text.length > this.characters) this.noteShortened();
    return text;
  }

  private payload(): Uint8Array | undefined {
    const { segment, row } = this;
    if (!segment || !findPayload(this.parts, segment, row)) return undefined;
    return segment.bytes.subarray(this.parts.payloadStart, segment.end[row]);
  }

  /** The packet as far as it can be read; nothing of what breaks a rule, as then defaults stand in for what is missing. */
  private packet(segment: PacketSegment): ControlPacket | undefined {
    if ('packet' in this.read) return this.read.packet;
    const { row } = this;
    const { kind, version } = unpackFlags(segment.flags[row] as number);
    const start = segment.startOf(row);
    const end = segment.end[row] as number;
    let packet: ControlPacket | undefined;
    if (kind === 'packet') {
      try {
        packet = this.reader.read(segment.bytes, start, end, version);
      } catch (error) {
        if (!(error instanceof ProtocolViolation)) throw error;
        const read = dissect(segment.bytes.subarray(start, Math.min(end, start + longestRead)), { version });
        packet = read.complete ? read.packet : undefined;
      }
    }
    this.read.packet = packet;
    return packet;
  }

  private violations(segment: PacketSegment, row: number): readonly FieldValue[] {
    const { kind, rest, cut, version, direction, decoded } = unpackFlags(segment.flags[row] as number);
    if (kind === 'unframed') {
      const bytes = segment.bytes.subarray(segment.startOf(row), segment.end[row]);
      // Of its packet the capture lacks the beginning, or a broker was asked in HTTP: that breaks no rule.
      if (cut || isHttpAnswer(decoded ? undefined : direction, bytes)) return none;
      const broken = rest === 'first' ? framingViolation(bytes) : undefined;
      if (!broken) return ['unframed', 'violation'];
      const { clause, message } = describeViolation(broken, version);
      return ['unframed', 'violation', broken.id, clause, message];
    }
    const found = this.log.row(segment.first + row);
    if (!found) return none;
    const bytes = segment.bytes.subarray(segment.startOf(row), segment.end[row]);
    return rowViolations(found, bytes, this.contexts).flatMap((violation) => {
      const { clause, message, severity } = describeViolation(violation, found.version);
      return [violation.id, clause, message, severity];
    });
  }
}

/** Finds where the payload of a row begins; false where it is no PUBLISH, or was cut off before. */
export function findPayload(parts: PublishParts, segment: PacketSegment, row: number): boolean {
  if ((segment.firstByte[row] as number) >> 4 !== publishType) return false;
  const flags = segment.flags[row] as number;
  const kind = rowKindOf(flags);
  const end = segment.end[row] as number;
  if (kind === 'unframed' || !parts.read(segment.bytes, segment.startOf(row), end, versionOf(flags)))
    return false;
  return kind === 'packet' || parts.payloadStart < end;
}

/** What the first byte and the flags of a row say by themselves. */
export function headValues(
  name: 'packet' | 'direction' | 'qos' | 'retain' | 'dup',
  firstByte: number,
  flags: number,
): readonly FieldValue[] {
  const { kind, direction, decoded } = unpackFlags(flags);
  if (name === 'direction') return [decoded ? 'decoded' : direction];
  if (name === 'packet') {
    if (kind === 'unframed' || kind === 'note') return [kind];
    const type = packetTypeNames[firstByte >> 4] ?? 'RESERVED';
    return kind === 'incomplete' ? [type, 'incomplete'] : [type];
  }
  if (kind === 'unframed' || firstByte >> 4 !== publishType) return none;
  if (name === 'qos') return [(firstByte >> 1) & 3];
  return [(firstByte & (name === 'retain' ? 1 : 8)) !== 0];
}

/** What a connection is called in a list. */
export function connectionLabel(log: PacketLog, connection: number): string {
  return log.connectionName(connection) ?? `connection ${connection}`;
}

export function topicValues(topic: string | undefined, path: FieldReference['path']): readonly FieldValue[] {
  const [level] = path;
  if (topic === undefined) return none;
  if (typeof level !== 'number') return [topic];
  const found = topic.split('/')[level];
  return found === undefined ? none : [found];
}

function packetValues(
  packet: ControlPacket | undefined,
  { name, path }: FieldReference,
  version: 3 | 4 | 5,
): readonly FieldValue[] {
  if (!packet) return none;
  switch (name) {
    case 'id':
      return 'packetIdentifier' in packet && packet.packetIdentifier > 0 ? [packet.packetIdentifier] : none;
    case 'property':
      return propertyValues('properties' in packet ? packet.properties : {}, path);
    default:
      return reasonCodesOf(packet, version).flatMap((code) => {
        const reason = reasonCodeName(code, packet.type, version);
        return reason === undefined ? [code] : [code, reason];
      });
  }
}

function propertyValues(properties: Properties, [name, user]: FieldReference['path']): readonly FieldValue[] {
  if (name === 'user') {
    const pairs = properties.userProperties ?? [];
    return pairs.flatMap(([key, value]) => (user === undefined || key === user ? [value] : []));
  }
  const value = properties[name as PropertyKey];
  if (value === undefined) return none;
  // Nobody may find out letter by letter what the inspector conceals: as many asterisks stand for it as there.
  const shown = name === 'authenticationData' && value instanceof Uint8Array ? value.map(() => 0x2a) : value;
  if (shown instanceof Uint8Array) return [toHex(shown), lossyUtf8(shown)];
  return Array.isArray(value) ? value : [value];
}

/** Before 5.0 only CONNACK and SUBACK have codes. */
function reasonCodesOf(packet: ControlPacket, version: 3 | 4 | 5): readonly number[] {
  if ('reasonCodes' in packet) return packet.reasonCodes;
  if (!('reasonCode' in packet)) return [];
  return version === 5 || packet.type === 'CONNACK' ? [packet.reasonCode] : [];
}
