/** Sequence numbers in one block, each as its distance from the first. */
const blockSize = 4096;

interface Block {
  readonly base: number;
  readonly offsets: Uint32Array;
  length: number;
}

/**
 * Ascending sequence numbers, four bytes each, of which the oldest are dropped. Their ordinals count from 0 and stay the
 * same when older ones go.
 */
export class SequenceList {
  private blocks: Block[] = [];
  /** The ordinal of the first number of the first block. */
  private base = 0;
  private dropped = 0;
  private count = 0;

  /** The ordinal of the oldest number that is there; equal to `end` where there is none. */
  get first(): number {
    return this.dropped;
  }

  /** The ordinal the next number gets. */
  get end(): number {
    return this.count;
  }

  /** Bytes of memory in use. */
  get weight(): number {
    return this.blocks.length * blockSize * 4;
  }

  /** Adds a number above all others. */
  push(sequence: number): void {
    let block = this.blocks[this.blocks.length - 1];
    if (!block || block.length === blockSize || sequence - block.base > 0xffff_ffff) {
      // A block that ends early would break the arithmetic of ordinals: its rest stays empty and is counted.
      if (block && block.length < blockSize) this.startAnew();
      block = { base: sequence, offsets: new Uint32Array(blockSize), length: 0 };
      this.blocks.push(block);
    }
    block.offsets[block.length++] = sequence - block.base;
    this.count++;
  }

  /** The number at an ordinal, undefined where it is not there. */
  at(ordinal: number): number | undefined {
    if (ordinal < this.dropped || ordinal >= this.count || !Number.isInteger(ordinal)) return undefined;
    const index = ordinal - this.base;
    const block = this.blocks[Math.floor(index / blockSize)];
    return block && block.base + (block.offsets[index % blockSize] as number);
  }

  /** The ordinal of the first number that is not below `sequence`; `end` where there is none. */
  ordinalFrom(sequence: number): number {
    let low = this.dropped;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.at(middle) ?? 0) < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Drops the numbers below `sequence`. */
  dropBefore(sequence: number): void {
    this.dropped = this.ordinalFrom(sequence);
    const whole = Math.floor((this.dropped - this.base) / blockSize);
    if (whole === 0) return;
    this.blocks.splice(0, whole);
    this.base += whole * blockSize;
  }

  /** Numbers four thousand million apart: the log has long dropped the earlier ones. */
  private startAnew(): void {
    this.blocks = [];
    this.base = this.dropped = this.count;
  }
}
