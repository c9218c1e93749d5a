import { viewOf } from '../base/words';
import type { OutputBuffer, Room } from './outputBuffer';

/** A smaller buffer is not worth keeping, a larger one is not to stay; in bytes. */
const leastKept = 256;
const mostKept = 131_072;

/**
 * Lends what was written and takes it back once it has been sent: two buffers then take turns, where a new one for each write
 * costs as much as the packets in it.
 */
export class LentBytes {
  private bytes: Uint8Array | undefined;
  /** Where they are; undefined where they have a buffer of their own. */
  private room: Room | undefined;
  private spare: Room | undefined;

  /** How much memory it holds on to, in bytes. */
  get keptBytes(): number {
    return (this.spare?.bytes.length ?? 0) + (this.room?.bytes.length ?? 0);
  }

  lend(writer: OutputBuffer): Uint8Array {
    const { spare } = this;
    if (!spare || writer.bytes.length > mostKept) {
      this.room = undefined;
      return (this.bytes = writer.take());
    }
    const { written } = writer;
    this.spare = undefined;
    this.room = writer.exchange(spare);
    return (this.bytes = written);
  }

  giveBack(bytes: Uint8Array): void {
    if (bytes !== this.bytes) return;
    const { room } = this;
    this.bytes = undefined;
    this.room = undefined;
    if (room) this.spare = room;
    else if (bytes.length >= leastKept && bytes.length <= mostKept)
      this.spare = { bytes, view: viewOf(bytes) };
  }
}
