import type { ProtocolVersion } from './controlPacket';

const nameOfVersion3 = 6; // "MQIsdp"
const nameOfLater = 4; // "MQTT"

/**
 * The version a CONNECT packet announces, read without decoding it: its protocol level stands right after the Protocol
 * Name (3.1.2.2). Undefined where the bytes are no CONNECT or name an unknown level.
 */
export function connectVersion(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): ProtocolVersion | undefined {
  if (start >= end || (bytes[start] as number) >> 4 !== 1) return undefined;
  let at = start + 1;
  while (at < end && at < start + 4 && (bytes[at] as number) >= 0x80) at++;
  const name = at + 1;
  if (name + 2 > end) return undefined;
  const nameLength = ((bytes[name] as number) << 8) | (bytes[name + 1] as number);
  if (nameLength !== nameOfVersion3 && nameLength !== nameOfLater) return undefined;
  const level = name + 2 + nameLength < end ? bytes[name + 2 + nameLength] : undefined;
  return level === 3 || level === 4 || level === 5 ? level : undefined;
}
