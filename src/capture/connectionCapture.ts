import { concatBytes } from '../base/bytes';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { PacketFramer } from '../protocol/packetFramer';
import { ProtocolViolation } from '../protocol/violations';
import type { CaptureTap, Direction } from '../session/effects';
import type { PacketLog } from './packetLog';
import type { RowKind } from './packetSegment';
import { protocolLevelOf, PublishTopics } from './publishTopics';

/** One way of a connection. */
interface Stream {
  readonly direction: Direction;
  readonly topics: PublishTopics;
  readonly framer: PacketFramer;
  /** `opening` until the first byte; `lost` once the bytes are no packets: nothing says where one would begin again. */
  state: 'opening' | 'framing' | 'lost';
}

const connectType = 1;
const publishType = 3;

/**
 * First bytes with which MQTT may begin, or a device with a mistake that is worth seeing as a packet: CONNECT, CONNACK,
 * PUBLISH, SUBSCRIBE, PINGREQ, DISCONNECT and AUTH with the flags they must have (2.1.3). The first letter of an HTTP
 * answer is none of them, nor is a TLS record; both would otherwise pass for packets with a Remaining Length.
 */
const openingBytes: ReadonlySet<number> = new Set([
  0x10, 0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x82, 0xc0, 0xe0, 0xf0,
]);

/**
 * Listens to one network connection and enters every packet of both ways into a log. What is no packet is entered too:
 * bytes that cannot be framed as they come, an unfinished packet when the connection ends. No byte is left out and
 * nothing that a peer sends makes it throw.
 */
export class ConnectionCapture implements CaptureTap {
  /** The number of this connection in the log. */
  readonly connection: number;
  private readonly streams: Readonly<Record<Direction, Stream>> = {
    in: newStream('in'),
    out: newStream('out'),
  };
  /** 3.1.1 until a CONNECT says otherwise: packets that come before one break the protocol in every version. */
  private version: ProtocolVersion = 4;
  private connectSeen = false;

  constructor(
    private readonly log: PacketLog,
    name: string,
  ) {
    this.connection = log.openConnection(name);
  }

  chunk(direction: Direction, bytes: Uint8Array, at: number): void {
    const stream = this.streams[direction];
    if (stream.state === 'opening' && bytes.length > 0) {
      stream.state = openingBytes.has(bytes[0] as number) ? 'framing' : 'lost';
    }
    if (stream.state === 'framing') this.frame(stream, bytes, at);
    else if (bytes.length > 0) this.append(stream, 'unframed', bytes, 0, bytes.length, at);
    this.log.announce();
  }

  closed(at: number): void {
    for (const stream of Object.values(this.streams)) {
      const { pending } = stream.framer;
      if (stream.state === 'framing' && pending.length > 0) {
        this.append(stream, 'incomplete', pending, 0, pending.length, at);
      }
      stream.state = 'lost';
    }
    this.log.closeConnection(this.connection);
    this.log.announce();
  }

  private frame(stream: Stream, bytes: Uint8Array, at: number): void {
    // A header that breaks off may turn out to be none: then these are the bytes to keep. A whole header is never refused later.
    const { pending } = stream.framer;
    const carried = pending.length < 5 ? pending.slice() : pending;
    let framed = 0;
    try {
      stream.framer.push(bytes, (buffer, start, end) => {
        framed += end - start;
        this.append(stream, 'packet', buffer, start, end, at);
      });
    } catch (error) {
      if (!(error instanceof ProtocolViolation)) throw error;
      stream.state = 'lost';
      const rest = framed === 0 ? concatBytes([carried, bytes]) : bytes.subarray(framed - carried.length);
      this.append(stream, 'unframed', rest, 0, rest.length, at);
    }
  }

  private append(
    stream: Stream,
    kind: RowKind,
    buffer: Uint8Array,
    start: number,
    end: number,
    at: number,
  ): void {
    const packetType = kind === 'packet' ? (buffer[start] as number) >> 4 : 0;
    if (packetType === connectType && !this.connectSeen) this.readVersion(buffer, start, end);
    const { direction, topics } = stream;
    const { connection, version } = this;
    const topic = packetType === publishType ? topics.topicOf(buffer, start, end, version) : undefined;
    this.log.append({ at, direction, connection, kind, version, topic }, buffer, start, end);
  }

  private readVersion(buffer: Uint8Array, start: number, end: number): void {
    const level = protocolLevelOf(buffer, start, end);
    if (level === undefined) return;
    this.connectSeen = true;
    // Bridges of mosquitto set the top bit of the level.
    const plain = level & 0x7f;
    this.version = plain === 3 ? 3 : plain >= 5 ? 5 : 4;
  }
}

function newStream(direction: Direction): Stream {
  return { direction, topics: new PublishTopics(), framer: new PacketFramer(), state: 'opening' };
}
