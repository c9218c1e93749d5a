import { noBytes } from '../../base/bytes';
import { areSame } from '../../base/words';

/** Views into one chunk after another. Asking a typed array for its buffer costs more than making a view of that. */
export class ByteViews {
  /** The chunk. */
  bytes = noBytes;
  private buffer = noBytes.buffer;
  private offset = 0;
  /** Of the chunk; made where two topics are to be compared. */
  private words: DataView | undefined;
  /** Where the topic that was read last is in this chunk; -1 where there is none. */
  private topicStart = -1;
  private topicName = '';

  over(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.topicStart = -1;
    this.words = undefined;
    this.buffer = bytes.buffer;
    this.offset = bytes.byteOffset;
  }

  /** Holds on to no chunk. */
  release(): void {
    this.over(noBytes);
  }

  /** The topic that was read last, if these are its bytes too: a stream of one topic makes one string of it. */
  sameTopic(start: number, end: number): string | undefined {
    const { topicStart, topicName } = this;
    const { length } = topicName;
    if (topicStart < 0 || end - start !== length) return undefined;
    this.words ??= new DataView(this.buffer, this.offset, this.bytes.length);
    // Topics differ at their ends more often than at their beginnings.
    return areSame(this.words, start, topicStart, length) ? topicName : undefined;
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
