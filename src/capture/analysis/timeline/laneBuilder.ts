import { handshakeKinds } from '../seen';
import type { TimelineConnection, TimelineHandshake, TimelineLane, TimelineMark } from './report';

type Counted<T extends { readonly count: number }> = { -readonly [K in keyof T]: T[K] };

/** How many bars and marks one lane has at most: more would be told apart by nobody. */
const mostBars = 2_000;
const mostMarks = 500;
/** More nobody reads. */
const mostIdentifiers = 8;

const barKinds = new Map(handshakeKinds.map((kind, index) => [kind, index]));
const outcomeCodes = { complete: 0, refused: 1, unanswered: 2, waiting: 3 } as const;

/** Gathers what one lane of the picture shows; what lies in the same columns becomes one thing with a count. */
export class LaneBuilder {
  readonly connections: TimelineConnection[] = [];
  private readonly identifiers = new Set<string>();
  private moreIdentifiers = false;
  private readonly bars = new Map<number, Counted<TimelineHandshake>>();
  private readonly marks = new Map<string, Counted<TimelineMark>>();
  /** By how much the number in flight changes at each column. */
  private readonly changes: Float64Array;

  constructor(
    private readonly key: string,
    public label: string,
    private readonly from: number,
    private readonly to: number,
    private readonly columns: number,
  ) {
    this.changes = new Float64Array(columns + 1);
  }

  /** Those of the newest connections come first. */
  addIdentifier(identifier: string | undefined): void {
    if (identifier === undefined || this.identifiers.has(identifier)) return;
    if (this.identifiers.size < mostIdentifiers) this.identifiers.add(identifier);
    else this.moreIdentifiers = true;
  }

  addHandshake(handshake: Omit<TimelineHandshake, 'count'>): void {
    const { kind, outcome, start, end } = handshake;
    if (end < this.from || start > this.to) return;
    const [first, last] = [this.column(start), this.column(end)];
    if (kind === 'qos1' || kind === 'qos2') {
      this.changes[first] = (this.changes[first] ?? 0) + 1;
      this.changes[last + 1] = (this.changes[last + 1] ?? 0) - 1;
    }
    const key = ((barKinds.get(kind) ?? 0) * 8 + outcomeCodes[outcome]) * 2 ** 24 + first * 2 ** 12 + last;
    const known = this.bars.get(key);
    if (known) {
      known.count++;
      known.start = Math.min(known.start, start);
      known.end = Math.max(known.end, end);
    } else if (this.bars.size < mostBars) {
      this.bars.set(key, { kind, outcome, start, end, sequence: handshake.sequence, count: 1 });
    }
  }

  addMark(mark: Omit<TimelineMark, 'count'>): void {
    if (mark.at < this.from || mark.at > this.to) return;
    const key = `${mark.kind} ${this.column(mark.at)}`;
    const known = this.marks.get(key);
    if (known) known.count++;
    else if (this.marks.size < mostMarks) this.marks.set(key, { ...mark, count: 1 });
  }

  build(): TimelineLane {
    let now = 0;
    const inFlight = Array.from({ length: this.columns }, (_, column) => (now += this.changes[column] ?? 0));
    return {
      key: this.key,
      label: this.label,
      identifiers: [...this.identifiers],
      moreIdentifiers: this.moreIdentifiers,
      connections: this.connections,
      handshakes: [...this.bars.values()],
      marks: [...this.marks.values()].sort((a, b) => a.at - b.at),
      inFlight,
    };
  }

  private column(at: number): number {
    const span = Math.max(1e-6, this.to - this.from);
    return Math.max(0, Math.min(this.columns - 1, Math.floor(((at - this.from) / span) * this.columns)));
  }
}
