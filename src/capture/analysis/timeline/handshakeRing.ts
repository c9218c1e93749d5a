import { handshakeKinds, type SeenHandshake } from '../seen';

const outcomes = ['complete', 'refused', 'unanswered'] as const;

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

  /** @param most how many are kept */
  constructor(private readonly most: number) {}

  get length(): number {
    return Math.min(this.count, this.room);
  }

  add(handshake: SeenHandshake): void {
    if (handshake.outcome === 'repeated') return;
    if (this.count === this.room && this.room < this.most) this.grow();
    const place = this.count++ % this.room;
    this.start[place] = handshake.start.at;
    this.end[place] = handshake.end.at;
    this.sequence[place] = handshake.start.sequence;
    this.connection[place] = handshake.connection.number;
    this.kind[place] = handshakeKinds.indexOf(handshake.kind) * 4 + outcomes.indexOf(handshake.outcome);
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
