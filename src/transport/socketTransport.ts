import type { Socket } from 'node:net';
import type { TransportSecurity } from '../base/certificate';
import type { TransportFailure } from '../base/transportFailure';
import type { NetworkEnds, Transport, TransportListener } from '../session/effects';
import { addressText } from './addressText';
import { networkEnds } from './networkEnds';
import { SlicedWriter } from './slicedWriter';
import { Deadline } from './openingStep';
import { socketFailure } from './socketFailure';
import { connectStream } from './tcpStream';

export { addressText } from './addressText';

/** A socket: TCP, TLS on top of it, or a Unix socket. */
export class SocketTransport extends SlicedWriter implements Transport {
  private failure: TransportFailure | undefined;
  private isClosed = false;

  constructor(
    private readonly socket: Socket,
    readonly peer: string,
    failureOf: (error: unknown) => TransportFailure = socketFailure,
    readonly security?: TransportSecurity,
  ) {
    super();
    // Packets leave in one write already; waiting for more would only delay acknowledgements.
    socket.setNoDelay(true);
    socket.on('error', (error) => (this.failure = failureOf(error)));
    socket.on('close', () => {
      this.isClosed = true;
      this.listener?.closed(this.failure);
    });
  }

  start(listener: TransportListener): void {
    this.listener = listener;
    if (this.isClosed) {
      queueMicrotask(() => listener.closed(this.failure));
      return;
    }
    this.socket.on('drain', () => this.drained());
    // Buffer's own slice() is a view: the core gets plain bytes.
    this.socket.on('data', (chunk) => {
      if (typeof chunk !== 'string') {
        listener.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      }
    });
  }

  get ends(): NetworkEnds | undefined {
    return networkEnds(this.socket);
  }

  get hasSentAll(): boolean {
    return this.isIdle && this.socket.writableLength === 0;
  }

  pauseReading(paused: boolean): void {
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  override end(): void {
    super.end();
    // A paused socket does not notice that its peer closed.
    this.socket.resume();
  }

  dispose(): void {
    this.socket.destroy();
  }

  protected override send(bytes: Uint8Array, taken?: () => void): boolean {
    // Where it fails there is an end to come, and nothing more is handed over.
    return this.socket.write(bytes, taken && ((error) => !error && taken()));
  }

  protected override finish(): void {
    this.socket.end();
  }
}

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** How long connecting may take, in milliseconds; without it the system decides. */
  readonly timeout?: number;
}

/** Opens a TCP connection and nothing more; rejects with a {@link TransportFailureError}. */
export async function connectSocket({ host, port, timeout }: SocketOptions): Promise<Transport> {
  const expiry = new AbortController();
  const timer = timeout === undefined ? undefined : setTimeout(() => expiry.abort(), timeout);
  try {
    const stream = await connectStream({ host, port }, new Deadline(expiry.signal));
    return new SocketTransport(stream, addressText(host, port));
  } finally {
    clearTimeout(timer);
  }
}
