import { afterVariableByteInteger, uint16, variableByteInteger } from './publishTopics';

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
    this.topicStart = afterVariableByteInteger(bytes, start + 1, end) + 2;
    this.topicEnd = this.topicStart + uint16(bytes, this.topicStart - 2, end);
    const qos = ((bytes[start] as number) >> 1) & 3;
    const afterIdentifier = this.topicEnd + (qos > 0 ? 2 : 0);
    this.payloadStart =
      version < 5
        ? afterIdentifier
        : afterVariableByteInteger(bytes, afterIdentifier, end) +
          variableByteInteger(bytes, afterIdentifier, end);
    return this.payloadStart <= end;
  }
}
