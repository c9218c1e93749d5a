import type { Connect, Disconnect, Publish, Subscribe, Unsubscribe } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import type { TransportFailure } from './effects';
import type { OutboundMessage } from './inflightStore';
import type { SessionState } from './sessionState';

/** What a server promises in CONNACK, and how it treats the connection. */
export interface Acceptance {
  readonly session: SessionState;
  readonly sessionPresent: boolean;
  /** Of CONNACK; they are not sent before 5.0. */
  readonly properties: Properties;
  /** How many bytes of QoS 0 messages may wait for this client before they are dropped. */
  readonly queueBytes: number;
}

/** What the server's side of a connection can be told. */
export type ServerCommand =
  /** The transport is there; CONNECT has to arrive soon. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'accept'; readonly acceptance: Acceptance }
  /** `reasonCode` is one of 5.0; it is translated for older clients. */
  | { readonly kind: 'refuse'; readonly reasonCode: number; readonly properties: Properties }
  /** Sends a QoS 0 message: it is gone if the connection ends before. */
  | { readonly kind: 'publish'; readonly message: OutboundMessage }
  /** There are messages in the Session's queue, which outlives the connection: what must not get lost takes this way. */
  | { readonly kind: 'release' }
  /** The oldest QoS 1 and 2 messages that were delivered have found an owner, or not: one Reason Code each. */
  | { readonly kind: 'acknowledge'; readonly reasonCodes: readonly number[] }
  | {
      readonly kind: 'suback' | 'unsuback';
      readonly packetIdentifier: number;
      readonly reasonCodes: number[];
    }
  /** Stops or resumes reading; a client that is not read from is not expected to be heard. */
  | { readonly kind: 'pauseReading'; readonly paused: boolean }
  /** Ends the connection; the Reason Code is sent in 5.0. */
  | { readonly kind: 'disconnect'; readonly reasonCode: number };

/**
 * What a client sent, in order. Topic Names are whole. CONNECT has bytes of its own; the payloads and binary Properties of
 * messages are views that end with the call: copy what is kept.
 */
export type ServerDelivery = Connect | Publish | Subscribe | Unsubscribe;

/** Why the server's side of a connection is over. */
export type ServerEnding =
  | { readonly kind: 'disconnectedByClient'; readonly disconnect: Disconnect }
  | { readonly kind: 'disconnectedByServer'; readonly reasonCode: number }
  | { readonly kind: 'refused'; readonly reasonCode: number }
  | { readonly kind: 'protocol'; readonly violation: Violation }
  | { readonly kind: 'connectTimeout' }
  | { readonly kind: 'keepAliveTimeout' }
  /** The Network Connection ended without DISCONNECT. */
  | { readonly kind: 'dropped'; readonly failure: TransportFailure | undefined };
