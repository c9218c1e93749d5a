import { assertNever } from '../base/assert';
import type { SessionStoreFailure } from '../base/sessionStoreError';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { Violation } from '../protocol/violations';
import type { AuthenticationProblem } from '../session/clientAuthentication';
import type { ClientEnding } from '../session/clientContract';
import type { TransportFailure } from '../session/effects';
import { failureWords } from './failureWords';

/** What a server gives as its reason; the texts are of 5.0. */
interface ServersReason {
  readonly reasonCode: number;
  readonly reasonString?: string;
  /** Where to go instead, as the server writes it: usually `host` or `host:port` (4.11). */
  readonly serverReference?: string;
  readonly userProperties?: readonly (readonly [name: string, value: string])[];
}

/** Why there is no connection. Sentences for people are made of it at the edge. */
export type ClientFailure =
  /** `duringConnect`: it was open, and broke before CONNACK came. */
  | { readonly kind: 'transport'; readonly failure: TransportFailure; readonly duringConnect?: true }
  /** CONNECT itself would break a rule, as its options ask for it; nothing was sent. */
  | { readonly kind: 'connectNotSendable'; readonly violation: Violation }
  /** CONNECT cannot be encoded, mostly as an option is of another type than it should; nothing was sent. */
  | { readonly kind: 'connectUnencodable'; readonly detail: string }
  /** CONNACK said no. `version` tells whose codes `reasonCode` is of: a server without 5.0 answers in those of 3.1.1. */
  | (ServersReason & { readonly kind: 'refusedByServer'; readonly version: ProtocolVersion })
  /** DISCONNECT, in 5.0. */
  | (ServersReason & { readonly kind: 'disconnectedByServer' })
  /** What came instead of CONNACK, as far as it is worth showing. */
  | { readonly kind: 'notMqtt'; readonly firstBytes: Uint8Array }
  /** A packet broke a rule. */
  | { readonly kind: 'protocol'; readonly violation: Violation }
  /** The server has a Session of this Client Identifier, which this client knows nothing of; 5.0 has it close then. */
  | { readonly kind: 'sessionUnknown' }
  /** The server is not to be trusted, or asks what nobody here can answer (4.12). */
  | { readonly kind: 'authenticationFailed'; readonly problem: AuthenticationProblem }
  | { readonly kind: 'connackTimeout' }
  | { readonly kind: 'keepAliveTimeout' }
  /** The connection ended without a word. */
  | {
      readonly kind: 'closedByServer';
      readonly duringConnect: boolean;
      /** As far as can be told, another client uses the Client Identifier: so that no further attempt is made. */
      readonly suspicion?: 'takenOver';
    }
  /** The Session cannot be kept as it was asked for, so nothing is sent that depends on it. */
  | { readonly kind: 'storeFailed'; readonly failure: SessionStoreFailure }
  /** This side is not connected, or no longer, by its own doing. */
  | { readonly kind: 'notConnected' }
  /** `connect()` was called while there is a connection, or one is being made; that goes on. */
  | { readonly kind: 'notDisconnected' };

/** What the promises of a client reject with when there is no connection, or none any more. */
export class ClientError extends Error {
  override readonly name = 'ClientError';

  /** @param kept the message stays in the Session: it is sent, or sent again, when that goes on */
  constructor(
    readonly failure: ClientFailure,
    readonly kept = false,
  ) {
    super(failureWords(failure));
  }
}

/** Why a message is not published although there may be a connection. */
export type PublishFailure =
  /** As much is outstanding as may be: so many messages, or so many bytes. */
  | { readonly kind: 'queueFull'; readonly bound: QueueBound }
  /** As many requests as may wait for their answers, or as many bytes of them: SUBSCRIBE, UNSUBSCRIBE and re-authentication. */
  | { readonly kind: 'tooManyRequests'; readonly outstanding: number }
  /** Its Message Expiry Interval passed before it could be sent. */
  | { readonly kind: 'expired' }
  /** It cannot be encoded, be it that there is no memory for it, be it that it is of other types than it should. */
  | { readonly kind: 'unencodable'; readonly detail: string };

/** What `publish()` rejects with for the sake of the message alone; a request too that cannot be encoded, or is one too many. */
export class PublishError extends Error {
  override readonly name = 'PublishError';

  constructor(
    readonly failure: PublishFailure,
    options?: { readonly cause: unknown },
  ) {
    super(failureWords(failure), options);
  }
}

/** Encoding a message threw `cause`, which is no rule of the protocol. */
export function unencodable(cause: unknown): PublishError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new PublishError({ kind: 'unencodable', detail }, { cause });
}

/** How much may be outstanding: published and not settled, sent or not. */
export interface QueueBound {
  readonly messages: number;
  /**
   * Of topic names, payloads and Properties, and 256 for what goes with each message. SUBSCRIBE and UNSUBSCRIBE packets that
   * wait for their answers have as much again, of topic filters and Properties, and so have requests that wait for their
   * responses (4.10).
   */
  readonly bytes: number;
}

/** The failure an ending is; undefined where this side wanted it. */
export function failureOf(ending: ClientEnding): ClientFailure | undefined {
  switch (ending.kind) {
    case 'disconnected':
      return undefined;
    case 'refusedByServer': {
      const { reasonCode, properties } = ending.connack;
      return {
        kind: ending.kind,
        version: ending.version,
        reasonCode,
        ...reasonOf(properties),
      };
    }
    case 'disconnectedByServer': {
      const { reasonCode, properties } = ending.disconnect;
      return { kind: ending.kind, reasonCode, ...reasonOf(properties) };
    }
    case 'notMqtt':
    case 'protocol':
    case 'sessionUnknown':
    case 'authenticationFailed':
    case 'connackTimeout':
    case 'keepAliveTimeout':
    case 'closedByServer':
    case 'transport':
      return ending;
    default:
      return assertNever(ending);
  }
}

function reasonOf(properties: Properties): Omit<ServersReason, 'reasonCode'> {
  const { reasonString, serverReference, userProperties } = properties;
  return {
    ...(reasonString !== undefined && { reasonString }),
    ...(serverReference !== undefined && { serverReference }),
    ...(userProperties !== undefined && { userProperties }),
  };
}
