import { toHex } from '../base/bytes';
import type { Dissection, FieldNode } from '../protocol/dissect';
import { describeViolation } from '../protocol/violations';
import { versionNames } from './versionNames';

/** How many bytes of a field are printed beside it. */
const mostBytes = 8;

/** The fields of one packet as lines: offsets (the last byte included) or bits, bytes, label and value; then what is wrong. */
export function dissectionLines(
  dissection: Dissection,
  packet: Uint8Array,
  start: number,
): readonly string[] {
  const { version, packetType, fields, violations } = dissection;
  const lines = [
    `${packetType ?? 'Not a packet'}, MQTT ${versionNames[version]}, ${packet.length} bytes at ${start}`,
  ];
  const print = (node: FieldNode, depth: number): void => {
    const place = node.bits ? bitsText(node.bits) : offsetsText(start + node.start, start + node.end);
    const bytes =
      node.bits || node.children.length > 0 ? '' : bytesText(packet.subarray(node.start, node.end));
    const value = node.value === undefined ? '' : `: ${node.value}`;
    const indent = '  '.repeat(depth + 1);
    lines.push(
      `${place.padStart(11)}  ${bytes.padEnd(mostBytes * 3 + 3)}${indent}${node.label}${value}`.trimEnd(),
    );
    for (const child of node.children) print(child, depth + 1);
  };
  for (const field of fields) print(field, 0);
  for (const violation of violations) {
    const { message, cause, clause, severity } = describeViolation(violation, version);
    lines.push(
      `${severity} at offset ${start + violation.offset} [${clause}]: ${message}`,
      `  usual cause: ${cause}`,
    );
  }
  return lines;
}

function offsetsText(start: number, end: number): string {
  if (end <= start) return `${start}`;
  return end - start === 1 ? `${start}` : `${start}-${end - 1}`;
}

function bitsText({ high, low }: { readonly high: number; readonly low: number }): string {
  return high === low ? `bit ${high}` : `bits ${high}-${low}`;
}

function bytesText(bytes: Uint8Array): string {
  const shown = toHex(bytes.subarray(0, mostBytes), ' ');
  return bytes.length > mostBytes ? `${shown} …` : shown;
}
