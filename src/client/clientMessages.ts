import { encode } from '../protocol/codec';
import type { ProtocolVersion, Publish, QoS } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { noProperties } from '../protocol/properties';
import { ProtocolViolation, type Violation } from '../protocol/violations';

export interface ReceivedMessage {
  readonly topicName: string;
  /** Belongs to the receiver. */
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
  /**
   * The server had taken the message (QoS 2: PUBREC) when it lost the Session: it is not sent again, and whether the server
   * completed it nobody can tell.
   */
  readonly sessionLost?: true;
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

/** The rule a message breaks, whatever the server says; undefined where none. */
export function publishViolation(packet: Publish, version: ProtocolVersion): Violation | undefined {
  try {
    encode({ ...packet, packetIdentifier: packet.qos > 0 ? 1 : 0 }, version);
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.violation;
    throw error;
  }
}
