import { Fifo } from '../base/fifo';
import type { PublishMessage } from '../session/publishMessage';

/** QoS 0 messages that wait for a connection, where that is asked for: until one has written them. */
export class WaitingMessages {
  private waiting: PublishMessage[] = [];
  /** The connection there is has them, and may not have written them yet: its transport may be full. */
  private readonly given = new Fifo<PublishMessage>();

  /** @param isOpen whether the request of a number was not settled yet */
  constructor(private readonly isOpen: (ticket: number) => boolean) {}

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  push(message: PublishMessage): void {
    this.waiting.push(message);
  }

  /** A connection is up: it gets all of them, oldest first. */
  give(send: (message: PublishMessage) => void): void {
    const { waiting } = this;
    this.waiting = [];
    for (const message of waiting) {
      this.given.push(message);
      send(message);
    }
  }

  /** Requests were settled: what is through is let go of. */
  settled(): void {
    const { given } = this;
    for (let next = given.peek(); next && !this.isOpen(next.ticket); next = given.peek()) given.shift();
  }

  /** The connection is over: what it has not written waits for the next one, before what waits already. */
  takeBack(): void {
    this.waiting = [...this.given, ...this.waiting].filter(({ ticket }) => this.isOpen(ticket));
    this.given.clear();
  }

  /** Takes out what has expired at a time, in milliseconds since the epoch. */
  expire(at: number): readonly PublishMessage[] {
    const expired = this.waiting.filter((message) => message.hasExpired(at));
    if (expired.length > 0) this.waiting = this.waiting.filter((message) => !message.hasExpired(at));
    return expired;
  }

  /** When the first of what waits expires, in milliseconds since the epoch; `Infinity` where nothing does. */
  get nextExpiry(): number {
    return this.waiting.reduce((earliest, { expiresAt }) => Math.min(earliest, expiresAt), Infinity);
  }

  clear(): void {
    this.waiting = [];
    this.given.clear();
  }
}
