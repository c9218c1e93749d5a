import { copyTo, viewOf } from '../../base/words';

/** Longer ones are not remembered. */
const longestTopic = 256;

/** The Topic Name that was written last, for a client that publishes to one topic again and again. */
export class LastTopic {
  private name = '';
  /** Its bytes, once it was written twice in a row. */
  private bytes: DataView | undefined;

  /** Writes it again, if this is it, and returns whether that was so; there must be room. */
  put(name: string, out: DataView, at: number): boolean {
    if (this.bytes === undefined || name !== this.name) return false;
    copyTo(out, at, this.bytes, name.length);
    return true;
  }

  /** A plain name was written, whose bytes are `bytes[start, end)`. */
  wrote(name: string, bytes: Uint8Array, start: number, end: number): void {
    if (name.length > longestTopic) return;
    if (name === this.name) this.bytes = viewOf(bytes.slice(start, end));
    else {
      this.name = name;
      this.bytes = undefined;
    }
  }
}
