import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import type { BrokerSubscription } from './brokerSession';

/** What there is to tell of a Session's connection. */
export interface ConnectionStatus {
  readonly peer: string;
  readonly listener: string;
  readonly version: ProtocolVersion;
  readonly userName: string | undefined;
  /** When it was let in, in milliseconds since the epoch. */
  readonly connectedSince: number;
  /** Seconds; 0 is off. It is the one in force, which may be the server's. */
  readonly keepAlive: number;
  /** When anything was heard of the client the last time, in milliseconds since the epoch. */
  readonly lastHeard: number;
  /** Application Messages that were read from it, and written to it. */
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Bytes of QoS 0 messages that wait because the client is slower than they come. */
  readonly unsentBytes: number;
}

/** A client that is connected or has a Session, at the moment of asking. */
export interface ClientStatus {
  readonly clientIdentifier: string;
  /** Undefined where there is only the Session. */
  readonly connection: ConnectionStatus | undefined;
  /** Seconds the Session is kept without a connection; 0xFFFFFFFF for ever. */
  readonly expiryInterval: number;
  /** When it ends, unless the client comes back; undefined while there is a connection, or for ever. */
  readonly expiresAt: number | undefined;
  /** By Topic Filter, with `$share/name/` where shared. */
  readonly subscriptions: ReadonlyMap<string, BrokerSubscription>;
  /** QoS 1 and 2 messages that were sent and are not completed. */
  readonly inFlight: number;
  /** Those that wait for their turn, and the bytes of all that wait or are in flight. */
  readonly queued: number;
  readonly queuedBytes: number;
  /** Messages it did not get because it was away or too slow, or takes no packets that large, since its Session began. */
  readonly droppedMessages: number;
  /** How often it broke a rule of the protocol since its Session began. */
  readonly violations: number;
  /** How often another connection took its Session over. */
  readonly takeOvers: number;
}

/** A retained message. */
export interface RetainedStatus {
  readonly topicName: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly properties: Properties;
  /** When it arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}
