import { inSlices } from '../../base/slices';
import type { SliceOptions } from '../../base/slices';
import type { CaptureReader, CaptureReport } from './captureReader';

/** A file, wherever it is. */
export interface CaptureSource {
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes from `offset` on, at most `length` of them; fewer only at the end of the file. They have to be good until the
   * next read. Rejects where it cannot be read.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export interface CaptureProgress extends Omit<SliceOptions, 'resting'> {
  /** Told now and then how many bytes were read. */
  readonly progress?: (bytes: number) => void;
}

/** Bytes that are asked of the file at once, and that are read between two looks at the clock: far below a millisecond. */
const partBytes = 1024 * 1024;
const stepBytes = 8 * 1024;
/** The first steps are of less: code that never ran before takes many times as long. */
const firstStepBytes = 256;
/** Milliseconds between two rests: what is read becomes garbage, whose collection comes on top. */
const readingBudget = 5;

/**
 * Reads a whole capture file in slices, so that nothing else waits. Resolves with what it held, or with undefined where
 * it was not wanted any more: what was read until then is in the log. Rejects where the file cannot be read.
 */
export async function readCaptureFile(
  source: CaptureSource,
  reader: CaptureReader,
  options: CaptureProgress,
): Promise<CaptureReport | undefined> {
  const { progress, budget = readingBudget, ...others } = options;
  const slices = { ...others, budget };
  let offset = 0;
  let bytes = firstStepBytes;
  for (;;) {
    // The size may have grown since: a capture that is still being recorded.
    const part = await source.read(offset, partBytes);
    if (part.length === 0) break;
    let at = 0;
    const step = (): boolean => {
      reader.push(part.subarray(at, at + bytes));
      at += bytes;
      bytes = Math.min(bytes * 2, stepBytes);
      return at >= part.length;
    };
    const resting = (): void => progress?.(offset + Math.min(at, part.length));
    if (!(await inSlices(step, { ...slices, resting }))) return undefined;
    offset += part.length;
    progress?.(offset);
  }
  return reader.end();
}

/**
 * Hands the pieces of a long text or file on, one after another, in slices. Resolves with what the writer returns, or with
 * undefined where it was not wanted any more. Rejects with what `write` rejects with.
 */
export async function writePieces<Piece, Result>(
  pieces: Generator<Piece, Result>,
  write: (piece: Piece) => Promise<void>,
  { pace, budget = 8, wanted = () => true }: Omit<SliceOptions, 'resting'>,
): Promise<Result | undefined> {
  let end = pace.now() + budget;
  while (wanted()) {
    const step = pieces.next();
    if (step.done) return step.value;
    await write(step.value);
    if (pace.now() < end) continue;
    await pace.rest();
    end = pace.now() + budget;
  }
  return undefined;
}
