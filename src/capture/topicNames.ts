import { noBytes } from '../base/bytes';
import { decodeUtf8 } from '../base/utf8';
import { equalsAt, viewOf } from '../base/words';

/** A power of two. */
const slots = 256;
/** Longer names are made anew each time: what is remembered has a bound. */
const longestName = 256;

interface Remembered {
  readonly bytes: DataView;
  readonly name: string;
}

/**
 * Topic Names by their bytes. The same few come again and again: comparing bytes costs less than making a string, and the
 * same string is found faster in a table than an equal one. Each slot remembers the last name that fell into it.
 */
export class TopicNames {
  private readonly remembered: (Remembered | undefined)[] = new Array<undefined>(slots).fill(undefined);
  /** The buffer that was looked into last. */
  private buffer = noBytes;
  private view = viewOf(noBytes);

  /** The text of `bytes[start, end)`, or undefined where it is not well-formed UTF-8. */
  nameOf(bytes: Uint8Array, start: number, end: number): string | undefined {
    const length = end - start;
    if (length === 0 || length > longestName) return decodeUtf8(bytes, start, end);
    const slot = slotOf(bytes, start, end);
    const known = this.remembered[slot];
    if (known?.bytes.byteLength === length && equalsAt(known.bytes, this.viewOver(bytes), start))
      return known.name;
    const name = decodeUtf8(bytes, start, end);
    if (name !== undefined) this.remembered[slot] = { bytes: viewOf(bytes.slice(start, end)), name };
    return name;
  }

  /** Lets go of the buffer that was looked into last. */
  release(): void {
    if (this.buffer !== noBytes) this.viewOver(noBytes);
  }

  private viewOver(bytes: Uint8Array): DataView {
    if (bytes !== this.buffer) {
      this.buffer = bytes;
      this.view = viewOf(bytes);
    }
    return this.view;
  }
}

/** Topics differ at the end more than at the beginning. Whoever makes them collide only makes them slow. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = Math.max(start, end - 6); at < end; at++) hash = (hash * 31 + (bytes[at] as number)) | 0;
  hash = (hash * 31 + (bytes[(start + end) >> 1] as number)) | 0;
  return (hash ^ (hash >> 8)) & (slots - 1);
}
