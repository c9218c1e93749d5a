import { expectBytes } from '../base/bytes';
import { encode } from '../protocol/codec';
import type { ProtocolVersion, Publish, QoS } from '../protocol/controlPacket';
import type { Properties, PropertyKey } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { lengthOf, propertiesSize } from '../protocol/propertySize';
import { ProtocolViolation, type Violation } from '../protocol/violations';
import { unencodable } from './clientFailure';
import type { SubscriptionOption } from './droppedProperties';
import { filtersOf } from './subscriptionTable';

export interface ReceivedMessage {
  readonly topicName: string;
  /**
   * Never changes. A view into the bytes that came with it, up to 64 KiB of them on a socket: what is kept for long is
   * better copied (`slice()`), or it keeps all of them.
   */
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly properties: Properties;
  /** When its packet was read, in milliseconds since the epoch. */
  readonly at: number;
  /**
   * The Topic Filters it came for, as far as can be told: those the server named by Subscription Identifiers, or, where it
   * names none, all that match. Empty where a subscription of an earlier time brought it.
   */
  readonly subscriptions: readonly string[];
}

/** A message as the client hands it on. What it came for is found out only for those who ask. */
export class DeliveredMessage implements ReceivedMessage {
  readonly topicName: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly dup: boolean;
  readonly properties: Properties;

  /** @param candidates among which filters those are that it came for */
  constructor(
    packet: Publish,
    readonly at: number,
    private readonly candidates: readonly string[],
  ) {
    this.topicName = packet.topicName;
    this.payload = packet.payload;
    this.qos = packet.qos;
    this.retain = packet.retain;
    this.dup = packet.dup;
    this.properties = packet.properties;
  }

  get subscriptions(): readonly string[] {
    return filtersOf(this.topicName, this.candidates);
  }
}

export interface MessageToPublish {
  readonly topicName: string;
  /** Not to be changed until the publish is settled: it may have to be sent again. */
  readonly payload: Uint8Array;
  /** 0 if absent. */
  readonly qos?: QoS;
  readonly retain?: boolean;
  readonly properties?: Properties;
}

export interface PublishOutcome {
  /** Of PUBACK, PUBREC or PUBCOMP; 0x80 and above: the server did not take the message. Always 0 before 5.0. */
  readonly reasonCode: number;
  /** 0 at QoS 0. */
  readonly packetIdentifier: number;
  /** Of the acknowledgements: Reason String and User Properties. Empty before 5.0. */
  readonly properties: Properties;
  /**
   * The server had taken the message (QoS 2: PUBREC) when it lost the Session: it is not sent again, and whether the server
   * completed it nobody can tell.
   */
  readonly sessionLost?: true;
  /** Properties of the message that went out without them, as the version that was spoken has none: below 5.0. */
  readonly droppedProperties?: readonly PropertyKey[];
}

/** What the server answered to SUBSCRIBE or UNSUBSCRIBE. */
export interface SubscriptionOutcome {
  /**
   * One for each filter, in order: the granted QoS, 0x80 and above where it failed. Before 5.0 there are none for
   * UNSUBSCRIBE, and they are 0.
   */
  readonly reasonCodes: readonly number[];
  /** Of SUBACK or UNSUBACK: Reason String and User Properties. Empty before 5.0. */
  readonly properties: Properties;
  /** Properties of the request that the version that was spoken has not: below 5.0. */
  readonly droppedProperties?: readonly PropertyKey[];
  /** Options of its subscriptions, likewise. */
  readonly droppedOptions?: readonly SubscriptionOption[];
}

/** What the server said when it let the client go on after it has authenticated again (4.12.1). */
export interface AuthenticationOutcome {
  readonly properties: Properties;
}

/** What goes with each message that is outstanding, in bytes: its promise and what the Session knows of it. */
export const messageOverhead = 256;
/** What goes with each Topic Filter of a request, in bytes. */
const filterOverhead = 64;

/**
 * What a message counts against the bound of the queue, in bytes. Throws a TypeError where its payload is no bytes, or its
 * User Properties are no pairs.
 */
export function sizeOf({ payload, topicName, properties = noProperties }: MessageToPublish): number {
  if (!(payload instanceof Uint8Array)) expectBytes(payload, 'Payload');
  return payload.length + lengthOf(topicName) + messageOverhead + propertiesSize(properties);
}

/** What a SUBSCRIBE or UNSUBSCRIBE counts against the bound of requests, in bytes. Throws a {@link PublishError}. */
export function requestSize(topicFilters: readonly string[], properties: Properties): number {
  try {
    return topicFilters.reduce(
      (size, topicFilter) => size + lengthOf(topicFilter) + filterOverhead,
      messageOverhead + propertiesSize(properties),
    );
  } catch (error) {
    throw unencodable(error);
  }
}

/** The packet of a message, not numbered yet. */
export function publishPacket({ topicName, payload, qos, retain, properties }: MessageToPublish): Publish {
  return {
    type: 'PUBLISH',
    dup: false,
    qos: qos ?? 0,
    retain: retain ?? false,
    topicName,
    packetIdentifier: 0,
    properties: properties ?? noProperties,
    payload,
  };
}

/**
 * The rule a message breaks that is not encoded at once, whatever the server says; undefined where none. A Session is kept in
 * the form of 5.0, so that Properties have to make sense in every version.
 */
export function publishViolation(packet: Publish, version: ProtocolVersion): Violation | undefined {
  const violation = encodingViolation(packet, version) ?? aliasAlone(packet);
  return violation ?? (version === 5 ? undefined : encodingViolation(packet, 5));
}

function encodingViolation(packet: Publish, version: ProtocolVersion): Violation | undefined {
  try {
    encode({ ...packet, packetIdentifier: packet.qos > 0 ? 1 : 0 }, version);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
}

/** A Topic Alias without a name stands for nothing where there is no connection [MQTT-3.3.2-7]. */
function aliasAlone({ topicName, properties }: Publish): Violation | undefined {
  const { topicAlias } = properties;
  if (topicAlias === undefined || topicName !== '') return undefined;
  return { id: 'topicAliasUnknown', offset: 0, value: topicAlias };
}
