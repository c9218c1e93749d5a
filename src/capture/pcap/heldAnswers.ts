import type { TcpSegment } from './tcpSegment';
import type { Side } from './tcpConversation';
import type { TcpCounts } from './tcpSide';

/** What is held for bytes that are missing: a capture out of order brings them soon after. */
const patience = { milliseconds: 200, segments: 32 };
/** What may wait in all connections together. */
const mostWaitingOfAll = 64 * 1024 * 1024;

export interface HeldSegment {
  readonly segment: TcpSegment;
  readonly at: number;
}

/**
 * Segments of one side that acknowledge bytes of the other which are not there (yet): what they carry may be the answer to
 * those, and is to stand behind them, or behind the note that nobody captured them.
 */
export class HeldAnswers {
  private segments: HeldSegment[] = [];
  private from: Side | undefined;

  constructor(private readonly counts: TcpCounts) {}

  /** The side whose segments are held; undefined where none are. */
  get side(): Side | undefined {
    return this.from;
  }

  get first(): HeldSegment | undefined {
    return this.segments[0];
  }

  hold(side: Side, segment: TcpSegment, at: number): void {
    this.from = side;
    this.counts.waiting += segment.payload.length;
    // The frame's bytes go.
    this.segments.push({ segment: { ...segment, payload: segment.payload.slice() }, at });
  }

  /** Whether what they wait for does not come any more. */
  isOver(at: number): boolean {
    const { first, segments, counts } = this;
    if (!first) return false;
    return (
      segments.length > patience.segments ||
      at - first.at > patience.milliseconds ||
      counts.waiting > mostWaitingOfAll
    );
  }

  take(): HeldSegment | undefined {
    const taken = this.segments.shift();
    if (taken) this.counts.waiting -= taken.segment.payload.length;
    if (this.segments.length === 0) this.from = undefined;
    return taken;
  }
}
