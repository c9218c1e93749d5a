import type { ProtocolVersion } from '../protocol/controlPacket';

/**
 * How many bytes may be fields that are read one by one: as many objects as a packet of 256 MiB has room for would be some
 * gigabytes. Room for twenty thousand Topic Filters of a hundred characters.
 */
const mostOfFields = 2_097_152;

const publish = 3;

/** Whether reading a packet would take more memory than is good for the others: apart from the payload it is too long. */
export function isExcessive(
  buffer: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): boolean {
  if (end - start <= mostOfFields) return false;
  if ((buffer[start] ?? 0) >> 4 !== publish) return true;
  return version === 5 && propertyLength(buffer, start) > mostOfFields;
}

/** The Property Length of a PUBLISH (3.3.2.3.1); where it is no Variable Byte Integer whoever reads it will say so. */
function propertyLength(buffer: Uint8Array, start: number): number {
  let at = start + 1;
  while ((buffer[at] ?? 0) >= 0x80) at++;
  const topicLength = ((buffer[at + 1] ?? 0) << 8) | (buffer[at + 2] ?? 0);
  const hasIdentifier = ((buffer[start] ?? 0) & 0x06) !== 0;
  at += 3 + topicLength + (hasIdentifier ? 2 : 0);
  let length = 0;
  for (let digit = 0; digit < 4; digit++) {
    const byte = buffer[at + digit] ?? 0;
    length |= (byte & 0x7f) << (7 * digit);
    if (byte < 0x80) break;
  }
  return length;
}

/** The Packet Identifier of a PUBACK of four bytes, the form every version shares; 0 where the packet is anything else. */
export function plainPuback(buffer: Uint8Array, start: number, end: number): number {
  if (buffer[start] !== 0x40 || end - start !== 4) return 0;
  return ((buffer[start + 2] ?? 0) << 8) | (buffer[start + 3] ?? 0);
}
