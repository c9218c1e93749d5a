import type { QoS } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';

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
}
