import type {
  Auth,
  Connect,
  Disconnect,
  ProtocolVersion,
  Publish,
  Subscribe,
  Unsubscribe,
} from '../protocol/controlPacket';
import type { PacketWriter } from '../protocol/codec';
import type { ForeignProtocol } from '../protocol/foreignProtocol';
import type { Properties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import type { TransportFailure } from './effects';
import type { HeldTotal } from './heldTotal';
import type { HttpReferral } from './httpAnswer';
import type { OutboundMessage } from './inflightStore';
import type { Explainer } from './serverFarewell';
import type { SessionState } from './sessionState';
import type { SharedRun } from './sharedRun';

export interface ServerConnectionOptions extends Explainer, HttpReferral {
  readonly out: PacketWriter;
  /** Bytes; the largest packet that is taken. */
  readonly maximumPacketSize: number | undefined;
  /** How long a client may take to send CONNECT, and the server to decide, in milliseconds (3.1.4); 10,000 if absent. */
  readonly connectTimeout?: number | undefined;
  /** Of all connections of the server. */
  readonly run?: SharedRun | undefined;
}

/** What a server promises in CONNACK, and how it treats the connection. */
export interface Acceptance {
  readonly session: SessionState;
  readonly sessionPresent: boolean;
  /** Of CONNACK; they are not sent before 5.0. */
  readonly properties: Properties;
  /** How many bytes of QoS 0 messages may wait for this client before they are dropped. */
  readonly queueBytes: number;
  /** What waits for other clients too. */
  readonly total?: HeldTotal;
  /** Whether a message that waits is not for this client any more, asked when its turn comes. */
  readonly withholds?: (message: OutboundMessage) => boolean;
  /** The highest Topic Alias that is set towards the client, if it takes as many; none if absent. */
  readonly topicAliases?: number;
  /** What goes along with CONNACK where the client has authenticated by a method (4.12). */
  readonly authenticationData?: Uint8Array | undefined;
}

/** What the server's side of a connection can be told. */
export type ServerCommand =
  /** The transport is there; CONNECT has to arrive soon. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'accept'; readonly acceptance: Acceptance }
  /** `reasonCode` is one of 5.0; it is translated for older clients. */
  | ({ readonly kind: 'refuse'; readonly properties: Properties } & RefusedConnect)
  /** Sends a QoS 0 message: it is gone if the connection ends before. */
  | { readonly kind: 'publish'; readonly message: OutboundMessage }
  /** The same for all that are in the list by then; it is empty afterwards. */
  | { readonly kind: 'publishAll'; readonly messages: OutboundMessage[] }
  /** There are messages in the Session's queue, which outlives the connection: what must not get lost takes this way. */
  | { readonly kind: 'release' }
  /** The oldest QoS 1 and 2 messages that were delivered have found an owner, or not: one answer each. */
  | { readonly kind: 'acknowledge'; readonly answers: readonly MessageAnswer[] }
  | {
      readonly kind: 'suback' | 'unsuback';
      readonly packetIdentifier: number;
      readonly reasonCodes: number[];
      /** What is said of the first that is refused, where the code alone leaves open why. */
      readonly properties?: Properties;
    }
  /** Asks the client for more of its Authentication Method, before CONNACK or when it authenticates again (4.12). */
  | { readonly kind: 'challenge'; readonly data: Uint8Array | undefined }
  /** The client has authenticated again (4.12.1). */
  | { readonly kind: 'reauthenticated'; readonly data: Uint8Array | undefined }
  /** Stops or resumes reading; a client that is not read from is not expected to be heard. */
  | { readonly kind: 'pauseReading'; readonly paused: boolean }
  /** What was delivered before the client's DISCONNECT is answered: follows where the connection is parting. */
  | { readonly kind: 'part' }
  /** Ends the connection; the Reason Code is sent in 5.0, with these words where there are any. */
  | {
      readonly kind: 'disconnect';
      readonly reasonCode: number;
      readonly reasonString?: string | undefined;
      readonly cause?: DisconnectCause | undefined;
    };

/** The Reason Code of an acknowledgement, with Properties of its own where the code alone leaves open why. */
export type MessageAnswer = number | { readonly reasonCode: number; readonly properties: Properties };

/** Why a client is not let in; the cause is absent where that was not for what CONNECT asks for, or how many there are. */
export interface RefusedConnect {
  readonly reasonCode: number;
  readonly cause?: RefusalCause | undefined;
}

/**
 * A limit by its name, one of its clients or of what CONNECT or a will may be; `serverTopic`: the topic of the will is the
 * server's own. `tooMuchAhead`: there was more than may wait for CONNACK.
 */
export type RefusalCause =
  | 'maximumConnections'
  | 'sessions'
  | 'topicLevels'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'serverTopic'
  | 'maximumPacketSize'
  | 'tooMuchAhead';

/**
 * What a server sends a client away for, beyond the Reason Code: one of its limits, by its name, or that the client could not
 * authenticate again. `takesNothing`: others wait for it, and it takes no message. `fieldBytes`: a packet has too many fields.
 */
export type DisconnectCause =
  | 'topicLevels'
  | 'maximumQoS'
  | 'maximumPacketSize'
  | 'unfinishedBytes'
  | 'takesNothing'
  | 'fieldBytes'
  | 'authentication';

/** Why a server ends a connection, or does not let it begin. */
export type EndingCause = RefusalCause | DisconnectCause;

/**
 * What a client sent, in order. Topic Names are whole. CONNECT has bytes of its own; the payloads and binary Properties of
 * messages are views that end with the call: copy what is kept. AUTH is in its turn and of the method of CONNECT.
 */
export type ServerDelivery = Connect | Publish | Subscribe | Unsubscribe | Auth | Mistake;

/** The client broke a rule without which the connection can go on: what it sent is answered as if it was in order, or ignored. */
export interface Mistake {
  readonly type: 'mistake';
  readonly violation: Violation;
  /** Which packet of the connection did so: 1 is CONNECT. */
  readonly packet: number;
}

/** Why the server's side of a connection is over. */
export type ServerEnding =
  | { readonly kind: 'disconnectedByClient'; readonly disconnect: Disconnect }
  /** `cause` is absent where somebody wanted it so. `packetSize`: of the packet that is too large, in bytes. */
  | {
      readonly kind: 'disconnectedByServer';
      readonly reasonCode: number;
      readonly cause?: DisconnectCause | undefined;
      readonly packetSize?: number;
    }
  /** `version`: what a CONNECT names that was not read whole. `packetSize`: its size, in bytes. */
  | ({
      readonly kind: 'refused';
      readonly version?: ProtocolVersion;
      readonly packetSize?: number;
    } & RefusedConnect)
  /** `foreign`: it is not MQTT, but something else that is known. `version`: what a CONNECT that is not in order names. */
  | {
      readonly kind: 'protocol';
      readonly violation: Violation;
      readonly foreign?: ForeignProtocol;
      readonly version?: ProtocolVersion;
    }
  | { readonly kind: 'connectTimeout' }
  | { readonly kind: 'keepAliveTimeout' }
  /**
   * The Network Connection ended without DISCONNECT. `lacking`: in the middle of a packet, and how many bytes of that had not
   * come; 0 where its Remaining Length was not complete.
   */
  | {
      readonly kind: 'dropped';
      readonly failure: TransportFailure | undefined;
      readonly lacking?: number;
    };
