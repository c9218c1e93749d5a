import { type CarriedMessage, handshakeKinds, type SeenHandshake } from '../seen';

const outcomes = ['complete', 'refused', 'unanswered', 'resumed'] as const;
/** How many messages are known by their first packet, so that they can be found when another connection goes on with them. */
const mostInterrupted = 10_000;

/** One of a {@link HandshakeRing}, valid until the next is asked for. */
export interface RingHandshake {
  connection: number;
  start: number;
  end: number;
  sequence: number;
  kind: (typeof handshakeKinds)[number];
  outcome: (typeof outcomes)[number];
}

/** The last handshakes that ended, as columns: a row takes 29 bytes. */
export class HandshakeRing {
  private count = 0;
  private room = 1_024;
  private start = new Float64Array(this.room);
  private end = new Float64Array(this.room);
  private sequence = new Float64Array(this.room);
  private connection = new Uint32Array(this.room);
  private kind = new Uint8Array(this.room);
  /** By the packet that began a message on its first connection: its number among all, where that connection ended first. */
  private readonly interrupted = new Map<number, number>();

  /** @param most how many are kept */
  constructor(private readonly most: number) {}

  get length(): number {
    return Math.min(this.count, this.room);
  }

  add(handshake: SeenHandshake): void {
    if (handshake.outcome === 'repeated') return;
    if (this.count === this.room && this.room < this.most) this.grow();
    const index = this.count++;
    const place = index % this.room;
    this.start[place] = handshake.start.at;
    this.end[place] = handshake.end.at;
    this.sequence[place] = handshake.start.sequence;
    this.connection[place] = handshake.connection.number;
    this.kind[place] = handshakeKinds.indexOf(handshake.kind) * 4 + outcomes.indexOf(handshake.outcome);
    if (handshake.outcome !== 'unanswered') return;
    this.interrupted.set((handshake.resumes ?? handshake.start).sequence, index);
    const [oldest] = this.interrupted.keys();
    if (this.interrupted.size > mostInterrupted && oldest !== undefined) this.interrupted.delete(oldest);
  }

  /** Another connection goes on with a message. */
  resume({ kind, sequence }: CarriedMessage): void {
    const index = this.interrupted.get(sequence);
    this.interrupted.delete(sequence);
    // Its place may have been given to another one meanwhile.
    if (index === undefined || index < this.count - this.room) return;
    this.kind[index % this.room] = handshakeKinds.indexOf(kind) * 4 + outcomes.indexOf('resumed');
  }

  /** Reads the one at an index, from 0 for any to before `length`, into `row`. */
  read(index: number, row: RingHandshake): void {
    const packed = this.kind[index] ?? 0;
    row.start = this.start[index] ?? 0;
    row.end = this.end[index] ?? 0;
    row.sequence = this.sequence[index] ?? 0;
    row.connection = this.connection[index] ?? 0;
    row.kind = handshakeKinds[packed >> 2] ?? 'qos1';
    row.outcome = outcomes[packed & 3] ?? 'complete';
  }

  private grow(): void {
    this.room = Math.min(this.most, this.room * 2);
    const { start, end, sequence, connection, kind } = this;
    (this.start = new Float64Array(this.room)).set(start);
    (this.end = new Float64Array(this.room)).set(end);
    (this.sequence = new Float64Array(this.room)).set(sequence);
    (this.connection = new Uint32Array(this.room)).set(connection);
    (this.kind = new Uint8Array(this.room)).set(kind);
  }
}
