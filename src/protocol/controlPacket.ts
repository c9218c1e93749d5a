import type { Properties } from './properties';

/** The protocol level byte of CONNECT: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0 (3.1.2.2). */
export type ProtocolVersion = 3 | 4 | 5;

export type QoS = 0 | 1 | 2;

/** MQTT Control Packet types by their value in bits 7-4 of byte 1 (2.1.2, table 2-1); 0 is forbidden. */
export const packetTypeNames = [
  'RESERVED',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
] as const;

export type PacketType = Exclude<(typeof packetTypeNames)[number], 'RESERVED'>;

/** The Application Message the Server publishes when the connection ends without DISCONNECT (3.1.2.5). */
export interface WillMessage {
  topicName: string;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  properties: Properties;
}

/** Connection request (3.1). `password` is Binary Data and may hold any bytes (3.1.3.6). */
export interface Connect {
  readonly type: 'CONNECT';
  /** "MQTT", or "MQIsdp" in 3.1. */
  protocolName: string;
  protocolVersion: ProtocolVersion;
  /** Clean Start in 5.0, Clean Session before (3.1.2.4). */
  cleanStart: boolean;
  /** Seconds; 0 turns the mechanism off (3.1.2.10). */
  keepAlive: number;
  properties: Properties;
  clientIdentifier: string;
  will: WillMessage | undefined;
  userName: string | undefined;
  password: Uint8Array | undefined;
}

/** Connect acknowledgement (3.2). `reasonCode` is the Connect Return code 0..5 before 5.0. */
export interface Connack {
  readonly type: 'CONNACK';
  sessionPresent: boolean;
  reasonCode: number;
  properties: Properties;
}

/** Publish message (3.3). `packetIdentifier` is 0 at QoS 0, where the packet has none. */
export interface Publish {
  readonly type: 'PUBLISH';
  dup: boolean;
  qos: QoS;
  retain: boolean;
  /** Empty where a Topic Alias stands for it. */
  topicName: string;
  packetIdentifier: number;
  properties: Properties;
  /** When decoded a view into the bytes it was decoded from: copy it to keep it. */
  payload: Uint8Array;
}

export type AcknowledgementType = 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP';

/** PUBACK, PUBREC, PUBREL and PUBCOMP (3.4 to 3.7). Reason code and properties exist in 5.0 only. */
export interface Acknowledgement<T extends AcknowledgementType = AcknowledgementType> {
  readonly type: T;
  packetIdentifier: number;
  reasonCode: number;
  properties: Properties;
}

export type RetainHandling = 0 | 1 | 2;

/** One Topic Filter of a SUBSCRIBE with its Subscription Options (3.8.3.1). Only `qos` exists before 5.0. */
export interface Subscription {
  topicFilter: string;
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: RetainHandling;
}

export interface Subscribe {
  readonly type: 'SUBSCRIBE';
  packetIdentifier: number;
  properties: Properties;
  subscriptions: Subscription[];
}

/** One reason code for each subscription of the SUBSCRIBE, in its order (3.9.3). */
export interface Suback {
  readonly type: 'SUBACK';
  packetIdentifier: number;
  properties: Properties;
  reasonCodes: number[];
}

export interface Unsubscribe {
  readonly type: 'UNSUBSCRIBE';
  packetIdentifier: number;
  properties: Properties;
  topicFilters: string[];
}

/** Reason codes exist in 5.0 only; the list is empty before (3.11.3). */
export interface Unsuback {
  readonly type: 'UNSUBACK';
  packetIdentifier: number;
  properties: Properties;
  reasonCodes: number[];
}

export interface Pingreq {
  readonly type: 'PINGREQ';
}

export interface Pingresp {
  readonly type: 'PINGRESP';
}

/** Disconnect notification (3.14). Reason code and properties exist in 5.0 only. */
export interface Disconnect {
  readonly type: 'DISCONNECT';
  reasonCode: number;
  properties: Properties;
}

/** Authentication exchange (3.15), 5.0 only. */
export interface Auth {
  readonly type: 'AUTH';
  reasonCode: number;
  properties: Properties;
}

export type Puback = Acknowledgement<'PUBACK'>;
export type Pubrec = Acknowledgement<'PUBREC'>;
export type Pubrel = Acknowledgement<'PUBREL'>;
export type Pubcomp = Acknowledgement<'PUBCOMP'>;

export type ControlPacket =
  | Connect
  | Connack
  | Publish
  | Puback
  | Pubrec
  | Pubrel
  | Pubcomp
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Pingreq
  | Pingresp
  | Disconnect
  | Auth;
