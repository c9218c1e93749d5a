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

const owner = Symbol('transport');

interface OwnedSocket extends Socket {
  [owner]?: SocketTransport;
}

// What listens is the same for all sockets: of ten thousand idle connections each has as little as may be.
function onError(this: OwnedSocket, error: Error): void {
  this[owner]?.hasFailed(error);
}
function onClose(this: OwnedSocket): void {
  this[owner]?.hasClosed();
}
function onDrain(this: OwnedSocket): void {
  this[owner]?.hasDrained();
}
function onData(this: OwnedSocket, chunk: Buffer | string): void {
  this[owner]?.hasRead(chunk);
}

/** A socket: TCP, TLS on top of it, or a Unix socket [MQTT-4.2-1] [MQTT-7.1.1-1] (3.1.1) [MQTT-7.1.2-1] (3.1.1). */
export class SocketTransport extends SlicedWriter implements Transport {
  private failure: TransportFailure | undefined;
  private isClosed = false;

  constructor(
    private readonly socket: OwnedSocket,
    readonly peer: string,
    private readonly failureOf: (error: unknown) => TransportFailure = socketFailure,
    readonly security?: TransportSecurity,
  ) {
    super();
    // Packets leave in one write already; waiting for more would only delay acknowledgements.
    socket.setNoDelay(true);
    socket[owner] = this;
    socket.on('error', onError);
    socket.on('close', onClose);
  }

  start(listener: TransportListener): void {
    this.listener = listener;
    if (this.isClosed) {
      queueMicrotask(() => listener.closed(this.failure));
      return;
    }
    this.socket.on('drain', onDrain);
    this.socket.on('data', onData);
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

  /** Its socket's, like the next three. */
  hasFailed(error: Error): void {
    this.failure = this.failureOf(error);
  }

  hasClosed(): void {
    this.isClosed = true;
    this.listener?.closed(this.failure);
  }

  hasDrained(): void {
    this.drained();
  }

  hasRead(chunk: Buffer | string): void {
    // Buffer's own slice() is a view: the core gets plain bytes.
    if (typeof chunk !== 'string') {
      this.listener?.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
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
