import { toHex } from '../base/bytes';
import type { BitRange, Span } from '../base/spans';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Dissection, FieldNode } from '../protocol/dissect';
import type { StreamDissection } from '../protocol/dissectStream';
import { shortLengthBefore } from '../protocol/shortLength';
import { showBytes } from '../protocol/show';
import { describeViolation } from '../protocol/violations';
import { describeGuess } from '../protocol/versionGuess';
import { versionNames } from '../protocol/versionNames';
import { brokenFields, payloadText } from './fieldMarks';

/** How many bytes of a field are printed beside it. */
const mostBytes = 8;
const placeWidth = 11;

/**
 * What stands before all packets: how many there are, and how their version is known.
 * @param asked the version somebody asked for, which a CONNECT overrules.
 */
export function streamLine(
  { packets, version, versionSource }: StreamDissection,
  length: number,
  asked?: ProtocolVersion,
): string {
  const count = `${packets.length} ${packets.length === 1 ? 'packet' : 'packets'} in ${showBytes(length)}`;
  if (versionSource.from === 'guess') {
    return `${count}. ${describeGuess(version, versionSource)} --mqtt chooses another.`;
  }
  const overruled =
    asked !== undefined && asked !== version ? `, --mqtt ${versionNames[asked]} does not count` : '';
  const reason = versionSource.from === 'connect' ? 'CONNECT says so' : 'as asked for';
  return `${count}, read as MQTT ${versionNames[version]}: ${reason}${overruled}`;
}

/** Bytes between packets, and what they probably are. */
export function skippedLines(stream: StreamDissection, skipped: Span, bytes: Uint8Array): readonly string[] {
  const { start, end } = skipped;
  const line = `No packet, ${showBytes(end - start)} at ${start}: ${bytesText(bytes.subarray(start, end), 32)}`;
  const short = shortLengthBefore(stream, skipped, bytes);
  if (!short) return [line];
  const { packetAt, missing } = short;
  return [
    line,
    `    note: The Remaining Length of the packet at ${packetAt} is probably ${missing} too small: with these bytes it parses (2.2.3).`,
    '    usual cause: a stale length, computed before the payload grew or kept from another packet',
  ];
}

/**
 * The fields of one packet as a tree: offsets (the last byte included), bytes, label and value. Bits are drawn in their
 * byte, as tshark does: `.... 0... = DUP: not set`. `!` marks a field that breaks a rule. What is wrong comes last.
 */
export function dissectionLines(
  dissection: Dissection,
  packet: Uint8Array,
  start: number,
): readonly string[] {
  const { version, packetType, fields, violations } = dissection;
  const lines = [
    `${packetType ?? 'No packet type'}, MQTT ${versionNames[version]}, ${showBytes(packet.length)} at ${start}`,
  ];
  const broken = brokenFields(dissection);
  const print = (node: FieldNode, depth: number): void => {
    const place = node.bits ? '' : offsetsText(start + node.start, start + node.end);
    const leaf = !node.bits && node.children.every(({ bits }) => bits);
    const bytes = leaf ? bytesText(packet.subarray(node.start, node.end), mostBytes) : '';
    const pattern = node.bits ? `${bitPattern(packet[node.start] ?? 0, node.bits)} = ` : '';
    const text = payloadText(node, packet, dissection);
    const value = node.value === undefined ? '' : `: ${node.value}${text}`;
    const mark = broken.has(node) ? '!' : ' ';
    const columns = `${mark}${place.padStart(placeWidth - 1)}  ${bytes.padEnd(mostBytes * 3 + 2)}`;
    lines.push(`${columns}${'    '.repeat(depth)}${pattern}${node.label}${value}`.trimEnd());
    for (const child of node.children) print(child, depth + 1);
  };
  for (const field of fields) print(field, 0);
  for (const violation of violations) {
    const { message, cause, clause, severity } = describeViolation(violation, version);
    lines.push(
      `${severity} at offset ${start + violation.offset} [${clause}]: ${message}`,
      `    usual cause: ${cause}`,
    );
  }
  return lines;
}

function offsetsText(start: number, end: number): string {
  if (end <= start) return `${start}`;
  return end - start === 1 ? `${start}` : `${start}-${end - 1}`;
}

/** `.... .01.`: the bits of a field in their byte, the others as dots. */
function bitPattern(byte: number, { high, low }: BitRange): string {
  const digits = Array.from({ length: 8 }, (_, index) => {
    const bit = 7 - index;
    return bit > high || bit < low ? '.' : String((byte >> bit) & 1);
  });
  return `${digits.slice(0, 4).join('')} ${digits.slice(4).join('')}`;
}

function bytesText(bytes: Uint8Array, most: number): string {
  const shown = toHex(bytes.subarray(0, most), ' ');
  return bytes.length > most ? `${shown} …` : shown;
}
