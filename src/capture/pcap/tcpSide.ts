import type { RemarkMark } from './workbenchMarks';

/** Why bytes of a connection are not there. */
export type GapCause =
  /** No segment with them was captured. */
  | 'lost'
  /** The capture kept only the beginning of the frame they were in. */
  | 'snapLength';

/** Where the bytes of one way go, in order. Views are good until the call returns. */
export interface OrderedBytes {
  data(bytes: Uint8Array, at: number, remarks?: readonly RemarkMark[]): void;
  gap(missing: number, cause: GapCause, at: number): void;
}

interface Waiting {
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly missing: number;
  readonly at: number;
  readonly remarks: readonly RemarkMark[] | undefined;
}

/** What may wait behind a gap. Beyond it the gap is taken for one that is never filled. */
const mostWaitingBytes = 4 * 1024 * 1024;
const mostWaiting = 4096;
/** What may wait in all connections together. */
const mostWaitingOfAll = 64 * 1024 * 1024;
/** After the other side has acknowledged what lies behind a gap, nobody sends it again: only a capture out of order may. */
const patience = { milliseconds: 200, segments: 32 };
/** Milliseconds after which a gap is given up that nobody acknowledged; retransmissions come much earlier. */
const longestPatience = 60_000;

/** How segments came, besides in order. */
export interface TcpCounts {
  retransmitted: number;
  reordered: number;
  gaps: number;
  cut: number;
  /** Bytes that wait for others, of all connections, now. */
  waiting: number;
}

/** Puts the bytes that go one way of a TCP connection in order (RFC 9293, 3.4). */
export class TcpSide {
  private next: number | undefined;
  private initial: number | undefined;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private since = 0;
  /** Some of its bytes were captured. */
  hasBytes = false;
  private impatience: { readonly at: number; segments: number } | undefined;

  constructor(
    private readonly output: OrderedBytes,
    private readonly counts: TcpCounts,
  ) {}

  /** Whether the sequence number of the first byte is known. */
  get isKnown(): boolean {
    return this.next !== undefined;
  }

  /** The first byte to come has this sequence number. */
  begin(sequence: number): void {
    this.initial = sequence;
    this.next = sequence;
  }

  /** Whether this side began with that number, so that a SYN that says so was sent again. */
  hasBegunWith(sequence: number): boolean {
    return this.initial === sequence;
  }

  /** Whether every byte before this number has come. */
  hasReached(sequence: number): boolean {
    return this.next !== undefined && this.distance(sequence) <= 0;
  }

  /** So many bytes are known not to come. */
  skip(count: number): void {
    if (this.next !== undefined) this.next = (this.next + count) >>> 0;
  }

  /** @param remarks what the file says with these bytes, which goes where they go */
  segment(
    sequence: number,
    bytes: Uint8Array,
    missing: number,
    at: number,
    remarks?: readonly RemarkMark[],
  ): void {
    this.next ??= sequence;
    const distance = this.distance(sequence);
    if (distance > 0) this.wait({ sequence, bytes, missing, at, remarks });
    else {
      this.accept(distance, { bytes, missing, remarks }, at);
      if (this.waiting.length > 0) this.fillIn(at);
    }
    if (this.waiting.length > 0) this.watchPatience(at);
  }

  /** The other side has everything before this number. */
  acknowledged(sequence: number, at: number): void {
    const [first] = this.waiting;
    if (!first || this.impatience || this.next === undefined) return;
    if (((sequence - this.next) | 0) > 0) this.impatience = { at, segments: 0 };
  }

  /** How far a number lies ahead of the next byte to come. */
  distance(sequence: number): number {
    return this.next === undefined ? 0 : (sequence - this.next) | 0;
  }

  /** Nothing more comes: what waits is handed over with the gaps before it. */
  flush(at: number): void {
    while (this.waiting.length > 0) this.giveUp(at);
  }

  /**
   * The other side has everything before this number, and what of it is not there is not going to come. What lies behind it
   * waits until {@link handOver}.
   */
  giveUpTo(sequence: number, at: number): void {
    while (this.next !== undefined && !this.hasReached(sequence)) {
      const [first] = this.waiting;
      const ahead = first ? this.distance(first.sequence) : Infinity;
      if (first && ahead <= 0) {
        this.waiting.shift();
        this.waitingBytes -= first.bytes.length;
        this.counts.waiting -= first.bytes.length;
        this.accept(ahead, first, first.at);
        continue;
      }
      const missing = Math.min(ahead, this.distance(sequence));
      this.counts.gaps++;
      this.next = (this.next + missing) >>> 0;
      this.output.gap(missing, 'lost', first && first.at < at ? first.at : at);
    }
  }

  private accept(
    distance: number,
    { bytes, missing, remarks }: Pick<Waiting, 'bytes' | 'missing' | 'remarks'>,
    at: number,
  ): void {
    const length = bytes.length + missing;
    if (length === 0) return;
    if (distance < 0) this.counts.retransmitted++;
    if (distance + length <= 0) return;
    const fresh = distance === 0 ? bytes : bytes.subarray(Math.min(bytes.length, -distance));
    const freshMissing = Math.min(missing, distance + length);
    this.next = ((this.next ?? 0) + fresh.length + freshMissing) >>> 0;
    if (fresh.length > 0) {
      this.hasBytes = true;
      this.output.data(fresh, at, remarks);
    }
    if (freshMissing > 0) {
      this.counts.cut++;
      this.output.gap(freshMissing, 'snapLength', at);
    }
  }

  private wait(segment: Waiting): void {
    const { sequence, bytes, missing, at } = segment;
    if (bytes.length + missing === 0) return;
    if (this.waiting.length === 0) this.since = at;
    // Nearly always the last one.
    let index = this.waiting.length;
    while (
      index > 0 &&
      this.distance((this.waiting[index - 1] as Waiting).sequence) > this.distance(sequence)
    )
      index--;
    this.waiting.splice(index, 0, { ...segment, bytes: bytes.slice() });
    this.waitingBytes += bytes.length;
    this.counts.waiting += bytes.length;
    while (this.isBeyondBounds) this.giveUp(at);
  }

  private get isBeyondBounds(): boolean {
    if (this.waiting.length === 0) return false;
    if (this.counts.waiting > mostWaitingOfAll) return true;
    return this.waitingBytes > mostWaitingBytes || this.waiting.length > mostWaiting;
  }

  /** Hands over what waited for the bytes that have just come. */
  private fillIn(at: number): void {
    let filled = 0;
    for (const segment of this.waiting) {
      const distance = this.distance(segment.sequence);
      if (distance > 0) break;
      filled++;
      this.waitingBytes -= segment.bytes.length;
      this.counts.waiting -= segment.bytes.length;
      this.accept(distance, segment, at);
    }
    if (filled === 0) return;
    this.counts.reordered += filled;
    this.waiting.splice(0, filled);
    this.impatience = undefined;
    this.since = at;
  }

  private watchPatience(at: number): void {
    const { impatience } = this;
    if (impatience) impatience.segments++;
    const isOver =
      at - this.since > longestPatience ||
      (impatience && (impatience.segments > patience.segments || at - impatience.at > patience.milliseconds));
    if (isOver) this.giveUp(at);
  }

  /** The bytes before the first that waits are not going to come. */
  private giveUp(at: number): void {
    const [first] = this.waiting;
    if (!first || this.next === undefined) return;
    const missing = this.distance(first.sequence);
    this.counts.gaps++;
    this.next = first.sequence;
    this.output.gap(missing, 'lost', first.at);
    this.handOver(at);
  }

  /** What lies behind the gap counts from when it came, not from when the gap was given up. */
  handOver(at: number): void {
    if (this.waiting.length === 0) return;
    let taken = 0;
    for (const segment of this.waiting) {
      const distance = this.distance(segment.sequence);
      if (distance > 0) break;
      taken++;
      this.waitingBytes -= segment.bytes.length;
      this.counts.waiting -= segment.bytes.length;
      this.accept(distance, segment, segment.at);
    }
    this.waiting.splice(0, taken);
    this.impatience = undefined;
    this.since = at;
  }
}
