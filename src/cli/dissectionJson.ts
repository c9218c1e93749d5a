import { toHex } from '../base/bytes';
import type { Dissection, FieldNode } from '../protocol/dissect';
import type { StreamDissection } from '../protocol/dissectStream';
import { shortLengthBefore } from '../protocol/shortLength';
import { describeViolation } from '../protocol/violations';
import { versionNames } from '../protocol/versionNames';

/**
 * A dissected stream as one JSON document, in the shape `{ version, versionSource, packets, skipped }`. All offsets count
 * from the first byte of the input; bytes are hexadecimal digits.
 */
export function dissectionJson(stream: StreamDissection, bytes: Uint8Array): string {
  const { version, versionSource, packets, skipped } = stream;
  const document = {
    version: versionNames[version],
    versionSource,
    packets: packets.map(({ start, end, dissection }) =>
      packetJson(dissection, bytes.subarray(start, end), start),
    ),
    skipped: skipped.map(({ start, end }) => ({
      offset: start,
      length: end - start,
      bytes: toHex(bytes.subarray(start, end)),
      shortLength: shortLengthBefore(stream, { start, end }, bytes) ?? null,
    })),
  };
  return JSON.stringify(document, null, 2);
}

/** One packet with its fields. @param start what offsets count on from */
export function packetJson(dissection: Dissection, packet: Uint8Array, start: number): object {
  return {
    offset: start,
    length: packet.length,
    type: dissection.packetType ?? null,
    version: versionNames[dissection.version],
    fields: dissection.fields.map((node) => fieldJson(node, start)),
    violations: dissection.violations.map((violation) => ({
      id: violation.id,
      offset: start + violation.offset,
      ...describeViolation(violation, dissection.version),
    })),
    bytes: toHex(packet),
  };
}

function fieldJson(
  { label, value, section, start, end, bits, children }: FieldNode,
  packetStart: number,
): object {
  return {
    label,
    ...(value !== undefined && { value }),
    section,
    offset: packetStart + start,
    length: end - start,
    ...(bits && { bits: [bits.high, bits.low] }),
    ...(children.length > 0 && { fields: children.map((child) => fieldJson(child, packetStart)) }),
  };
}
