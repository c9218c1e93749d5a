import type { ProtocolVersion } from './controlPacket';

/**
 * The version a CONNECT packet announces, read without decoding it: its protocol level stands right after the Protocol
 * Name (3.1.2.2). Undefined where the bytes are no CONNECT or end before it.
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
  const level = name + 2 + (((bytes[name] as number) << 8) | (bytes[name + 1] as number));
  return level < end ? versionOfLevel(bytes[level] as number) : undefined;
}

/** The version to read a packet of this protocol level by. mosquitto's bridges set the top bit of the level. */
export function versionOfLevel(level: number): ProtocolVersion {
  const plain = level & 0x7f;
  return plain <= 3 ? 3 : plain === 4 ? 4 : 5;
}
