import type { TransportFailure } from '../base/transportFailure';
import type { Transport, TransportListener } from '../session/effects';

/** How many bytes may be under way in one direction before `write` says that it is enough. */
const highWaterMark = 65_536;

const reset: TransportFailure = { step: 'tcp', code: 'reset', detail: 'the other end was destroyed' };

/** Two ends in one process: what is written to one arrives at the other, in order, at the end of the turn. */
export function memoryLink(): readonly [Transport, Transport] {
  const first = new MemoryTransport('memory:a');
  const second = new MemoryTransport('memory:b');
  first.join(second);
  second.join(first);
  return [first, second];
}

class MemoryTransport implements Transport {
  private other: MemoryTransport = this;
  private listener: TransportListener | undefined;
  private arrived: Uint8Array[] = [];
  private underWay = 0;
  private paused = false;
  private full = false;
  private hasEnded = false;
  private otherHasEnded = false;
  private isClosed = false;
  private scheduled = false;

  constructor(readonly peer: string) {}

  join(other: MemoryTransport): void {
    this.other = other;
  }

  start(listener: TransportListener): void {
    this.listener = listener;
    this.schedule();
  }

  write(bytes: Uint8Array): boolean {
    if (this.hasEnded || this.isClosed) return true;
    this.underWay += bytes.length;
    this.other.arrived.push(bytes);
    this.other.schedule();
    this.full = this.underWay > highWaterMark;
    return !this.full;
  }

  pauseReading(paused: boolean): void {
    this.paused = paused;
    this.schedule();
  }

  end(): void {
    this.hasEnded = true;
    this.other.otherHasEnded = true;
    this.other.schedule();
  }

  dispose(): void {
    this.arrived = [];
    queueMicrotask(() => {
      this.close(undefined);
      this.other.close(reset);
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.flow();
    });
  }

  private flow(): void {
    const { listener } = this;
    if (!listener || this.isClosed) return;
    while (this.arrived.length > 0 && !this.paused && !this.isClosed) {
      const chunk = this.arrived.shift();
      if (!chunk) break;
      listener.bytes(chunk);
      this.other.took(chunk.length);
    }
    if (this.otherHasEnded && this.arrived.length === 0 && !this.isClosed) {
      // Like a socket that is not half open: the end of the other side ends this one.
      if (!this.hasEnded) this.end();
      this.close(undefined);
    }
  }

  private took(count: number): void {
    this.underWay -= count;
    if (!this.full) return;
    const isEmpty = this.underWay === 0;
    this.full = !isEmpty;
    queueMicrotask(() => {
      if (this.isClosed) return;
      if (isEmpty) this.listener?.drained();
      else this.listener?.progressed?.();
    });
  }

  private close(failure: TransportFailure | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.arrived = [];
    this.listener?.closed(failure);
  }
}
