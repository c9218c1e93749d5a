import { noBytes } from '../../base/bytes';

/** Views into one chunk after another. Asking a typed array for its buffer costs more than making a view of that. */
export class ByteViews {
  /** The chunk. */
  bytes = noBytes;
  private buffer = noBytes.buffer;
  private offset = 0;
  /** Where the topic that was read last is in this chunk; -1 where there is none. */
  private topicStart = -1;
  private topicName = '';

  over(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.topicStart = -1;
    this.buffer = bytes.buffer;
    this.offset = bytes.byteOffset;
  }

  /** Holds on to no chunk. */
  release(): void {
    this.over(noBytes);
  }

  /** The topic that was read last, if these are its bytes too: a stream of one topic makes one string of it. */
  sameTopic(start: number, end: number): string | undefined {
    const { bytes, topicStart, topicName } = this;
    if (topicStart < 0 || end - start !== topicName.length) return undefined;
    // Topics differ at their ends more often than at their beginnings.
    const shift = topicStart - start;
    for (let at = end - 1; at >= start; at--) if (bytes[at] !== bytes[at + shift]) return undefined;
    return topicName;
  }

  /** These bytes, which are ASCII, were read as a topic. */
  noteTopic(topicName: string, start: number): void {
    this.topicName = topicName;
    this.topicStart = start;
  }

  view(start: number, end: number): Uint8Array {
    return new Uint8Array(this.buffer, this.offset + start, end - start);
  }
}
