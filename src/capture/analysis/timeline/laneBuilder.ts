import { handshakeKinds } from '../seen';
import type { InFlightChange } from './inFlightRing';
import type { TimelineConnection, TimelineHandshake, TimelineLane, TimelineMark } from './report';

type Counted<T extends { readonly count: number }> = { -readonly [K in keyof T]: T[K] };

/** How many bars and marks one lane has at most: more would be told apart by nobody. */
const mostBars = 2_000;
const mostMarks = 500;
/** More nobody reads. */
const mostIdentifiers = 8;

const barKinds = new Map(handshakeKinds.map((kind, index) => [kind, index]));
const outcomeCodes = { complete: 0, refused: 1, unanswered: 2, waiting: 3, resumed: 4 } as const;

/** Gathers what one lane of the picture shows; what lies in the same columns becomes one thing with a count. */
export class LaneBuilder {
  readonly connections: TimelineConnection[] = [];
  private readonly identifiers = new Set<string>();
  private moreIdentifiers = false;
  private readonly bars = new Map<number, Counted<TimelineHandshake>>();
  private readonly marks = new Map<string, Counted<TimelineMark>>();
  /** Messages in flight of each connection so far, and of all. */
  private readonly flying = new Map<number, number>();
  private inFlight = 0;
  /** The most of them at once in each column, up to `reached`. */
  private readonly most: number[];
  private reached = -1;

  constructor(
    private readonly key: string,
    readonly label: string,
    readonly longLabel: string,
    private readonly from: number,
    private readonly to: number,
    private readonly columns: number,
  ) {
    this.most = Array<number>(columns).fill(0);
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

  /** A connection has so many messages in flight from now on. Changes come in their order. */
  addInFlight({ connection, at, count }: InFlightChange): void {
    if (at > this.to) return;
    const isShown = at >= this.from;
    const column = this.column(at);
    if (isShown) this.reach(column);
    this.inFlight += count - (this.flying.get(connection) ?? 0);
    this.flying.set(connection, count);
    if (isShown) this.most[column] = Math.max(this.most[column] ?? 0, this.inFlight);
  }

  addMark(mark: Omit<TimelineMark, 'count'>): void {
    if (mark.at < this.from || mark.at > this.to) return;
    const key = `${mark.kind} ${this.column(mark.at)}`;
    const known = this.marks.get(key);
    if (known) known.count++;
    else if (this.marks.size < mostMarks) this.marks.set(key, { ...mark, count: 1 });
  }

  /** @param until the time of the last packet: what is in flight then is so up to there */
  build(label: string, until: number): TimelineLane {
    if (until >= this.from) this.reach(this.column(until));
    return {
      key: this.key,
      label,
      identifiers: [...this.identifiers],
      moreIdentifiers: this.moreIdentifiers,
      connections: this.connections,
      handshakes: [...this.bars.values()],
      marks: [...this.marks.values()].sort((a, b) => a.at - b.at),
      inFlight: this.most,
    };
  }

  /** As many as now were in flight up to a column, and at its beginning. */
  private reach(column: number): void {
    while (this.reached < column) {
      const next = ++this.reached;
      this.most[next] = Math.max(this.most[next] ?? 0, this.inFlight);
    }
  }

  private column(at: number): number {
    const span = Math.max(1e-6, this.to - this.from);
    return Math.max(0, Math.min(this.columns - 1, Math.floor(((at - this.from) / span) * this.columns)));
  }
}
