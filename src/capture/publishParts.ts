import { afterVariableByteInteger, variableByteInteger } from './publishTopics';

/**
 * Where the parts of a PUBLISH are, read from its bytes without decoding them. One object serves packet after packet, so
 * that a scan of a million makes none.
 */
export class PublishParts {
  topicStart = 0;
  topicEnd = 0;
  /** Equal to the packet's end where it has no payload. */
  payloadStart = 0;

  /** Reads the PUBLISH at `bytes[start, end)`. Returns whether its parts lie where they have to. */
  read(bytes: Uint8Array, start: number, end: number, version: number): boolean {
    // Most packets are short, and have no Properties or few: then either length is one byte.
    const isShort = start + 1 < end && (bytes[start + 1] as number) < 0x80;
    this.topicStart = 2 + (isShort ? start + 2 : afterVariableByteInteger(bytes, start + 1, end));
    if (!(this.topicStart <= end)) return false;
    const topicLength =
      ((bytes[this.topicStart - 2] as number) << 8) | (bytes[this.topicStart - 1] as number);
    this.topicEnd = this.topicStart + topicLength;
    const qos = ((bytes[start] as number) >> 1) & 3;
    const afterIdentifier = this.topicEnd + (qos > 0 ? 2 : 0);
    if (version < 5) this.payloadStart = afterIdentifier;
    else {
      const length = afterIdentifier < end ? (bytes[afterIdentifier] as number) : 0x80;
      this.payloadStart =
        length < 0x80
          ? afterIdentifier + 1 + length
          : afterVariableByteInteger(bytes, afterIdentifier, end) +
            variableByteInteger(bytes, afterIdentifier, end);
    }
    return this.payloadStart <= end;
  }
}
