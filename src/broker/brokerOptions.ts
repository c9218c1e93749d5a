import type { Clock } from '../base/clock';
import type { Pace } from '../base/slices';
import type { QoS } from '../protocol/controlPacket';
import { largestPacket } from '../protocol/packetFramer';
import type { CaptureTap } from '../session/effects';
import type { HttpReferral } from '../session/httpAnswer';
import type { AccessControl, Origin } from './accessControl';
import type { BrokerJournal, KeptBroker } from './brokerJournal';

/** What a broker offers, and where it says that it is enough. Everything has a default a developer need not touch. */
export interface BrokerLimits {
  /** How many clients may be connected at once; one more is refused with 0x97. */
  readonly maximumConnections: number;
  /** The largest packet that is taken, in bytes; the client hears of it in CONNACK, and 0x95 beyond. */
  readonly maximumPacketSize: number;
  /**
   * How many bytes there may be of packets that are not whole yet, of all connections together; beyond that the one that has
   * most of it is ended with 0x97.
   */
  readonly unfinishedBytes: number;
  /** How many QoS 1 and 2 messages may wait in one Session, unacknowledged ones included. */
  readonly queuedMessages: number;
  /** How many bytes of them. Publishers wait for a connected client that is slower, and only then messages are dropped. */
  readonly queueBytes: number;
  /** How many bytes of QoS 0 messages wait for a client that is slower than they come; what is beyond is dropped and counted. */
  readonly writeBufferBytes: number;
  /**
   * How many bytes of messages may wait for all clients together, QoS 0 ones for slow connections included. Beyond that
   * what comes for a client that has its equal part of it is treated as if its own queue was full.
   */
  readonly totalQueueBytes: number;
  /** How many subscriptions a Session may have; one more is answered with 0x97. */
  readonly subscriptionsPerSession: number;
  /** How many bytes all subscriptions may take; beyond that who has an equal part of it gets no further ones (0x97). */
  readonly subscriptionBytes: number;
  /** How many levels a Topic Name or Topic Filter may have (0x90, 0x8F). */
  readonly topicLevels: number;
  /** How long a client may take for handshakes of TLS and WebSocket, and then to send CONNECT and be let in, in milliseconds. */
  readonly connectTimeout: number;
  /** How many Sessions there may be, connected or not; a client whose Session is one more is refused with 0x97. */
  readonly sessions: number;
  /** How many retained messages there may be, and how many bytes they may take; one more is refused with 0x97. */
  readonly retainedMessages: number;
  readonly retainedBytes: number;
  /** The Receive Maximum of CONNACK: how many QoS 1 and 2 messages a client may have unacknowledged. */
  readonly receiveMaximum: number;
  /** The highest Topic Alias a client may set; 0 offers none. */
  readonly topicAliasMaximum: number;
  /** The highest Topic Alias this side sets, where the client takes any; 0 sets none. */
  readonly outboundTopicAliases: number;
  readonly maximumQoS: QoS;
  readonly retainAvailable: boolean;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
  /** Seconds; a longer Keep Alive, or none, is replaced by this one (Server Keep Alive). 0 leaves the client's. */
  readonly maximumKeepAlive: number;
  /** Seconds a Session is kept at most, told in CONNACK; 0xFFFFFFFF sets no bound. */
  readonly maximumSessionExpiry: number;
}

/** Those that a running broker takes over: what its clients were told they can rely on is not among them. */
export type LiveLimits = Partial<
  Omit<
    BrokerLimits,
    | 'maximumQoS'
    | 'retainAvailable'
    | 'wildcardSubscriptionAvailable'
    | 'subscriptionIdentifierAvailable'
    | 'sharedSubscriptionAvailable'
  >
>;

export const defaultLimits: BrokerLimits = {
  maximumConnections: 20_000,
  maximumPacketSize: largestPacket,
  unfinishedBytes: 536_870_912,
  queuedMessages: 10_000,
  queueBytes: 16_777_216,
  writeBufferBytes: 16_777_216,
  totalQueueBytes: 536_870_912,
  subscriptionsPerSession: 10_000,
  subscriptionBytes: 268_435_456,
  topicLevels: 200,
  connectTimeout: 10_000,
  sessions: 100_000,
  retainedMessages: 1_000_000,
  retainedBytes: 268_435_456,
  receiveMaximum: 65_535,
  topicAliasMaximum: 100,
  outboundTopicAliases: 16,
  maximumQoS: 2,
  retainAvailable: true,
  wildcardSubscriptionAvailable: true,
  subscriptionIdentifierAvailable: true,
  sharedSubscriptionAvailable: true,
  maximumKeepAlive: 0,
  maximumSessionExpiry: 0xffffffff,
};

export interface BrokerOptions extends Partial<BrokerLimits> {
  /** Without it everybody may connect. */
  readonly accessControl?: AccessControl;
  /** What outlives the broker; without it nothing does. */
  readonly journal?: BrokerJournal;
  /** What a broker before this one had (`Broker.carried`); a journal's own takes its place. */
  readonly carried?: KeptBroker;
  /** How often the `$SYS` topics are published, in seconds; 0, the default, publishes none. */
  readonly sysInterval?: number;
  /** What clients that ask for it are told to begin their Response Topics with (3.2.2.3.15); `%c` is the Client Identifier. */
  readonly responseInformation?: string;
}

/** The limits among the options. */
export function limitsAmong(options: BrokerOptions): Partial<BrokerLimits> {
  const limits = Object.entries(options).filter(
    ([name, value]) => name in defaultLimits && value !== undefined,
  );
  return Object.fromEntries(limits);
}

export interface BrokerDependencies extends HttpReferral {
  readonly clock: Clock;
  /** A Client Identifier nobody else has, for a client without one. */
  newIdentifier(): string;
  /** Bytes of memory that are in use, for the `$SYS` topics. */
  heapBytes?(this: void): number;
  /** Of the program that the broker is part of, for the `$SYS` topics. */
  readonly version?: string;
  /** Lets long work have its turns, such as taking up what was kept: see `Broker.ready`. */
  readonly pace?: Pace;
  /** Called once for each connection, with where it comes from. */
  tap?(peer: string, origin: Origin): CaptureTap;
}
