import { PacketWriter } from '../protocol/codec';
import type { ProtocolVersion, Publish } from '../protocol/controlPacket';
import type { OutboundMessage } from './inflightStore';

/** How many bytes of packets are written together: a packet that is larger goes by itself. */
export const mostBytesTogether = 65_536;

/** Fewer packets that are alike are not worth what laying out more of them costs. */
const fewestAlike = 4;
/** Nor are longer ones, in bytes: their payloads would be laid out too. */
const longestAlike = 512;

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
  /** How many bytes the packet has that was added last, and how many in a row are alike. */
  private lastSize = 0;
  private alike = 0;
  /** Up to here, behind what is written, lie copies of packets that are alike: their payloads are still to come. */
  private laidOut = 0;

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
    const { length } = this.packets;
    this.packets.write(packet, version, mostBytes);
    this.lastSize = this.packets.length - length;
    this.alike = 1;
    this.laidOut = 0;
  }

  /**
   * Adds the packet that was added last once more, with another payload of as many bytes. What comes before the payload is
   * laid out for as many packets at once as there are: writing it costs as much as all the rest of a short message.
   * @param packet the same but for the payload
   */
  addAlike(packet: Publish, version: ProtocolVersion, mostBytes: number): void {
    const { packets, lastSize: size, alike } = this;
    const end = packets.length + size;
    if (end > this.laidOut) {
      if (alike < fewestAlike || size > longestAlike) {
        packets.write(packet, version, mostBytes);
        this.alike++;
        return;
      }
      const fitting = Math.max(1, Math.floor((mostBytesTogether - packets.length) / size));
      this.laidOut = packets.layOut(Math.min(alike, fitting) * size);
    }
    packets.fillIn(size, packet.payload);
    this.alike++;
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
