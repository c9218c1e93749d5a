import { setBytes } from '../base/bytes';
import { connectVersion } from './connectVersion';
import type { AcknowledgementType, ControlPacket, ProtocolVersion } from './controlPacket';
import { fixedHeader } from './fixedHeader';
import { newPacket, packetContent, packetTypeCodes } from './packetDescriptions';
import { LentBytes } from './lentBytes';
import { ByteViews } from './plain/byteViews';
import { readPlain } from './plain/readPlain';
import { putAcknowledgement, writePlain } from './plain/writePlain';
import { ProtocolViolation } from './violations';
import type { Field, Wire } from './wire';
import { WireReader } from './wireReader';
import { WireWriter } from './wireWriter';

/**
 * Reads or writes one whole packet: fixed header, then content. For a reader `packet` is the empty one of the type that
 * the first byte names; undefined where that is forbidden.
 */
function wholePacket(io: Wire, code: number, packet: ControlPacket | undefined, expected: number): void {
  const mark = fixedHeader(io, code, packet, expected);
  if (packet) packetContent(io, packet);
  io.endLength(mark);
}

/**
 * Reads the one packet that is `bytes[start, end)` with any reader. The packet is undefined where its type is forbidden
 * and the reader did not throw at that.
 */
export function readWholePacket(
  reader: WireReader,
  bytes: Uint8Array,
  start: number,
  end: number,
  version: ProtocolVersion,
): ControlPacket | undefined {
  const code = start < end ? (bytes[start] as number) >> 4 : 0;
  const own = code === packetTypeCodes.CONNECT ? connectVersion(bytes, start, end) : undefined;
  reader.reset(bytes, start, end, own ?? version);
  const packet = newPacket[code]?.();
  wholePacket(reader, code, packet, 0);
  reader.endPacket();
  return packet;
}

/** Decodes packet after packet of one connection without allocating anything but the packets. */
export class PacketReader {
  private readonly reader = new WireReader();
  private readonly views = new ByteViews();

  /**
   * Decodes the one packet that is `bytes[start, end)`. CONNECT brings its own version; all others follow `version`.
   * Payloads and binary fields are views into `bytes`.
   * @throws ProtocolViolation for the first rule that is broken.
   */
  read(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): ControlPacket {
    this.views.over(bytes);
    return readPlain(this.views, start, end, version) ?? this.readByLayout(bytes, start, end, version);
  }

  /** Lets go of the bytes that were read last, which would be kept in memory until others are read. */
  release(): void {
    this.views.release();
  }

  /** Reads any packet by its layout: what {@link read} does for all but the plain packets of the hot path. */
  readByLayout(bytes: Uint8Array, start: number, end: number, version: ProtocolVersion): ControlPacket {
    return readWholePacket(this.reader, bytes, start, end, version) as ControlPacket;
  }
}

const wholePacketField: Field = { name: 'MQTT Control Packet', section: '2.1' };

/** Encodes packet after packet into one buffer, so that what belongs together leaves in one write. */
export class PacketWriter {
  private writer = new WireWriter();
  private readonly lent = new LentBytes();
  /** Packets other than PUBLISH that were ever written. */
  writtenOthers = 0;

  /** How much memory it holds on to, in bytes. */
  get heldBytes(): number {
    return this.writer.bytes.length + this.lent.keptBytes;
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.writer.length;
  }

  /**
   * @param mostBytes the largest packet the receiver takes
   * @throws ProtocolViolation when the packet breaks a rule or is larger; nothing of it is written then.
   */
  write(packet: ControlPacket, version: ProtocolVersion, mostBytes = Infinity): void {
    const writer = this.writer;
    const before = writer.length;
    writer.startPacket(version);
    if (!writePlain(writer, packet, version)) this.writeByLayout(packet, version);
    const length = writer.length - before;
    if (length <= mostBytes) {
      if (packet.type !== 'PUBLISH') this.writtenOthers++;
      return;
    }
    writer.abandonPacket();
    throw tooLarge(length);
  }

  /** Writes an acknowledgement that says nothing but that all is well, as {@link write} does, without a packet to be made of it. */
  acknowledge(type: AcknowledgementType, packetIdentifier: number): void {
    putAcknowledgement(this.writer, type, packetIdentifier);
    this.writtenOthers++;
  }

  /** Writes any packet by its layout: what {@link write} does for all but the plain packets of the hot path. */
  writeByLayout(packet: ControlPacket, version: ProtocolVersion): void {
    const writer = this.writer;
    writer.startPacket(version);
    try {
      wholePacket(writer, packetTypeCodes[packet.type], packet, expectedLength(packet));
    } catch (error) {
      writer.abandonPacket();
      throw error;
    }
  }

  /** Adds bytes that are a whole packet already; they are copied. Throws as {@link write} does where they are too many. */
  append(bytes: Uint8Array, mostBytes = Infinity): void {
    if (bytes.length > mostBytes) throw tooLarge(bytes.length);
    this.writer.rest(wholePacketField, bytes);
  }

  /**
   * Copies the last `count` bytes behind what is written, for {@link fillIn}; they do not count as written. Returns where
   * they end.
   */
  layOut(count: number): number {
    const { writer } = this;
    writer.makeRoom(count);
    const { bytes, at } = writer;
    bytes.copyWithin(at, at - count, at);
    return at + count;
  }

  /** Writes the next of the packets that are laid out, which has `size` bytes, with the payload it ends with. */
  fillIn(size: number, payload: Uint8Array): void {
    const { writer } = this;
    const end = writer.at + size;
    setBytes(writer.bytes, payload, end - payload.length);
    writer.at = end;
  }

  /** Moves the packets of another writer behind its own. */
  takeOver(packets: PacketWriter): void {
    if (this.writer.length > 0) {
      this.writer.rest(wholePacketField, packets.writer.written);
      packets.writer.clear();
      return;
    }
    const { writer } = this;
    this.writer = packets.writer;
    packets.writer = writer;
  }

  /** What was written from `start` on, as a buffer of its own; it is written still. */
  copyFrom(start: number): Uint8Array {
    return this.writer.copyFrom(start);
  }

  /** The bytes since the last call, as a buffer of their own. */
  take(): Uint8Array {
    return this.writer.take();
  }

  /** The same for bytes that may come back by {@link giveBack}: then there is mostly nothing to copy. */
  lend(): Uint8Array {
    return this.lent.lend(this.writer);
  }

  /** Nobody reads what {@link lend} returned last any more. Other bytes are left alone. */
  giveBack(bytes: Uint8Array): void {
    this.lent.giveBack(bytes);
  }
}

function tooLarge(value: number): ProtocolViolation {
  return new ProtocolViolation({ id: 'packetTooLarge', offset: 1, value });
}

/** A guess of the Remaining Length: when it is right the content need not be moved behind it. */
function expectedLength(packet: ControlPacket): number {
  return packet.type === 'PUBLISH' ? packet.payload.length + packet.topicName.length + 4 : 0;
}

/**
 * Decodes exactly one whole packet; see {@link PacketReader.read}.
 * @throws ProtocolViolation for the first rule that is broken, too few and too many bytes included.
 */
export function decode(
  bytes: Uint8Array,
  version: ProtocolVersion,
  start = 0,
  end = bytes.length,
): ControlPacket {
  return new PacketReader().read(bytes, start, end, version);
}

/**
 * Encodes one packet.
 * @throws ProtocolViolation when it breaks a rule and so cannot be sent.
 */
export function encode(packet: ControlPacket, version: ProtocolVersion): Uint8Array {
  const writer = new PacketWriter();
  writer.write(packet, version);
  return writer.take();
}
