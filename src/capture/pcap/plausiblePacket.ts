import { connectVersion } from '../../protocol/connectVersion';
import type { ProtocolVersion } from '../../protocol/controlPacket';
import { Probe } from '../../protocol/probe';

/** Table 2-2: the first bytes that packets have, retained and repeated ones included. */
const firstBytes: ReadonlySet<number> = new Set([
  ...[0x10, 0x20, 0x40, 0x50, 0x62, 0x70, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0],
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x3a, 0x3b, 0x3c, 0x3d],
]);
/** A shorter packet inside a segment is found in any bytes now and then. */
const convincingLength = 8;
/** As many packets one behind the other are none by chance, whatever comes after them. */
const convincingPackets = 4;
/** Bytes that a packet other than PUBLISH seldom exceeds. */
const longestShort = 1024;

const probe = new Probe();

/**
 * Where a packet probably begins in a segment that follows missing bytes, or -1. Senders mostly begin a segment with a
 * packet; elsewhere one has to lead to another or to the end.
 * @param version of the connection, where it is known
 */
export function plausibleStart(bytes: Uint8Array, version: ProtocolVersion | undefined): number {
  for (let at = 0; at < bytes.length; at++) {
    if (!firstBytes.has(bytes[at] as number)) continue;
    const end = declaredEnd(bytes, at);
    if (end < 0) continue;
    if (end > bytes.length) {
      if (at === 0 && beginsPublish(bytes)) return at;
      continue;
    }
    if (!parses(bytes, at, end, version)) continue;
    if (end === bytes.length && (at === 0 || end - at >= convincingLength)) return at;
    if (end < bytes.length && leadsOn(bytes, at, end, version)) return at;
  }
  return -1;
}

/** Whether a packet may begin with this byte (table 2-2). */
export function isFirstByte(byte: number): boolean {
  return firstBytes.has(byte);
}

/** Whether these first bytes of a connection are those of a CONNECT; undefined where they are too few to tell. */
export function isConnect(bytes: Uint8Array): boolean | undefined {
  if (bytes.length === 0) return undefined;
  // Reserved flags that are set are a mistake worth seeing.
  if ((bytes[0] as number) >> 4 !== 1) return false;
  let name = 1;
  while (name < 5 && name < bytes.length && (bytes[name] as number) >= 0x80) name++;
  name++;
  if (name > bytes.length) return undefined;
  if (name > 5) return false;
  for (const protocolName of ['\0\x04MQTT', '\0\x06MQIsdp']) {
    let index = 0;
    while (index < protocolName.length && bytes[name + index] === protocolName.charCodeAt(index)) index++;
    if (index === protocolName.length) return true;
    if (name + index >= bytes.length) return undefined;
  }
  return false;
}

/**
 * Whether packet follows packet from `at` on, the next one at `next`, to the end of the bytes or until there are
 * {@link convincingPackets}. In a firmware image any two bytes look like the head of some packet now and then, so the one
 * that goes on beyond the bytes has to be a PUBLISH, or a short packet after others that are long enough to be no chance.
 */
function leadsOn(bytes: Uint8Array, at: number, next: number, version: ProtocolVersion | undefined): boolean {
  let begin = next;
  for (let packets = 1; packets < convincingPackets && begin < bytes.length; packets++) {
    if (!firstBytes.has(bytes[begin] as number)) return false;
    const end = declaredEnd(bytes, begin);
    if (end < 0 || end > bytes.length) {
      if (end > 0 && beginsPublish(bytes.subarray(begin))) return true;
      return begin - at >= convincingLength && end - begin <= longestShort;
    }
    if (!parses(bytes, begin, end, version)) return false;
    begin = end;
  }
  return begin - at >= convincingLength;
}

/** Whether the packet in `[at, end)` is one of MQTT; without a version, of 5.0 or 3.1.1. */
export function parses(
  bytes: Uint8Array,
  at: number,
  end: number,
  version: ProtocolVersion | undefined,
): boolean {
  const known = connectVersion(bytes, at, end) ?? version;
  if (known !== undefined) return probe.accepts(bytes, at, end, known);
  return ([5, 4] as const).some((each) => probe.accepts(bytes, at, end, each));
}

/** A PUBLISH that goes on beyond the bytes, with a Topic Name that somebody may have chosen. */
export function beginsPublish(bytes: Uint8Array): boolean {
  if ((bytes[0] as number) >> 4 !== 3) return false;
  let at = 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  const name = at + 3;
  const length = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  if (length === 0 || name + length > bytes.length) return false;
  // Control characters, `#` and `+` are in no Topic Name (1.5.4, 4.7.1).
  return bytes.subarray(name, name + length).every((byte) => byte >= 0x20 && byte !== 0x23 && byte !== 0x2b);
}

/** The offset after the packet at `at` as its Remaining Length says (2.1.4), or -1 where there is none. */
export function declaredEnd(bytes: Uint8Array, at: number): number {
  let length = 0;
  for (let index = 0; index < 4; index++) {
    const byte = bytes[at + 1 + index];
    if (byte === undefined) return -1;
    length |= (byte & 0x7f) << (7 * index);
    if (byte < 0x80) return at + 2 + index + length;
  }
  return -1;
}
