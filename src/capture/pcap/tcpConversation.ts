import { HeldAnswers } from './heldAnswers';
import type { GapCause, TcpCounts } from './tcpSide';
import { TcpSide } from './tcpSide';
import type { TcpSegment } from './tcpSegment';
import type { RemarkMark } from './workbenchMarks';

/** The two ends of a conversation, in the order in which they were first seen. */
export type Side = 0 | 1;

/** Takes what both sides of a connection sent, in order. Views are good until the call returns. */
export interface ConversationSink {
  /** This side opened the connection: the capture has its first byte. */
  opened(by: Side): void;
  data(side: Side, bytes: Uint8Array, at: number, remarks?: readonly RemarkMark[]): void;
  gap(side: Side, missing: number, cause: GapCause, at: number): void;
  /** This side sends nothing more. */
  ended(side: Side, at: number): void;
  /** Neither side does. Whether they closed the connection, or the capture ends before it. */
  closed(at: number, isEnd: boolean): void;
}

/**
 * Bytes between what a connection sent last and what is still of it: what is in flight, or sent again, is less, since windows
 * of MQTT are. A gap ahead may be longer, where the capture was paused.
 */
const farthest = 16 * 1024 * 1024;
/** Milliseconds after its end in which segments of a connection may still come: twice the lifetime of a segment (RFC 9293, 3.4.1). */
const longestAfterlife = 240_000;

/** Puts a TCP connection together from its segments, whichever were captured. */
export class TcpConversation {
  private readonly sides: readonly [TcpSide, TcpSide];
  private readonly fins: [number | undefined, number | undefined] = [undefined, undefined];
  private readonly over: [boolean, boolean] = [false, false];
  private readonly held: HeldAnswers;
  private closedAt: number | undefined = undefined;

  constructor(
    private readonly sink: ConversationSink,
    counts: TcpCounts,
  ) {
    this.held = new HeldAnswers(counts);
    this.sides = [this.newSide(0, counts), this.newSide(1, counts)];
  }

  /** Whether a segment begins another connection between the same ends. */
  isAnother(side: Side, { syn, sequence, acknowledged }: TcpSegment): boolean {
    if (!syn || acknowledged !== undefined) return false;
    const first = (sequence + 1) >>> 0;
    return (this.closedAt !== undefined || this.sides[side].isKnown) && !this.sides[side].hasBegunWith(first);
  }

  /**
   * Whether a segment is of another connection between the same ends whose beginning was not captured: it lies too far from
   * what this one sent last to be of it, or comes when this one is long over.
   */
  isAnotherUnannounced(side: Side, { syn, sequence, payload, missing }: TcpSegment, at: number): boolean {
    const own = this.sides[side];
    if (syn || !own.isKnown || payload.length + missing === 0) return false;
    const ahead = own.distance(sequence);
    if (this.closedAt === undefined) return ahead < -farthest;
    return Math.abs(ahead) > farthest || (ahead >= 0 && at - this.closedAt > longestAfterlife);
  }

  /** @param inOrder whoever wrote the file put each answer behind what it answers */
  segment(side: Side, segment: TcpSegment, at: number, inOrder = false): void {
    if (this.closedAt !== undefined) return;
    if (segment.rst || inOrder) this.release(false);
    else if (this.isToHold(side, segment)) {
      // What waits for others is not waited for any longer from now on.
      if (segment.acknowledged !== undefined) this.sides[other(side)].acknowledged(segment.acknowledged, at);
      this.held.hold(side, segment, at);
      if (this.held.isOver(at)) this.release(false);
      return;
    }
    this.take(side, segment, at);
    if (this.held.side !== undefined) this.release(!this.held.isOver(at));
  }

  /** Whether a segment carries what may be an answer to bytes that are not there, or follows one that does. */
  private isToHold(side: Side, { acknowledged, payload, missing }: TcpSegment): boolean {
    if (this.held.side !== undefined) return this.held.side === side;
    return payload.length + missing > 0 && this.lacks(other(side), acknowledged);
  }

  /** Whether bytes of a side that the other one has are not there. Of a side that was never seen they are not missed. */
  private lacks(side: Side, acknowledged: number | undefined): boolean {
    const own = this.sides[side];
    if (acknowledged === undefined || !own.hasBytes) return false;
    const ahead = own.distance(this.withoutFin(side, acknowledged));
    return ahead > 0 && ahead <= farthest;
  }

  /** The end of a side is acknowledged as if it were a byte (RFC 9293, 3.4). */
  private withoutFin(side: Side, acknowledged: number): number {
    const fin = this.fins[side];
    return fin !== undefined && (fin + 1) >>> 0 === acknowledged ? fin : acknowledged;
  }

  /**
   * Hands over what was held, in its order.
   * @param patient only as far as all it acknowledges is there; else what is not is given up
   */
  private release(patient: boolean): void {
    const { side: from } = this.held;
    for (let next = this.held.first; next; next = this.held.first) {
      const { side = 0 } = this.held;
      const { acknowledged } = next.segment;
      const lacking = other(side);
      if (acknowledged !== undefined && this.lacks(lacking, acknowledged)) {
        if (patient) return;
        this.sides[lacking].giveUpTo(this.withoutFin(lacking, acknowledged), next.at);
        this.noteEnd(lacking, next.at);
      }
      this.held.take();
      if (this.closedAt === undefined) this.take(side, next.segment, next.at);
      if (!this.held.first && from !== undefined) this.sides[other(from)].handOver(next.at);
    }
  }

  private take(side: Side, segment: TcpSegment, at: number): void {
    const { sequence, acknowledged, payload, missing, remarks } = segment;
    const own = this.sides[side];
    let start = sequence;
    if (segment.syn) {
      start = (sequence + 1) >>> 0;
      if (!own.isKnown) {
        own.begin(start);
        this.sink.opened(acknowledged === undefined ? side : other(side));
      }
    }
    if (acknowledged !== undefined) this.sides[other(side)].acknowledged(acknowledged, at);
    if (segment.rst) {
      this.close(at);
      return;
    }
    if (payload.length + missing > 0) own.segment(start, payload, missing, at, remarks);
    if (segment.fin) this.fins[side] ??= (start + payload.length + missing) >>> 0;
    this.noteEnd(side, at);
  }

  /** So many bytes of this side are known not to come, and not to be missed. */
  skip(side: Side, count: number): void {
    this.sides[side].skip(count);
  }

  /** Nothing more comes: the connection is over, or the capture is. */
  close(at: number, isEnd = true): void {
    if (this.closedAt !== undefined) return;
    this.release(false);
    if (this.closedAt !== undefined) return;
    this.closedAt = at;
    for (const side of this.sides) side.flush(at);
    this.sink.closed(at, isEnd);
  }

  private noteEnd(side: Side, at: number): void {
    const fin = this.fins[side];
    if (fin === undefined || this.over[side]) return;
    if (this.sides[side].isKnown && !this.sides[side].hasReached(fin)) return;
    this.over[side] = true;
    this.sink.ended(side, at);
    if (this.over[other(side)]) this.close(at);
  }

  private newSide(side: Side, counts: TcpCounts): TcpSide {
    return new TcpSide(
      {
        data: (bytes, at, remarks) => this.sink.data(side, bytes, at, remarks),
        gap: (missing, cause, at) => this.sink.gap(side, missing, cause, at),
      },
      counts,
    );
  }
}

export function other(side: Side): Side {
  return side === 0 ? 1 : 0;
}
