import type { TransportSecurity } from '../base/certificate';
import type { Disposable } from '../base/lifecycle';
import type { TransportFailure } from '../base/transportFailure';
import type { SessionChange } from './sessionJournal';

export type { TransportSecurity } from '../base/certificate';
export type { TransportFailure, TransportFailureCode } from '../base/transportFailure';

/** The way of bytes as the captured side sees it: `in` was received, `out` was sent. */
export type Direction = 'in' | 'out';

/** One end of a network connection, as the operating system names it. */
export interface NetworkEnd {
  readonly address: string;
  readonly port: number;
}

export interface NetworkEnds {
  readonly local: NetworkEnd;
  readonly remote: NetworkEnd;
}

/**
 * A stream of bytes to a peer: a TCP socket, a WebSocket, or two ends in one process. What is thrown or reported here
 * is a {@link TransportFailure}, never an error of the platform.
 */
export interface Transport extends Disposable {
  /** Where the peer is, for people: `127.0.0.1:1883`. */
  readonly peer: string;
  /** Its ends, where they have addresses. */
  readonly ends?: NetworkEnds | undefined;
  /** What TLS came to, where there is TLS. */
  readonly security?: TransportSecurity | undefined;
  /** Hands over a listener for bytes and one for the end, which is called once. A chunk is the listener's: it never changes. */
  start(listener: TransportListener): void;
  /** Sends bytes, which the transport owns from now on. Returns false when the peer takes them slower than they come. */
  write(bytes: Uint8Array): boolean;
  /** Everything that was written is out of its hands, so that those bytes may change; absent where nobody can tell. */
  readonly hasSentAll?: boolean;
  /** Stops (true) or resumes (false) reading, to push back on the peer. */
  pauseReading(paused: boolean): void;
  /** Sends what is still to be sent, then ends the connection. */
  end(): void;
}

export interface TransportListener {
  bytes(chunk: Uint8Array): void;
  /** The peer takes bytes again after `write` had returned false. */
  drained(): void;
  /** The peer has taken some of what waits since `write` had returned false, and not all of it. */
  progressed?(): void;
  /** The connection is over: undefined where the peer ended it in order. */
  closed(failure: TransportFailure | undefined): void;
}

/** Hears that a step of opening a connection is under way: `late` is how it fails if time runs out while it is. */
export type StepListener = (late: TransportFailure) => void;

/**
 * Sees every chunk both ways before anything decodes it. `at` is in milliseconds since the epoch. What is to stay of a chunk
 * has to be copied: those that are sent change once they are.
 */
export interface CaptureTap {
  /** Between which ends the connection is; comes first, where that is known. */
  ends?(ends: NetworkEnds): void;
  chunk(direction: Direction, bytes: Uint8Array, at: number): void;
  /** No more chunks follow. */
  closed(at: number): void;
}

/** A server socket: each connection it accepts becomes a {@link Transport}. */
export interface TransportServer {
  /** The address and port that were bound; `port` is the real one where 0 was asked for. */
  readonly host: string;
  readonly port: number;
  /** Accepts no more and resolves when the port is free. Connections that are open stay open. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** How long handshakes of TLS and WebSocket may take, in milliseconds, for connections from now on; 10 s if absent. */
  readonly handshakeTimeout?: () => number;
}

/** A connection that never became a stream for MQTT: its handshake of TLS or WebSocket failed. */
export interface RefusedConnection {
  /** Where it came from: `127.0.0.1:50123`. */
  readonly peer: string;
  readonly failure: TransportFailure;
  /** What it sent first, as far as it is known and worth showing. */
  readonly received: Uint8Array;
}

/**
 * Binds a port; rejects with a {@link TransportFailureError}.
 * @param onRefused hears of every connection that was accepted and comes to nothing
 */
export type Listen = (
  options: ListenOptions,
  onConnection: (transport: Transport) => void,
  onRefused?: (refused: RefusedConnection) => void,
) => Promise<TransportServer>;

/** The timers a connection may ask for; each exists at most once. */
export type TimerName =
  /** CONNECT or CONNACK has to arrive. */
  | 'connect'
  /** A packet has to be sent (client) or received (server). */
  | 'keepAlive'
  /** PINGRESP has to arrive. */
  | 'pingResponse';

/** What happens to a connection. `at` is in milliseconds since the epoch. */
export type Input<Command> =
  | { readonly kind: 'bytes'; readonly at: number; readonly chunk: Uint8Array }
  /** What its owner asked for since the last input, in order. */
  | { readonly kind: 'commands'; readonly at: number; readonly commands: readonly Command[] }
  /** Whether the transport takes bytes without piling them up; `heldBack`: so many did that its peer is not read from either. */
  | {
      readonly kind: 'writable';
      readonly at: number;
      readonly writable: boolean;
      readonly heldBack?: boolean;
    }
  /** The transport is full, and its peer has taken some of what is in it. */
  | { readonly kind: 'progress'; readonly at: number }
  | { readonly kind: 'deadline'; readonly at: number; readonly timer: TimerName }
  | { readonly kind: 'transportClosed'; readonly at: number; readonly failure: TransportFailure | undefined };

/**
 * What a connection wants done, in order. Everything that one input gives rise to comes together: one batch of packets
 * to hand on, one batch of settled requests, one run of bytes to write.
 */
export type Effect<Delivery, Outcome, Ending> =
  /** `more`: there is more to send; ask again with `writable` unless the transport is full. */
  | { readonly kind: 'transmit'; readonly bytes: Uint8Array; readonly more: boolean }
  | { readonly kind: 'deliver'; readonly packets: readonly Delivery[] }
  /** What a journal has to keep before the bytes of the same input leave: after what is handed on, before what is written. */
  | { readonly kind: 'store'; readonly changes: readonly SessionChange[] }
  | { readonly kind: 'settle'; readonly outcomes: readonly Outcome[] }
  /** Replaces a timer of the same name. `at` is in milliseconds since the epoch. */
  | { readonly kind: 'arm'; readonly timer: TimerName; readonly at: number }
  | { readonly kind: 'disarm'; readonly timer: TimerName }
  | { readonly kind: 'pauseReading'; readonly paused: boolean }
  /** Reads once what has arrived, though reading is paused: a sign of life may be in it. */
  | { readonly kind: 'listen' }
  /** The conversation is over; comes once, last. */
  | { readonly kind: 'close'; readonly ending: Ending };

/** A protocol machine without I/O: the same inputs give the same effects. */
export interface Connection<Command, Delivery, Outcome, Ending> {
  handle(input: Input<Command>): readonly Effect<Delivery, Outcome, Ending>[];
  /** The bytes of a `transmit` were sent and nobody has them any more: they may be written into again. */
  sent?(bytes: Uint8Array): void;
}
