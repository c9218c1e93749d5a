import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { TransportFailure } from '../base/transportFailure';
import { TransportFailureError } from '../base/transportFailure';
import type { Transport, TransportListener } from '../session/effects';
import { socketFailure } from './socketFailure';

/** A TCP connection. */
export class SocketTransport implements Transport {
  private failure: TransportFailure | undefined;
  private isClosed = false;
  private listener: TransportListener | undefined;

  constructor(
    private readonly socket: Socket,
    readonly peer: string,
  ) {
    // Packets leave in one write already; waiting for more would only delay acknowledgements.
    socket.setNoDelay(true);
    socket.on('error', (error) => (this.failure = socketFailure(error)));
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
    this.socket.on('drain', () => listener.drained());
    // Buffer's own slice() is a view: the core gets plain bytes.
    this.socket.on('data', (chunk) => {
      if (typeof chunk !== 'string') {
        listener.bytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      }
    });
  }

  write(bytes: Uint8Array): boolean {
    return this.socket.write(bytes);
  }

  pauseReading(paused: boolean): void {
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  end(): void {
    this.socket.end();
    // A paused socket does not notice that its peer closed.
    this.socket.resume();
  }

  dispose(): void {
    this.socket.destroy();
  }
}

export interface SocketOptions {
  readonly host: string;
  readonly port: number;
  /** How long connecting may take, in milliseconds; without it the system decides. */
  readonly timeout?: number;
}

/** Opens a TCP connection; rejects with a {@link TransportFailureError}. */
export function connectSocket({ host, port, timeout }: SocketOptions): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const fail = (failure: TransportFailure) => reject(new TransportFailureError(failure));
    let socket: Socket;
    try {
      socket = connect({ host, port });
    } catch (error) {
      fail(socketFailure(error)); // A port out of range.
      return;
    }
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            socket.destroy();
            fail({ code: 'timedOut', detail: `no answer within ${timeout} ms` });
          }, timeout);
    const failed = (error: Error) => {
      clearTimeout(timer);
      fail(socketFailure(error));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      resolve(new SocketTransport(socket, addressText(host, port)));
    });
  });
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
