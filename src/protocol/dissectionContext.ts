import type { Connect, ProtocolVersion } from './controlPacket';
import type { IdentifierUses } from './packetIdentifiers';
import type { Properties } from './properties';
import type { Violation } from './violations';

export type Sender = 'client' | 'server';

/** What the receiver of a packet announced that it accepts, and in which packet. */
export type Announcement = Pick<
  Properties,
  | 'maximumPacketSize'
  | 'receiveMaximum'
  | 'topicAliasMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'wildcardSubscriptionAvailable'
  | 'sharedSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
> & { readonly in: 'CONNECT' | 'CONNACK' };

/** Of a CONNECT what later packets are held against. */
export type ConnectSummary = Pick<Connect, 'cleanStart' | 'clientIdentifier' | 'properties'>;

/** What is known of Packet Identifiers when a packet is sent. */
export interface IdentifierContext {
  /** Those that its sender has given out. */
  readonly own: IdentifierUses;
  /** Those of the other side, which its sender acknowledges. */
  readonly peers: IdentifierUses;
  /** The connection is known from its CONNECT on, so that an identifier that is not there is not in use. */
  readonly fromConnect: boolean;
  /** No message of an earlier connection goes on in this one. */
  readonly newSession: boolean;
}

/** What earlier packets of the connection decided. Only the version must be known; each other part adds checks. */
export interface DissectionContext {
  readonly version: ProtocolVersion;
  readonly sender?: Sender;
  /** How many packets the sender has sent before this one. */
  readonly earlierPackets?: number;
  /** The Topic Names that the sender's aliases stand for. */
  readonly topicAliases?: Pick<ReadonlyMap<number, string>, 'get' | 'has'>;
  readonly announcement?: Announcement;
  /** The number of Topic Filters of each SUBSCRIBE and UNSUBSCRIBE without an answer, by Packet Identifier. */
  readonly openRequests?: Pick<ReadonlyMap<number, number>, 'get'>;
  /** Only where packets of both sides are known. */
  readonly identifiers?: IdentifierContext;
  /** What the CONNECT of this connection said. */
  readonly connect?: ConnectSummary;
  /** The Connect Reason Code of the CONNACK, once it was sent. */
  readonly connackReasonCode?: number;
  /** Bytes of the whole packet, where only its beginning is dissected. */
  readonly size?: number;
  /** The packets of the other side are not known: that one was not sent says nothing. */
  readonly oneSided?: boolean;
  /** The sender has sent DISCONNECT. */
  readonly disconnected?: boolean;
  /** What the receiver found wrong with the packet. */
  readonly remarks?: readonly Violation[];
}
