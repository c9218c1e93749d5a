import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { hexByte } from '../base/bytes';
import type { TransportSecurity } from '../base/certificate';
import type { TransportFailure, WebSocketFailure } from '../base/transportFailure';
import type { NetworkEnds, Transport, TransportListener } from '../session/effects';
import { destroyLater } from './destroyLater';
import { networkEnds } from './networkEnds';
import { SlicedWriter } from './slicedWriter';

/** Closing codes that tell of no fault: a normal end, a peer that goes away, and an end without a word (RFC 6455, 7.4). */
const orderlyCodes = new Set([1000, 1001, 1005, 1006]);
const normalClosure = 1000;
const unsupportedData = 1003;

/** How many bytes of a text frame are told. */
const shownBytes = 16;

/** What ws says in front of each fault of a frame. */
const frameFault = /^Invalid WebSocket frame: /;

/** MQTT in the binary messages of a WebSocket: a stream of bytes, whatever the frames it comes in [MQTT-6.0.0-2]. */
export class WebSocketTransport extends SlicedWriter implements Transport {
  private failure: TransportFailure | undefined;
  private isClosed = false;

  /** @param stream what the WebSocket was opened over; what ws keeps to itself - failures, back-pressure - shows there */
  constructor(
    private readonly socket: WebSocket,
    private readonly stream: Duplex,
    readonly peer: string,
    failureOf: (error: unknown) => TransportFailure,
    readonly security?: TransportSecurity,
  ) {
    super();
    // Nobody may listen yet, and what comes until then would be lost.
    socket.pause();
    stream.on('error', (error) => (this.failure ??= failureOf(error)));
    socket.on('error', ({ message }) => {
      const detail = message.replace(frameFault, '');
      this.breakWith({ step: 'webSocket', code: 'frameInvalid', detail });
    });
    socket.on('close', (code, reason) => this.closed(code, reason.toString('utf8')));
  }

  get ends(): NetworkEnds | undefined {
    return networkEnds(this.stream);
  }

  start(listener: TransportListener): void {
    this.listener = listener;
    if (this.isClosed) {
      queueMicrotask(() => listener.closed(this.failure));
      return;
    }
    this.stream.on('drain', () => this.drained());
    this.socket.on('message', (data, isBinary) => this.received(data, isBinary));
    this.socket.resume();
  }

  override write(bytes: Uint8Array): boolean {
    // After the end ws would throw; a socket takes it without a word, and tells of the end by itself.
    if (this.socket.readyState !== this.socket.OPEN) return true;
    return super.write(bytes);
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
    this.socket.terminate();
  }

  protected override send(bytes: Uint8Array, taken?: () => void): boolean {
    // It may have closed since the slice before.
    if (this.socket.readyState !== this.socket.OPEN) return true;
    // [MQTT-6.0.0-1]
    this.socket.send(bytes, { binary: true }, taken && ((error) => !error && taken()));
    return !this.stream.writableNeedDrain;
  }

  protected override finish(): void {
    this.socket.close(normalClosure);
  }

  private received(data: RawData, isBinary: boolean): void {
    if (!isBinary) {
      const detail = beginningOf(partsOf(data));
      return this.breakWith({ step: 'webSocket', code: 'textFrame', detail });
    }
    for (const part of partsOf(data)) this.listener?.bytes(part);
  }

  /** The peer sent what it must not: nothing more of it is heard, whether it closes or not [MQTT-6.0.0-1]. */
  private breakWith(failure: WebSocketFailure): void {
    this.failure ??= failure;
    this.socket.close(unsupportedData);
    // A paused socket would not notice that its peer closes.
    this.socket.resume();
    destroyLater(this.stream);
    this.isOver();
  }

  private closed(code: number, reason: string): void {
    if (!orderlyCodes.has(code)) {
      this.failure ??= { step: 'webSocket', code: 'closedWithStatus', status: code, detail: reason };
    }
    this.isOver();
  }

  /** Tells the listener, once. */
  private isOver(): void {
    this.isClosed = true;
    const { listener } = this;
    this.listener = undefined;
    listener?.closed(this.failure);
  }
}

/** Buffer's own slice() is a view: the core gets plain bytes. */
function partsOf(data: RawData): Uint8Array[] {
  return (Array.isArray(data) ? data : [data]).map((part) =>
    part instanceof ArrayBuffer
      ? new Uint8Array(part)
      : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
  );
}

function beginningOf(parts: readonly Uint8Array[]): string {
  const [first = new Uint8Array(0)] = parts;
  if (first.length === 0) return 'empty';
  return `it begins with ${[...first.subarray(0, shownBytes)].map(hexByte).join(' ')}`;
}
