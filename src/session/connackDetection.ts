import type { Connack, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';

const connackByte = 0x20;
/** DISCONNECT and AUTH are wrong before CONNACK, but they are MQTT 5.0, and the error should say so. */
const disconnectByte = 0xe0;
const authByte = 0xf0;

/** The longest Remaining Length a CONNACK before 5.0 has. */
const connackLengthBefore5 = 2;

/** Whether the first bytes a server sends can be the beginning of its answer to CONNECT (3.2.1, 3.2.2.1). */
export function looksLikeConnack(bytes: readonly number[], version: ProtocolVersion): boolean {
  const [first, second, third] = bytes;
  if (first === undefined) return true;
  if (version === 5 && (first === disconnectByte || first === authByte)) return true;
  if (first !== connackByte) return false;
  if (second === undefined) return true;
  if (second < connackLengthBefore5 || (version !== 5 && second !== connackLengthBefore5)) return false;
  // Only Session Present may be set in the acknowledge flags; a Remaining Length of two bytes comes before them.
  return third === undefined || second >= 0x80 || third <= 1;
}

/**
 * The refusal of a server that knows no 5.0 and answers as 3.1.1 does, without Properties: undefined where it is anything
 * else.
 */
export function olderServersConnack(
  buffer: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): Connack | undefined {
  const reasonCode = buffer[start + 3] ?? 0;
  if (version !== 5 || end - start !== 4 || buffer[start] !== connackByte || reasonCode === 0)
    return undefined;
  return { type: 'CONNACK', sessionPresent: false, reasonCode, properties: noProperties };
}
