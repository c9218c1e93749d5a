import { Fifo } from '../base/fifo';
import type { HeldTotal } from './heldTotal';
import type { OutboundMessage } from './inflightStore';

/** QoS 0 messages that wait for the transport, within a bound. */
export class UnsentMessages {
  private readonly messages = new Fifo<OutboundMessage>();
  /** What each counted when it came: some grow while they wait. */
  private readonly sizes = new Fifo<number>();
  private bytes = 0;

  /**
   * @param mostBytes how many bytes may wait
   * @param total of what waits for others too
   */
  constructor(
    private readonly mostBytes: number,
    private readonly total?: HeldTotal,
  ) {}

  get length(): number {
    return this.messages.length;
  }

  get waitingBytes(): number {
    return this.bytes;
  }

  /** Returns whether there is room for it. */
  push(message: OutboundMessage): boolean {
    const { size } = message;
    if (this.bytes + size > this.mostBytes || this.total?.isBeyond(this.bytes)) return false;
    this.messages.push(message);
    this.sizes.push(size);
    this.hold(size);
    return true;
  }

  peek(): OutboundMessage | undefined {
    return this.messages.peek();
  }

  shift(): OutboundMessage | undefined {
    this.hold(-(this.sizes.shift() ?? 0));
    return this.messages.shift();
  }

  /** Takes out what has expired at a time, in milliseconds since the epoch. */
  takeExpired(at: number): readonly OutboundMessage[] {
    const expired: OutboundMessage[] = [];
    for (let count = this.length; count > 0; count--) {
      const size = this.sizes.peek() ?? 0;
      const message = this.shift();
      if (!message) break;
      if (message.hasExpired(at)) {
        expired.push(message);
        continue;
      }
      this.messages.push(message);
      this.sizes.push(size);
      this.hold(size);
    }
    return expired;
  }

  /** Forgets all of them. */
  clear(): void {
    this.messages.clear();
    this.sizes.clear();
    this.hold(-this.bytes);
  }

  /** When the first one expires after `at`, in milliseconds since the epoch; `Infinity` where none does or can tell. */
  nextExpiry(at: number): number {
    let next = Infinity;
    for (const { expiresAt = Infinity } of this.messages) {
      if (expiresAt > at) next = Math.min(next, expiresAt);
    }
    return next;
  }

  private hold(bytes: number): void {
    this.bytes += bytes;
    if (this.total) this.total.bytes += bytes;
  }
}
