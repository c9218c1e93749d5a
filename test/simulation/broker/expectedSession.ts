import type { ProtocolVersion, QoS, WillMessage } from '../../../src/protocol/controlPacket';

export interface ExpectedSubscription {
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier: number | undefined;
}

/** How long a message is worth something. */
export interface Lifetime {
  /** When the broker read it, in milliseconds since the epoch. */
  readonly since: number;
  /** Message Expiry Interval, in seconds; undefined for ever. */
  readonly expiry: number | undefined;
}

/** What a packet told of that, and when. */
export interface Told {
  readonly at: number;
  readonly expiry: number | undefined;
}

/** One message on its way to one Session, or to one of several that share a subscription. */
export interface Delivery extends Lifetime {
  since: number;
  expiry: number | undefined;
  readonly number: number;
  readonly topicName: string;
  /** Of what the subscriber gets; those who share may have asked for less. */
  readonly qos: QoS;
  readonly retain: boolean;
  /** Subscription Identifiers, in their order. */
  readonly identifiers: readonly number[];
  /** The connection that QoS 0 goes out on; nothing of it waits for another. */
  readonly peer: string | undefined;
  /** The shared subscription it is for. */
  readonly group: string | undefined;
  state: 'waiting' | 'skipped' | 'sent' | 'recorded' | 'done';
  /** What it was sent at: those who share may have asked for different ones. */
  sentQos?: QoS;
  /** Who got it, of those who share. */
  owner: ExpectedSession | undefined;
  /** What was told of its time when it was sent. */
  told?: Told;
  /** The broker's process ended before it was safe that this is owed. */
  isUndone: boolean;
}

/** What a server has to know of one Client Identifier, and what it owes. */
export class ExpectedSession {
  readonly subscriptions = new Map<string, ExpectedSubscription>();
  /** Packet Identifiers of QoS 2 messages that were read and not released. */
  readonly received = new Map<number, true>();
  /** Shared subscriptions it has had. */
  readonly everShared = new Set<string>();
  readonly deliveries: Delivery[] = [];
  readonly inFlight = new Map<number, Delivery>();
  will: WillMessage | undefined;
  /** Seconds. */
  expiry = 0;
  leftAt: number | undefined;
  /** The connection it is in use on. */
  peer: string | undefined;
  connections = 0;
  hasEnded = false;
  /** Its client went on with it on the connection on which it began, and so has heard of it. */
  isKnown = false;
  /** When its will is due, and when it ends, in milliseconds since the epoch. */
  willAt: number | undefined;
  endsAt: number | undefined;

  constructor(
    readonly clientIdentifier: string,
    readonly version: ProtocolVersion,
  ) {}
}
