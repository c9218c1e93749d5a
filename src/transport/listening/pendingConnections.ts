import type { Socket } from 'node:net';
import type { TransportFailure } from '../../base/transportFailure';
import type { RefusedConnection } from '../../session/effects';

/** How long the handshakes may take where nobody says that, in milliseconds. */
const usualPatience = 10_000;
/** How many connections may be in the middle of them. */
const mostPending = 4_096;
/** How much of what one sent first is kept to show, in bytes. */
const keptBytes = 2_048;

type Step = 'tls' | 'webSocket';

interface Pending {
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
  received: Uint8Array;
  step: Step;
}

/**
 * The connections of one listener that are not streams for MQTT yet, by their peer. They have a time to become that, and
 * where too many try, the oldest has to go: who means well is through by then.
 */
export class PendingConnections {
  private readonly pending = new Map<string, Pending>();

  /** @param patience how long the handshakes of a connection that begins now may take, in milliseconds */
  constructor(
    private readonly onRefused: ((refused: RefusedConnection) => void) | undefined,
    private readonly patience: () => number = () => usualPatience,
  ) {}

  add(peer: string, socket: Socket, step: Step): void {
    const [oldest] = this.pending.keys();
    if (this.pending.size >= mostPending && oldest !== undefined) this.giveUp(oldest, 'too many at once');
    const timer = setTimeout(() => this.giveUp(peer, 'no handshake in time'), this.patience());
    timer.unref();
    this.pending.set(peer, { socket, timer, received: new Uint8Array(0), step });
    socket.once('close', () => {
      const { step: reached = step } = this.pending.get(peer) ?? {};
      this.refuse(peer, { step: reached, code: 'closed', detail: 'closed during the handshake' });
    });
  }

  /** What the connection sent first. */
  received(peer: string, bytes: Uint8Array): void {
    const entry = this.pending.get(peer);
    if (entry) entry.received = new Uint8Array(bytes.subarray(0, keptBytes));
  }

  reached(peer: string, step: Step): void {
    const entry = this.pending.get(peer);
    if (entry) entry.step = step;
  }

  /** It is a stream for MQTT now, or told of itself. */
  done(peer: string): boolean {
    const entry = this.pending.get(peer);
    clearTimeout(entry?.timer);
    return this.pending.delete(peer);
  }

  /** It comes to nothing; only the first word about it counts. The socket is left to the caller. */
  refuse(peer: string, failure: TransportFailure): void {
    const entry = this.pending.get(peer);
    if (!entry) return;
    this.done(peer);
    this.onRefused?.({ peer, failure, received: entry.received });
  }

  close(): void {
    for (const [peer, { socket }] of [...this.pending]) {
      this.done(peer);
      socket.destroy();
    }
  }

  private giveUp(peer: string, detail: string): void {
    const entry = this.pending.get(peer);
    if (!entry) return;
    this.refuse(peer, { step: entry.step, code: 'timedOut', detail });
    entry.socket.destroy();
  }
}
