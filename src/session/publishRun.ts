import { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion, Publish } from '../protocol/controlPacket';
import type { OutboundMessage } from './inflightStore';

/** How many bytes of packets are written together: a packet that is larger goes by itself. */
export const mostBytesTogether = 65_536;

/**
 * QoS 0 messages without Properties that were published in one turn for the connection that is up, or while it takes nothing:
 * PUBLISH packets one after another. They are handed to the transport together or not at all, so that one ticket stands for
 * all of them.
 */
export class PublishRun implements OutboundMessage {
  readonly qos = 0;
  ticket = 0;
  /** It is written: nothing more may be added. */
  isTaken = false;

  /** @param packets an empty writer, this run's as long as it is not written */
  constructor(readonly packets: PacketWriter = new PacketWriter()) {}

  get size(): number {
    return this.packets.length;
  }

  /** Whether it takes one more packet of about so many bytes. */
  hasRoom(bytes: number): boolean {
    const { length } = this.packets;
    return !this.isTaken && (length === 0 || length + bytes <= mostBytesTogether);
  }

  /** Throws a ProtocolViolation, with nothing added, where the message breaks a rule or is larger than `mostBytes`. */
  add(packet: Publish, version: ProtocolVersion, mostBytes: number): void {
    this.packets.write(packet, version, mostBytes);
  }

  /** Without Properties it has no Message Expiry Interval. */
  hasExpired(): boolean {
    return false;
  }

  write(out: PacketWriter): void {
    this.isTaken = true;
    out.takeOver(this.packets);
  }
}
