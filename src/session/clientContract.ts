import type { AuthenticationProblem, Challenge } from './clientAuthentication';
import type { PacketWriter } from '../protocol/codec';
import type {
  Connack,
  Connect,
  Disconnect,
  ProtocolVersion,
  Publish,
  Subscription,
} from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import type { TransportFailure } from './effects';
import type { Negotiated } from './negotiated';
import type { PublishMessage } from './publishMessage';
import type { PublishRun } from './publishRun';
import type { SessionState } from './sessionState';

export interface ClientConnectionOptions {
  readonly connect: Connect;
  readonly session: SessionState;
  readonly out: PacketWriter;
  /** How long CONNACK may take, in milliseconds. */
  readonly connackPatience: number;
  /** Whether Topic Aliases are chosen for frequent topics, as far as the server takes them; true if absent. */
  readonly chooseTopicAliases?: boolean;
  /** How many QoS 2 messages may be in flight where the version has no Receive Maximum; any number if absent. */
  readonly qos2InFlightBefore5?: number;
  /**
   * Whether messages of earlier wait for the command `resume`, so that the owner can subscribe before them and misses no
   * echo; false if absent.
   */
  readonly resumesOnCommand?: boolean;
}

/** Requests carry a ticket, a number above 0 that its owner never uses twice; the outcome names it again. */
export type ClientCommand =
  | { readonly kind: 'connect' }
  /** What the Session has to send may go, after all that was asked for since `connected`; see `resumesOnCommand`. */
  | { readonly kind: 'resume' }
  | { readonly kind: 'publish'; readonly ticket: number; readonly packet: Publish }
  /** The same for a message that its owner keeps hold of. */
  | { readonly kind: 'send'; readonly message: PublishMessage }
  | { readonly kind: 'sendRun'; readonly run: PublishRun }
  /** Rejects QoS 0 messages that wait for the transport and have expired meanwhile. */
  | { readonly kind: 'expireUnsent' }
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
  /** Whether the owner takes no more for the time being: nothing is read then, and nobody is expected to answer. */
  | { readonly kind: 'pause'; readonly paused: boolean }
  | { readonly kind: 'disconnect'; readonly reasonCode: number; readonly properties: Properties }
  /** Answers a {@link Challenge} that is not the last one. */
  | { readonly kind: 'authenticate'; readonly data: Uint8Array | undefined }
  /** What came with the last one is as it has to be: the connection, or what it did before, goes on. */
  | { readonly kind: 'authenticated' }
  /** Begins to authenticate again (4.12.1), while nothing of that kind goes on. */
  | { readonly kind: 'reauthenticate'; readonly ticket: number; readonly data: Uint8Array | undefined }
  /** Ends the connection: the server is not to be trusted, or there is no answer to it. */
  | { readonly kind: 'giveUpAuthentication'; readonly problem: AuthenticationProblem };

export type ClientRequest = Extract<ClientCommand, { kind: 'subscribe' | 'unsubscribe' }>;

export type ClientOutcome =
  | {
      readonly kind: 'published';
      readonly ticket: number;
      readonly reasonCode: number;
      readonly packetIdentifier: number;
      /** PUBREC had come when the server lost the Session: it took the message, and what became of it nobody can tell. */
      readonly sessionLost?: true;
      /** Of the acknowledgement. */
      readonly properties: Properties;
    }
  /** The Message Expiry Interval passed before it could be sent. */
  | { readonly kind: 'expired'; readonly ticket: number }
  /** One Reason Code for each Topic Filter; before 5.0 UNSUBACK has none, and they are 0. */
  | {
      readonly kind: 'answered';
      readonly ticket: number;
      readonly reasonCodes: readonly number[];
      readonly properties: Properties;
    }
  /** The server let the client go on after it has authenticated again. */
  | { readonly kind: 'reauthenticated'; readonly ticket: number; readonly properties: Properties }
  /** The message or request could not be encoded, for another reason than a rule: `error` is what was thrown. Nothing was sent. */
  | { readonly kind: 'unencodable'; readonly ticket: number; readonly error: unknown }
  /** The request breaks a rule and was not sent. */
  | { readonly kind: 'rejected'; readonly ticket: number; readonly violation: Violation };

/** `connected` comes first and once; payloads and binary Properties of messages are views into what came. */
export type ClientDelivery =
  | { readonly type: 'connected'; readonly sessionPresent: boolean; readonly negotiated: Negotiated }
  | Challenge
  | Publish;

/** Why a client's connection is over. */
export type ClientEnding =
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'refusedByServer'; readonly version: ProtocolVersion; readonly connack: Connack }
  | { readonly kind: 'disconnectedByServer'; readonly disconnect: Disconnect }
  | { readonly kind: 'notMqtt'; readonly firstBytes: Uint8Array }
  | { readonly kind: 'protocol'; readonly violation: Violation }
  /** The server goes on with a Session that this side does not have (3.2.2.1.1). */
  | { readonly kind: 'sessionUnknown' }
  | { readonly kind: 'authenticationFailed'; readonly problem: AuthenticationProblem }
  | { readonly kind: 'connackTimeout' }
  | { readonly kind: 'keepAliveTimeout' }
  | { readonly kind: 'closedByServer'; readonly duringConnect: boolean }
  /** `duringConnect`: CONNECT was handed to the transport, and no CONNACK had come. */
  | { readonly kind: 'transport'; readonly failure: TransportFailure; readonly duringConnect?: true };
