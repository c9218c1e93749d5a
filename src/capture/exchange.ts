import type { PacketType } from '../protocol/controlPacket';
import type { Direction } from '../session/effects';

export type ExchangeKind =
  'qos1' | 'qos2' | 'subscribe' | 'unsubscribe' | 'connect' | 'authenticate' | 'ping' | 'request';

/** A packet of an exchange. */
export interface LinkedPacket {
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly connection: number;
  readonly packetType: PacketType;
  readonly direction: Direction;
  /** `start` began it, `again` is the same once more (DUP), `answer` everything else, `repeated` an answer too many. */
  readonly role: 'start' | 'again' | 'answer' | 'repeated';
}

/** Packets that belong together, in their order. */
export interface Exchange {
  readonly kind: ExchangeKind;
  readonly packets: readonly LinkedPacket[];
  /**
   * `waiting`: its connection is open; `unanswered`: that ended first, or another packet took the Packet Identifier;
   * `unknown`: its first packet is not in the log, or further away than was searched; `absent`: its packets were decoded
   * from bytes that somebody had, and the answer is not among them.
   */
  readonly outcome: 'complete' | 'refused' | 'waiting' | 'unanswered' | 'unknown' | 'absent';
  /** What was still to come, in an exchange that did not end. */
  readonly awaited: PacketType | undefined;
  /** Milliseconds from its first packet to the one that ended it; until the connection ended, or until now, where none did. */
  readonly took: number;
  /** Whether its connection ended before it did. */
  readonly connectionEnded: boolean;
  /** The search ended before the log did: an answer may be further away. */
  readonly searchEnded: boolean;
}
