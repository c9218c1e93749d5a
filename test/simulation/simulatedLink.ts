import { concatBytes, noBytes } from '../../src/base/bytes';
import type { TransportFailure } from '../../src/base/transportFailure';
import type { Transport, TransportListener } from '../../src/session/effects';
import type { Chance } from './chance';
import type { Observer } from './observer';
import type { Timeline } from './timeline';

/** How a link treats what goes through it. Probabilities are 0 to 1, times in milliseconds. */
export interface Weather {
  readonly latency: readonly [number, number];
  /** A write arrives in pieces. */
  readonly splits: number;
  /** What is due together arrives as one chunk. */
  readonly coalesces: number;
  /** A write is told that it was enough for now. */
  readonly full: number;
}

/** `up` goes to the server, `down` to the client. */
export type Way = 'up' | 'down';

/** What happens to a link, once, when that many bytes have arrived on one way. */
export interface LinkFault {
  readonly kind: 'cut' | 'half-open';
  readonly way: Way;
  readonly afterBytes: number;
  /** For a half-open link: the ways that lose their bytes, `way` at least. */
  readonly loses: readonly Way[];
}

/** Sees the bytes at the client's end: as they are written, and as they have arrived. */
export interface LinkTap {
  wrote(bytes: Uint8Array): void;
  read(bytes: Uint8Array): void;
  /** The client ended or broke off its side, or learned that it is over. */
  left(): void;
  /** Until when the client does not write, or does not read, and so cannot know who is there. */
  busy?(until: number): void;
  /** From now on nothing of one way arrives. */
  struck?(fault: LinkFault['kind'], loses: readonly Way[]): void;
}

interface Piece {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly isEnd: boolean;
}

const reset: TransportFailure = { step: 'tcp', code: 'reset', detail: 'simulated' };

interface LinkOptions {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly observer: Observer;
  readonly weather: Weather;
  readonly fault: LinkFault | undefined;
  readonly tap: LinkTap;
  /** Sees the bytes at the server's end. */
  readonly serverTap?: LinkTap;
  /** What the server takes for the client's address. */
  readonly peer?: string;
}

/**
 * A connection between a client and a server that is as good, or as bad, as it was asked to be. It is not `memoryLink`, which
 * hands everything over whole and in the same turn: here bytes take their time on a simulated clock, are split, coalesced,
 * lost and cut by a seed, and watched at both ends.
 */
export class SimulatedLink {
  readonly client: LinkEnd;
  readonly server: LinkEnd;
  private isStruck = false;

  constructor(readonly options: LinkOptions) {
    this.client = new LinkEnd(this, 'up', options.tap);
    this.server = new LinkEnd(this, 'down', options.serverTap);
    this.client.join(this.server);
  }

  /** Breaks the link off: what is under way is lost, and each end learns of it in its own time. */
  cut(): void {
    const { observer, chance, tap } = this.options;
    if (this.client.isClosed && this.server.isClosed) return;
    observer.fault('cut');
    tap.struck?.('cut', ['up', 'down']);
    for (const end of [this.client, this.server]) {
      end.lose();
      end.closeIn(chance.is(0.7) ? 0 : chance.between(1, 400), chance.is(0.8) ? reset : undefined);
    }
  }

  /** From now on bytes vanish, and neither end is told. */
  halfOpen(loses: readonly Way[]): void {
    this.options.observer.fault('half-open', () => `nothing goes ${loses.join(' and ')} any more`);
    this.options.tap.struck?.('half-open', loses);
    if (loses.includes('up')) this.client.lose();
    if (loses.includes('down')) this.server.lose();
  }

  /** How many of `length` bytes still arrive after `arrived` have. */
  arriving(way: Way, arrived: number, length: number): number {
    const { fault } = this.options;
    if (this.isStruck || fault?.way !== way) return length;
    return Math.min(length, fault.afterBytes - arrived);
  }

  strike(): void {
    const { fault } = this.options;
    if (this.isStruck || !fault) return;
    this.isStruck = true;
    if (fault.kind === 'cut') this.cut();
    else this.halfOpen(fault.loses);
  }
}

export class LinkEnd implements Transport {
  readonly peer: string;
  isClosed = false;
  private other: LinkEnd = this;
  private listener: TransportListener | undefined;
  /** Written here, under way to the other end. */
  private flying: Piece[] = [];
  private arrived = 0;
  private vanishes = false;
  private hasEnded = false;
  private isAbandoned = false;
  private isLetGo = false;
  private isPaused = false;
  private isFull = false;
  private fullUntil = 0;

  constructor(
    private readonly link: SimulatedLink,
    private readonly way: Way,
    private readonly tap: LinkTap | undefined,
  ) {
    this.peer = link.options.peer ?? 'simulation';
  }

  /** It is open, and nobody has broken it off. */
  get isHeld(): boolean {
    return !this.isClosed && !this.isLetGo;
  }

  join(other: LinkEnd): void {
    this.other = other;
    other.other = this;
  }

  start(listener: TransportListener): void {
    this.listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    if (this.isAbandoned) return true;
    this.tap?.wrote(bytes);
    if (this.hasEnded || this.isClosed) return true;
    const { chance, weather } = this.link.options;
    for (const piece of this.pieces(bytes)) this.put(piece, false);
    if (this.isFull || !chance.is(weather.full)) return !this.isFull;
    this.isFull = true;
    this.link.options.observer.fault('full');
    const wait = chance.between(1, 300);
    this.fullUntil = this.link.options.timeline.now() + wait;
    this.tellBusy();
    this.after(wait, () => this.drained());
    return false;
  }

  pauseReading(paused: boolean): void {
    if (paused) this.link.options.observer.fault('paused');
    this.isPaused = paused;
    this.tellBusy();
    if (!paused) this.other.deliverSoon(0);
  }

  end(): void {
    this.tap?.left();
    if (this.hasEnded || this.isClosed) return;
    this.put(noBytes, true);
    this.hasEnded = true;
  }

  /** The process at this end is gone: whatever it still does to it comes to nothing, and the other end is told. */
  abandon(): void {
    this.dispose();
    this.isAbandoned = true;
    this.listener = undefined;
  }

  dispose(): void {
    this.isLetGo = true;
    this.tap?.left();
    if (this.isClosed) return;
    const { chance, weather } = this.link.options;
    // The other end hears of it only over a way that still carries something.
    if (!this.vanishes) this.other.closeIn(chance.between(...weather.latency), reset);
    this.lose();
    this.other.flying = [];
    this.closeIn(0, undefined);
  }

  /** Loses what is under way from here, and all that follows. */
  lose(): void {
    this.flying = [];
    this.vanishes = true;
  }

  closeIn(milliseconds: number, failure: TransportFailure | undefined): void {
    this.after(milliseconds, () => this.close(failure));
  }

  private close(failure: TransportFailure | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.tap?.left();
    this.listener?.closed(failure);
  }

  private pieces(bytes: Uint8Array): Uint8Array[] {
    const { chance, weather, observer } = this.link.options;
    if (bytes.length < 2 || !chance.is(weather.splits)) return [bytes];
    observer.fault('split');
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < bytes.length;) {
      const end = chance.is(0.2) ? bytes.length : chance.between(start + 1, bytes.length);
      pieces.push(bytes.subarray(start, end));
      start = end;
    }
    return pieces;
  }

  private put(bytes: Uint8Array, isEnd: boolean): void {
    if (this.vanishes) return;
    const { timeline, chance, weather } = this.link.options;
    const last = this.flying[this.flying.length - 1]?.at ?? 0;
    const at = Math.max(last, timeline.now() + chance.between(...weather.latency));
    this.flying.push({ bytes, at, isEnd });
    this.deliverSoon(at - timeline.now());
  }

  private deliverSoon(milliseconds: number): void {
    this.after(milliseconds, () => this.deliver());
  }

  /** Hands the other end what is due: one piece, or all of them as one. */
  private deliver(): void {
    const { timeline, chance, weather, observer } = this.link.options;
    if (this.other.isPaused || this.other.isClosed) return;
    let due = this.flying.findIndex(({ at, isEnd }) => at > timeline.now() || isEnd);
    if (due < 0) due = this.flying.length;
    if (due > 1 && !chance.is(weather.coalesces)) {
      due = 1;
      this.deliverSoon(0);
    }
    if (due > 1) observer.fault('coalesced');
    const taken = this.flying.splice(0, due).map(({ bytes }) => bytes);
    if (taken.length > 0) this.arrive(taken.length === 1 ? (taken[0] ?? noBytes) : concatBytes(taken));
    const next = this.flying[0];
    if (next?.isEnd && next.at <= timeline.now()) {
      this.flying.shift();
      this.other.ended();
    }
  }

  private arrive(whole: Uint8Array): void {
    const length = this.link.arriving(this.way, this.arrived, whole.length);
    const chunk = whole.subarray(0, length);
    this.arrived += length;
    if (length > 0) {
      this.other.tap?.read(chunk);
      this.other.listener?.bytes(chunk);
      if (this.isFull && !this.vanishes) this.listener?.progressed?.();
    }
    if (length < whole.length) this.link.strike();
  }

  /** Like a socket that is not half open: the end of the other side ends this one. */
  private ended(): void {
    if (this.isClosed) return;
    if (!this.hasEnded) this.end();
    this.close(undefined);
  }

  private tellBusy(): void {
    this.tap?.busy?.(this.isPaused ? Infinity : Math.max(this.link.options.timeline.now(), this.fullUntil));
  }

  private drained(): void {
    // What vanishes on the way is not acknowledged, and so keeps its room.
    if (this.vanishes) return;
    this.isFull = false;
    if (!this.isClosed) this.listener?.drained();
  }

  private after(milliseconds: number, callback: () => void): void {
    this.link.options.timeline.after('link', milliseconds, callback);
  }
}
