import type { TransportSecurity } from '../base/certificate';
import type { NetworkEnds, Transport, TransportListener } from '../session/effects';
import type { BrokerChange, BrokerJournal, KeptBroker } from './brokerJournal';

/** How many bytes may wait for a store before the connection counts as full. */
const mostWaiting = 1_048_576;

/**
 * A journal, and what is written while it is not safe: nothing leaves before all is safe that was noted until then, so that
 * nobody is told of something that a crash would undo.
 */
export class SafetyGate implements BrokerJournal {
  private recorded = 0;
  private safe = 0;
  private asked = 0;
  private waiting = new Set<GatedTransport>();

  constructor(private readonly journal: BrokerJournal) {}

  get kept(): KeptBroker {
    return this.journal.kept;
  }

  record(change: BrokerChange): void {
    this.recorded++;
    this.journal.record(change);
  }

  whenSafe(done: (isSafe: boolean) => void): void {
    this.journal.whenSafe(done);
  }

  close(): Promise<void> {
    return this.journal.close();
  }

  get isOpen(): boolean {
    return this.recorded === this.safe;
  }

  /** Lets what this transport holds go once all is safe that was noted until now. Returns what that is. */
  wait(transport: GatedTransport): number {
    this.waiting.add(transport);
    if (this.asked < this.recorded) {
      const upTo = (this.asked = this.recorded);
      this.journal.whenSafe((isSafe) => this.became(upTo, isSafe));
    }
    return this.recorded;
  }

  /** The transport is gone. */
  leave(transport: GatedTransport): void {
    this.waiting.delete(transport);
  }

  private became(upTo: number, isSafe: boolean): void {
    this.safe = upTo;
    const transports = [...this.waiting];
    for (const transport of transports) {
      if (isSafe) transport.release(upTo);
      else transport.dispose();
      if (!transport.isWaiting) this.waiting.delete(transport);
    }
  }
}

/** A transport that holds its bytes back while the gate is closed. */
export class GatedTransport implements Transport {
  private held: (readonly [upTo: number, bytes: Uint8Array])[] = [];
  private heldBytes = 0;
  /** Whoever writes was told to wait, here or by the transport, and has not been told to go on. */
  private owesDrained = false;
  private hasEnded = false;
  private listener: TransportListener | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly gate: SafetyGate,
  ) {}

  get peer(): string {
    return this.transport.peer;
  }

  get ends(): NetworkEnds | undefined {
    return this.transport.ends;
  }

  get security(): TransportSecurity | undefined {
    return this.transport.security;
  }

  get isWaiting(): boolean {
    return this.held.length > 0;
  }

  start(listener: TransportListener): void {
    this.listener = listener;
    this.transport.start({
      bytes: (chunk) => listener.bytes(chunk),
      drained: () => {
        if (!this.isWaiting) return listener.drained();
        // It has more to get than the transport knows of.
        this.owesDrained = true;
        listener.progressed?.();
      },
      progressed: () => listener.progressed?.(),
      closed: (failure) => {
        this.forget();
        listener.closed(failure);
      },
    });
  }

  write(bytes: Uint8Array): boolean {
    if (!this.isWaiting && this.gate.isOpen) return this.transport.write(bytes);
    this.held.push([this.gate.wait(this), bytes]);
    this.heldBytes += bytes.length;
    this.owesDrained ||= this.heldBytes > mostWaiting;
    return !this.owesDrained;
  }

  /** Everything is safe that was noted up to there. */
  release(upTo: number): void {
    let takesMore = true;
    let next = this.held[0];
    while (next && next[0] <= upTo) {
      takesMore = this.transport.write(next[1]);
      this.heldBytes -= next[1].length;
      this.held.shift();
      next = this.held[0];
    }
    if (this.isWaiting) return;
    const { owesDrained } = this;
    this.owesDrained = false;
    if (this.hasEnded) this.transport.end();
    // Otherwise the transport says so once it has sent that.
    else if (owesDrained && takesMore) this.listener?.drained();
  }

  pauseReading(paused: boolean): void {
    this.transport.pauseReading(paused);
  }

  end(): void {
    this.hasEnded = true;
    if (!this.isWaiting) this.transport.end();
  }

  dispose(): void {
    this.forget();
    this.transport.dispose();
  }

  private forget(): void {
    this.held = [];
    this.heldBytes = 0;
    this.gate.leave(this);
  }
}
