import type { Connack, ControlPacket, PacketType, ProtocolVersion } from '../../protocol/controlPacket';
import type { Sender } from '../../protocol/dissectionContext';
import type { Violation } from '../../protocol/violations';
import type { Direction } from '../../session/effects';
import type { ClientIdentity } from '../clientIdentity';
import type { PacketRow } from '../packetLog';

/** Something at one packet. Times are in milliseconds since the Unix epoch. */
export interface Moment {
  readonly sequence: number;
  readonly at: number;
}

/** A time without a packet, up to the one that ended it. */
export interface Silence extends Moment {
  readonly milliseconds: number;
}

/** Of a CONNECT what an analysis rests on. */
export interface SeenConnect extends Moment {
  readonly clientIdentifier: string;
  readonly cleanStart: boolean;
  /** Seconds the session outlives the connection: Session Expiry Interval in 5.0; before, 0 or for ever by Clean Session. */
  readonly sessionExpiry: number;
  /** Seconds; 0 is off. */
  readonly keepAlive: number;
  readonly will: { readonly topicName: string; readonly retain: boolean } | undefined;
}

export interface SeenConnack extends Moment, Pick<Connack, 'sessionPresent' | 'reasonCode' | 'properties'> {}

export interface SeenDisconnect extends Moment {
  readonly by: Sender;
  readonly reasonCode: number;
}

/** A Network Connection as its packets tell of it so far. */
export interface SeenConnection extends ClientIdentity {
  /** Its number in the log. */
  readonly number: number;
  readonly name: string;
  readonly clientIdentifier: string | undefined;
  /** Which way packets of its client go; undefined where nothing told yet. */
  readonly clientDirection: Direction | undefined;
  readonly connect: SeenConnect | undefined;
  readonly connack: SeenConnack | undefined;
  readonly disconnect: SeenDisconnect | undefined;
  /**
   * Seconds in force: Server Keep Alive of CONNACK comes before that of CONNECT (3.2.2.3.14). 0 is off; undefined where
   * neither was captured.
   */
  readonly keepAlive: number | undefined;
  readonly first: Moment;
  readonly last: Moment;
  /** The last packet of its client. */
  readonly lastOfClient: Moment | undefined;
  /** The longest time its client was silent, with the packet that ended it. */
  readonly longestSilence: Silence | undefined;
  /** Messages of QoS 1 and 2 that are not acknowledged to the end. */
  readonly inFlight: number;
  /** When it ended: as it was noted, else its last packet; undefined while it is open. */
  readonly endedAt: number | undefined;
  /** Whether that was noted. Nobody notes the end of a connection that goes with its window. */
  readonly isEndNoted: boolean;
}

/** A row of the log, read. Valid until the next one is. */
export interface SeenPacket {
  readonly row: PacketRow;
  readonly bytes: Uint8Array;
  readonly connection: SeenConnection;
  /** Who sent it; undefined where nobody knows. */
  readonly sender: Sender | undefined;
  readonly version: ProtocolVersion;
  /** Undefined where it could not be read at all. */
  readonly packet: ControlPacket | undefined;
  readonly violations: readonly Violation[];
}

export const handshakeKinds = [
  'qos1',
  'qos2',
  'subscribe',
  'unsubscribe',
  'connect',
  'authenticate',
  'ping',
] as const;

export type HandshakeKind = (typeof handshakeKinds)[number];

/** A packet with what answers it, once it is over. */
export interface SeenHandshake {
  readonly kind: HandshakeKind;
  readonly connection: SeenConnection;
  /** Who began it. */
  readonly sender: Sender;
  readonly packetIdentifier: number;
  /** The packet that began it; of a message that a later connection goes on with, its first packet there. */
  readonly start: Moment;
  /** Of a message that an earlier connection had begun: the packet that began it on the first of them. */
  readonly resumes: Moment | undefined;
  readonly topic: string | undefined;
  /** How often its packet was sent again on this connection. */
  readonly retransmissions: number;
  /** The answer that ended it, or when the connection ended without; for `repeated` the answer that was one too many. */
  readonly end: Moment;
  /**
   * `complete`; `refused` by a Reason Code of 0x80 or above; `unanswered` when the connection ended; `repeated`: one that was
   * complete got its answer once more.
   */
  readonly outcome: 'complete' | 'refused' | 'unanswered' | 'repeated';
  /** The packet type that was still to come when it ended `unanswered`. */
  readonly awaited: PacketType | undefined;
  readonly reasonCode: number;
}

/** A handshake that waits. */
export interface OpenHandshake {
  readonly kind: HandshakeKind;
  readonly sender: Sender;
  readonly packetIdentifier: number;
  readonly start: Moment;
  readonly topic: string | undefined;
  readonly awaited: PacketType;
  /** The last packet of it so far. */
  readonly last: Moment;
  /** As of {@link SeenHandshake.resumes}. */
  readonly resumes: Moment | undefined;
}

/** A message that its connection did not end, and with which a later one of its session may go on (4.4). */
export interface CarriedMessage extends Moment {
  readonly kind: 'qos1' | 'qos2';
  readonly topic: string | undefined;
}

/** What accumulates something over the packets of a log, in their order. */
export interface LogObserver {
  packet?(seen: SeenPacket): void;
  /** A handshake is over. Comes before `packet` of the packet that ended it. */
  handshake?(handshake: SeenHandshake): void;
  /**
   * A later connection of the session goes on with a message that was told of as `unanswered`: with the PUBLISH once more, or
   * with PUBREL (4.4). Comes before `packet` of that one.
   */
  resumed?(message: CarriedMessage, connection: SeenConnection): void;
  /** No more packets of a connection come. */
  ended?(connection: SeenConnection): void;
  /** Packets before a sequence number are no longer in the log. */
  forgetBefore?(first: number): void;
}
