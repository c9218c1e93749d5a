import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Violation } from '../protocol/violations';
import type { HeldTotal } from './heldTotal';
import type { OutboundMessage } from './inflightStore';
import type { OutboundAliases } from './outboundAliases';

/** What the sender of messages keeps to on one connection. */
export interface OutboundLimits {
  readonly version: ProtocolVersion;
  /** How many QoS 1 and 2 messages the receiver takes at once (4.9). */
  readonly receiveMaximum: number;
  /** How many QoS 2 messages may be in flight besides, for receivers that cannot say what they take; any number if absent. */
  readonly qos2Maximum?: number;
  /** The largest packet the receiver takes, in bytes. */
  readonly maximumPacketSize: number;
  /** Why a message of an earlier connection may not be sent on this one; absent where all may. */
  readonly refuses?: (message: OutboundMessage) => Violation | undefined;
  /** Whether a message that waits is not to be sent after all, asked when its turn comes. */
  readonly withholds?: (message: OutboundMessage) => boolean;
  /** How many bytes of QoS 0 messages may wait for a slow receiver; what comes on top is dropped and counted. */
  readonly queueBytes: number;
  /** What waits for other receivers too, these messages included. */
  readonly total?: HeldTotal;
  /** The Topic Aliases of the connection, on the side that sets any. */
  readonly aliases?: OutboundAliases;
}
