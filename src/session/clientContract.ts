import type { Connack, Disconnect, ProtocolVersion, Publish, Subscription } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import type { TransportFailure } from './effects';
import type { Negotiated } from './negotiated';

/** Requests carry a ticket, a number above 0 that its owner never uses twice; the outcome names it again. */
export type ClientCommand =
  | { readonly kind: 'connect' }
  | { readonly kind: 'publish'; readonly ticket: number; readonly packet: Publish }
  | {
      readonly kind: 'subscribe';
      readonly ticket: number;
      readonly subscriptions: Subscription[];
      readonly properties: Properties;
    }
  | {
      readonly kind: 'unsubscribe';
      readonly ticket: number;
      readonly topicFilters: string[];
      readonly properties: Properties;
    }
  | { readonly kind: 'disconnect'; readonly reasonCode: number; readonly properties: Properties };

export type ClientRequest = Extract<ClientCommand, { kind: 'subscribe' | 'unsubscribe' }>;

export type ClientOutcome =
  | {
      readonly kind: 'published';
      readonly ticket: number;
      readonly reasonCode: number;
      readonly packetIdentifier: number;
    }
  /** One Reason Code for each Topic Filter; before 5.0 UNSUBACK has none, and they are 0. */
  | { readonly kind: 'answered'; readonly ticket: number; readonly reasonCodes: readonly number[] }
  /** The request breaks a rule and was not sent. */
  | { readonly kind: 'rejected'; readonly ticket: number; readonly violation: Violation };

/** `connected` comes first and once; payloads and binary Properties of messages are views into what came. */
export type ClientDelivery =
  { readonly type: 'connected'; readonly sessionPresent: boolean; readonly negotiated: Negotiated } | Publish;

/** Why a client's connection is over. */
export type ClientEnding =
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'refusedByServer'; readonly version: ProtocolVersion; readonly connack: Connack }
  | { readonly kind: 'disconnectedByServer'; readonly disconnect: Disconnect }
  | { readonly kind: 'notMqtt'; readonly firstBytes: Uint8Array }
  | { readonly kind: 'protocol'; readonly violation: Violation }
  /** The server goes on with a Session that this side does not have (3.2.2.1.1). */
  | { readonly kind: 'sessionUnknown' }
  | { readonly kind: 'connackTimeout' }
  | { readonly kind: 'keepAliveTimeout' }
  | { readonly kind: 'closedByServer'; readonly duringConnect: boolean }
  | { readonly kind: 'transport'; readonly failure: TransportFailure };
