import type { Connack, ProtocolVersion } from '../protocol/controlPacket';
import { noProperties } from '../protocol/properties';

const connackByte = 0x20;
/** DISCONNECT and AUTH are wrong before CONNACK, but they are MQTT 5.0, and the error should say so. */
const disconnectByte = 0xe0;
const authByte = 0xf0;

/** The longest Remaining Length a CONNACK before 5.0 has. */
const connackLengthBefore5 = 2;

/** How many bytes of something that is not MQTT are kept to show. */
const shownBytes = 256;

/** What a server sends first: whether it is MQTT shows there, long before a Remaining Length made of text is complete. */
export class FirstBytes {
  private readonly bytes: number[] = [];

  constructor(private readonly version: ProtocolVersion) {}

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  /** Adds what came; returns whether all of it can still be the beginning of an answer to CONNECT. */
  add(chunk: Uint8Array): boolean {
    if (this.bytes.length < shownBytes) this.bytes.push(...chunk.subarray(0, shownBytes - this.bytes.length));
    return looksLikeConnack(this.bytes, this.version);
  }

  /** As far as they are worth showing. */
  shown(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** Whether the first bytes a server sends can be the beginning of its answer to CONNECT (3.2.1, 3.2.2.1). */
export function looksLikeConnack(bytes: readonly number[], version: ProtocolVersion): boolean {
  const [first, second, third] = bytes;
  if (first === undefined) return true;
  if (version === 5 && (first === disconnectByte || first === authByte)) return true;
  if (first !== connackByte) return false;
  if (second === undefined) return true;
  if (second < connackLengthBefore5 || (version !== 5 && second !== connackLengthBefore5)) return false;
  // Only Session Present may be set in the acknowledge flags; a Remaining Length of two bytes comes before them.
  // In 3.1 that byte is reserved, and servers fill it as they like.
  return third === undefined || second >= 0x80 || third <= 1 || version === 3;
}

/** The highest Connect Return code of 3.1.1 (3.2.2.3). */
const lastReturnCode = 5;

/**
 * The refusal of a server that knows no 5.0: in the form of 3.1.1, without Properties, or in that of 5.0 with a return code of
 * 3.1.1, which 5.0 gives no meaning. Undefined where it is anything else.
 */
export function olderServersConnack(
  buffer: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): Connack | undefined {
  const reasonCode = buffer[start + 3] ?? 0;
  if (version !== 5 || buffer[start] !== connackByte || reasonCode === 0) return undefined;
  const isEmpty5 = end - start === 5 && buffer[start + 4] === 0 && reasonCode <= lastReturnCode;
  if (end - start !== 4 && !isEmpty5) return undefined;
  return { type: 'CONNACK', sessionPresent: false, reasonCode, properties: noProperties };
}
