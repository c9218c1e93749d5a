/** A run of bytes: `start` is the offset of the first, `end` that after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Bits of one byte, 7 the most significant: `high` down to `low`, both included. */
export interface BitRange {
  readonly high: number;
  readonly low: number;
}
