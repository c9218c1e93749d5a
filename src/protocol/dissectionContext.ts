import type { Connect, ProtocolVersion } from './controlPacket';
import type { Properties } from './properties';

export type Sender = 'client' | 'server';

/** What the receiver of a packet announced that it accepts, and in which packet. */
export type Announcement = Pick<
  Properties,
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'wildcardSubscriptionAvailable'
  | 'sharedSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
> & { readonly in: 'CONNECT' | 'CONNACK' };

/** Of a CONNECT what later packets are held against. */
export type ConnectSummary = Pick<Connect, 'cleanStart' | 'clientIdentifier' | 'properties'>;

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
  /** What the CONNECT of this connection said. */
  readonly connect?: ConnectSummary;
  /** The Connect Reason Code of the CONNACK, once it was sent. */
  readonly connackReasonCode?: number;
  /** Bytes of the whole packet, where only its beginning is dissected. */
  readonly size?: number;
  /** The sender has sent DISCONNECT. */
  readonly disconnected?: boolean;
}
