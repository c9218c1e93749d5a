import type { Clock } from '../base/clock';
import { PacketWriter } from '../protocol/codec';
import type { Connect, ProtocolVersion, WillMessage } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation } from '../protocol/violations';
import type { CaptureTap, StepListener, Transport } from '../session/effects';
import type { Negotiated } from '../session/negotiated';
import type { SessionStore } from '../session/sessionJournal';
import type { SessionState } from '../session/sessionState';
import type { Authenticator } from './authentication';
import type { ClientFailure, QueueBound } from './clientFailure';
import type { DroppedFromConnect } from './droppedProperties';
import type { ReconnectOptions } from './reconnectPolicy';
import type { Tickets } from './tickets';

export interface ClientOptions {
  /** `automatic`: 5.0, and 3.1.1 where the server says that it does not speak that. */
  readonly version: ProtocolVersion | 'automatic';
  readonly clientIdentifier: string;
  /** With false the Session of an earlier connection goes on, if there is one on the server. */
  readonly cleanStart: boolean;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
  readonly userName?: string;
  readonly password?: Uint8Array;
  readonly will?: WillMessage;
  /** Properties of CONNECT, 5.0 only. They go before what the options below say. */
  readonly properties?: Properties;
  /** Speaks for this client where CONNECT is not enough (4.12), 5.0 only; names the Authentication Method. */
  readonly authenticator?: Authenticator;
  /**
   * How many QoS 1 and 2 messages the server may send without an acknowledgement (3.1.2.11.3), 5.0 only; 65,535 if absent.
   * They are acknowledged as soon as they are handed on.
   */
  readonly receiveMaximum?: number;
  /** The largest packet that is taken, in bytes (3.1.2.11.4); what the protocol allows if absent. */
  readonly maximumPacketSize?: number;
  /**
   * How many Topic Aliases the server may set (3.1.2.11.5), 5.0 only; 16 if absent. Each keeps a Topic Name of up to 64 KiB
   * for as long as the connection lasts.
   */
  readonly topicAliasMaximum?: number;
  /** Whether topics that are published to often get Topic Aliases by themselves, where the server takes any; true if absent. */
  readonly chooseTopicAliases?: boolean;
  /**
   * Whether each SUBSCRIBE gets a Subscription Identifier of its own, where the server takes any and the caller gives none;
   * true if absent.
   */
  readonly chooseSubscriptionIdentifiers?: boolean;
  /**
   * How many QoS 2 messages may be in flight below 5.0, at least 1, where no server can say its Receive Maximum; 20 if absent, as much as
   * mosquitto takes unless it is told otherwise. Such a server acknowledges what is beyond its own bound and drops it. What is
   * published at QoS 1 behind one that waits for this waits too, as it does for the Receive Maximum of 5.0: 4.6 would let it
   * pass, but a device that is told one thing after the other is not to hear the second first for a bound it cannot see.
   */
  readonly qos2InFlightBefore5?: number;
  /** How long CONNACK may take, in milliseconds; 10,000 if absent. */
  readonly connectTimeout?: number;
  /** Without it a connection that is lost stays lost until `connect()` is called again. */
  readonly reconnect?: ReconnectOptions;
  /** How much may be outstanding; {@link defaultQueueBound} if absent. */
  readonly queue?: QueueBound;
  /** Whether QoS 0 messages wait for a connection too, in memory; they are rejected otherwise. */
  readonly queueQoS0?: boolean;
  /** Whether what the server granted is subscribed to again where it has lost the Session, or may have; true if absent. */
  readonly resubscribe?: boolean;
}

/** Enough for any burst; what goes on beyond it is a server that does not keep up, and memory is not without end. */
export const defaultQueueBound: QueueBound = { messages: 250_000, bytes: 134_217_728 };

export interface ClientDependencies {
  /**
   * Opens a new connection; rejects with a {@link TransportFailureError}.
   * @param stepBegan hears each step, so that it can be told which one took too long
   */
  open(stepBegan: StepListener): Promise<Transport>;
  readonly clock: Clock;
  /** Called once for each connection. */
  tap?(): CaptureTap;
  /** Keeps the Session over the end of the process; it is opened with the first connection. */
  readonly store?: SessionStore;
}

/** What a client goes on with that takes the place of another, as its options have changed. */
export interface Inheritance {
  readonly session: SessionState;
  readonly tickets: Tickets;
}

export type ClientState =
  | { readonly state: 'disconnected'; readonly failure?: ClientFailure }
  /** `retry` where this is not the first attempt. */
  | { readonly state: 'connecting'; readonly retry?: Retry }
  | {
      readonly state: 'connected';
      readonly sessionPresent: boolean;
      readonly negotiated: Negotiated;
      readonly version: ProtocolVersion;
      /** The version that was to be spoken and that the server refused. */
      readonly fellBackFrom?: ProtocolVersion;
      /** What CONNECT was to say and this version cannot. */
      readonly dropped?: DroppedFromConnect;
    }
  /** The connection is down and is going to be made again. */
  | ({
      readonly state: 'reconnecting';
      /** When that is tried, in milliseconds since the epoch. */
      readonly at: number;
    } & Retry)
  | { readonly state: 'disconnecting' };

/** An attempt to make a connection again. */
export interface Retry {
  /** From 1. */
  readonly attempt: number;
  /** Why there has to be one. */
  readonly failure: ClientFailure;
  /** Another client seems to use the same Client Identifier, so that the server drops each in turn. */
  readonly suspicion?: 'takenOver';
}

const defaultTopicAliasMaximum = 16;

/**
 * The CONNECT these options ask for, in one version.
 * @param authenticationData what the authenticator begins with
 */
export function connectPacket(
  options: ClientOptions,
  version: ProtocolVersion,
  authenticationData?: Uint8Array,
): Connect {
  const { cleanStart, keepAlive, clientIdentifier, will, userName, password } = options;
  return {
    type: 'CONNECT',
    protocolName: version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: version,
    cleanStart,
    keepAlive,
    properties: connectProperties(options, version, authenticationData),
    clientIdentifier,
    will,
    userName,
    password,
  };
}

function connectProperties(
  options: ClientOptions,
  version: ProtocolVersion,
  authenticationData: Uint8Array | undefined,
): Properties {
  const { authenticator, receiveMaximum, maximumPacketSize, properties = noProperties } = options;
  // The bound on what is taken holds in every version, although only 5.0 tells the server.
  const limit = maximumPacketSize === undefined ? {} : { maximumPacketSize };
  // Before 5.0 a server is told nothing of the rest, so that it cannot be held to it.
  if (version !== 5) return limit;
  const topicAliasMaximum = options.topicAliasMaximum ?? defaultTopicAliasMaximum;
  return {
    ...(topicAliasMaximum > 0 && { topicAliasMaximum }),
    ...(receiveMaximum !== undefined && { receiveMaximum }),
    ...limit,
    ...(authenticator && { authenticationMethod: authenticator.method }),
    ...(authenticationData && { authenticationData }),
    ...properties,
  };
}

/** Why the CONNECT of these options cannot be sent, so that there is no use in opening a connection for it. */
export function connectFailure(options: ClientOptions, version: ProtocolVersion): ClientFailure | undefined {
  try {
    new PacketWriter().write(connectPacket(options, version), version);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) {
      return { kind: 'connectNotSendable', violation: error.violation };
    }
    return { kind: 'connectUnencodable', detail: error instanceof Error ? error.message : String(error) };
  }
}
