import { concatBytes, noBytes } from '../base/bytes';
import { encodeNote, type CaptureNote } from '../base/captureNote';
import { connectVersion } from '../protocol/connectVersion';
import type { ProtocolVersion } from '../protocol/controlPacket';
import { PacketFramer } from '../protocol/packetFramer';
import { Probe } from '../protocol/probe';
import { beginsWithSecrets, type UnframedRest } from '../protocol/secretStart';
import { ProtocolViolation } from '../protocol/violations';
import type { CaptureTap, Direction, NetworkEnds } from '../session/effects';
import { isMilestone } from './connectionMilestones';
import { countEqual, countPlainPublishes, shortPacketSize } from './equalPackets';
import type { PacketLog } from './packetLog';
import { type CapturedTopic, PublishTopics } from './publishTopics';
import type { RowKind } from './rowFlags';

/** One way of a connection. */
interface Stream {
  readonly direction: Direction;
  readonly topics: PublishTopics;
  framer: PacketFramer;
  /** Bytes of the packet that is not whole yet. */
  held: number;
  /** `opening` until the first byte; `lost` once the bytes are no packets: nothing says where one would begin again. */
  state: 'opening' | 'framing' | 'lost';
  /** A CONNECT or AUTH could not be read: what is no packet from there on may be its secret. */
  secretRest: boolean;
  /** Unframed bytes have come. */
  hasUnframed: boolean;
}

/** What is known of bytes besides what they are. */
interface Known {
  readonly endsFraming?: boolean;
  readonly cut?: boolean;
  readonly isSecret?: boolean;
}

const probe = new Probe();

/** How many packets are entered at once at most. */
const longestRun = 4096;
/** Fewer equal packets than these are cheaper entered with the others. */
const fewestEqual = 8;

/** Bytes of a CONNECT that is not whole in which its version is looked for. */
const shortBeginning = 4096;

const connectType = 1;
const publishType = 3;
const authType = 15;

/**
 * First bytes with which MQTT begins, or with which a device begins whose mistake is worth seeing as a packet: CONNECT
 * with any flags but those that make it a TLS record (0x14 to 0x17), CONNACK, PUBLISH, SUBSCRIBE, PINGREQ, DISCONNECT and
 * AUTH. The first letter of an HTTP answer is none of them, though it would pass for a packet with a Remaining Length.
 */
const openingBytes: ReadonlySet<number> = new Set([
  ...[0x10, 0x11, 0x12, 0x13, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f],
  ...[0x20, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x82, 0xc0, 0xe0, 0xf0],
]);

/**
 * Listens to one network connection and enters every packet of both ways into a log. What is no packet is entered too:
 * bytes that cannot be framed as they come, an unfinished packet when the connection ends. No byte is left out and
 * nothing that a peer sends makes it throw.
 */
export class ConnectionCapture implements CaptureTap {
  /** The number of this connection in the log. */
  readonly connection: number;
  private readonly streams: Readonly<Record<Direction, Stream>>;
  /** Packets that lie one after another in `runBuffer` and are not entered yet; none between two chunks. */
  private runEnds: number[] = [];
  private runTopics: CapturedTopic[] = [];
  private runHasMilestones = false;
  private runBuffer = noBytes;
  private runStart = 0;
  /** 3.1.1 until a CONNECT says otherwise: packets that come before one break the protocol in every version. */
  private version: ProtocolVersion = 4;
  private connectSeen = false;
  /** There are rows that are no packets. */
  private hasOthers = false;

  constructor(
    private readonly log: PacketLog,
    name: string,
    /** What the connection is called once its CONNECT is there, as that says; undefined leaves the name. */
    private readonly nameOf?: (connect: Uint8Array, version: ProtocolVersion) => string | undefined,
  ) {
    this.connection = log.openConnection(name);
    this.streams = { in: newStream('in'), out: newStream('out') };
  }

  ends(ends: NetworkEnds): void {
    this.log.setNetworkEnds(this.connection, ends);
  }

  chunk(direction: Direction, bytes: Uint8Array, at: number): void {
    const stream = this.streams[direction];
    if (stream.state === 'opening' && bytes.length > 0) {
      stream.state = openingBytes.has(bytes[0] as number) ? 'framing' : 'lost';
    }
    if (stream.state === 'framing') this.frame(stream, bytes, at);
    else if (bytes.length > 0) this.append(stream, 'unframed', bytes, at);
    this.log.announce();
  }

  closed(at: number): void {
    const { isEmpty } = this;
    this.enterUnfinished(at, false);
    this.log.closeConnection(this.connection, at, isEmpty);
    this.log.announce();
  }

  /** Nothing more of it was captured, and nobody knows whether it ended: it stays open in the log. */
  leftOpen(at: number): void {
    this.enterUnfinished(at, true);
    this.log.announce();
  }

  /** Nothing was sent, as by a program that only looks whether a port is open: the log may have millions of those. */
  private get isEmpty(): boolean {
    const { in: received, out: sent } = this.streams;
    return !this.hasOthers && received.state === 'opening' && sent.state === 'opening';
  }

  private enterUnfinished(at: number, cut: boolean): void {
    for (const stream of Object.values(this.streams)) {
      this.enterPending(stream, at, cut);
      stream.state = 'lost';
    }
  }

  /** The beginning of a CONNECT tells the version as a whole one does, where it goes that far. */
  private enterPending(stream: Stream, at: number, cut: boolean): void {
    if (stream.state !== 'framing' || stream.held === 0) return;
    const { pending } = stream.framer;
    if (!this.connectSeen && (pending[0] ?? 0) >> 4 === connectType) {
      this.readVersion(pending, 0, pending.length);
    }
    this.append(stream, 'incomplete', pending, at, { cut });
  }

  /** Bytes that the unfinished packet of one way still lacks; 0 where none is, undefined where nobody knows. */
  missingOf(direction: Direction): number | undefined {
    const { state, held, framer } = this.streams[direction];
    if (state === 'lost') return undefined;
    if (held === 0) return state === 'opening' ? undefined : 0;
    return framer.missing === 0 ? undefined : framer.missing;
  }

  /**
   * What follows on one way does not follow what came before, such as behind a gap of a capture file: the unfinished packet
   * is entered as far as it goes, and the next byte begins a packet.
   * @param cut whether it is the capture that lacks the rest of that packet
   * @returns whether more of it, should there be some, may be its secret
   */
  interrupt(direction: Direction, at: number, cut = false): boolean {
    const stream = this.streams[direction];
    const [first = 0] = stream.state === 'framing' && stream.held > 0 ? stream.framer.pending : [];
    this.enterPending(stream, at, cut);
    stream.framer = new PacketFramer();
    stream.held = 0;
    stream.hasUnframed = false;
    stream.state = 'framing';
    return first >> 4 === connectType || first >> 4 === authType;
  }

  /** Enters bytes that no packet is to be looked for in, since the capture lacks the rest of theirs. */
  enterRest(direction: Direction, bytes: Uint8Array, at: number, isSecret: boolean): void {
    this.append(this.streams[direction], 'unframed', bytes, at, { cut: true, isSecret });
  }

  enterNote(direction: Direction, note: CaptureNote, at: number): void {
    this.append(this.streams[direction], 'note', encodeNote(note), at);
  }

  /** What the packets are read by until a CONNECT says otherwise. */
  assumeVersion(version: ProtocolVersion): void {
    if (!this.connectSeen) this.version = version;
  }

  /** The version of the CONNECT, undefined before there was one. */
  get announcedVersion(): ProtocolVersion | undefined {
    return this.connectSeen ? this.version : undefined;
  }

  /** Enters the packet that the chunk makes whole, those at its beginning that are equal, and then all others. */
  private frame(stream: Stream, bytes: Uint8Array, at: number): void {
    if (this.enterAlone(stream, bytes, at)) return;
    let { missing } = stream.framer;
    if (missing >= bytes.length) missing = 0;
    if (missing > 0) this.frameEach(stream, bytes.subarray(0, missing), at);
    const start = stream.framer.isMidPacket ? missing : this.enterEqual(stream, bytes, missing, at);
    if (start < bytes.length) this.frameEach(stream, start === 0 ? bytes : bytes.subarray(start), at);
  }

  /**
   * Enters a chunk that is just one packet, and returns whether it is. Where packets come one at a time nearly all are, and
   * what it takes to look for more would be garbage worth collecting.
   */
  private enterAlone({ direction, framer, topics }: Stream, bytes: Uint8Array, at: number): boolean {
    const size = shortPacketSize(bytes, 0);
    if (size === 0 || size !== bytes.length || framer.isMidPacket) return false;
    const packetType = (bytes[0] as number) >> 4;
    if (packetType === connectType || packetType === authType) return false;
    const { connection, version } = this;
    const topic = packetType === publishType ? topics.topicOf(bytes, 0, size, version) : undefined;
    this.log.append({ at, direction, connection, kind: 'packet', version, topic }, bytes);
    return true;
  }

  /** Returns where the first packet starts that was not entered. */
  private enterEqual({ direction }: Stream, bytes: Uint8Array, start: number, at: number): number {
    let next = start;
    for (;;) {
      const size = shortPacketSize(bytes, next);
      if (size === 0) return next;
      const packetType = (bytes[next] as number) >> 4;
      if (packetType === connectType || packetType === authType) return next;
      let count = countEqual(bytes, next, size);
      if (packetType === publishType && this.version === 5)
        count = countPlainPublishes(bytes, next, size, count);
      if (count < fewestEqual) return next;
      const { connection, version } = this;
      const captured = { at, direction, connection, kind: 'packet', version } as const;
      this.log.appendEqual({ captured, buffer: bytes, start: next, size, count });
      next += count * size;
    }
  }

  private frameEach(stream: Stream, bytes: Uint8Array, at: number): void {
    // A fixed header that breaks off may turn out to be none, and then these bytes are no packet either. Later than
    // that nothing is refused, and asking for a long unfinished packet with every chunk would copy it every time.
    const carried = stream.held > 0 && stream.held < 5 ? stream.framer.pending : noBytes;
    let framed = 0;
    try {
      stream.framer.push(bytes, (buffer, start, end) => {
        framed += end - start;
        this.packet(stream, buffer, start, end, at);
        // A packet that came in parts is alone in a buffer that the framer gives away.
        if (buffer !== bytes && buffer.length === end) this.enterRun(stream, at, true);
      });
      this.enterRun(stream, at);
      stream.held += bytes.length - framed;
      if (!this.connectSeen && stream.held > 0) this.foresee(stream);
    } catch (error) {
      this.enterRun(stream, at);
      if (!(error instanceof ProtocolViolation)) throw error;
      stream.state = 'lost';
      const rest = framed === 0 ? concatBytes([carried, bytes]) : bytes.subarray(framed - stream.held);
      this.append(stream, 'unframed', rest, at, { endsFraming: true });
    }
  }

  /** Where the rest of a CONNECT was not captured, its answer may stand before that gap: the version is read before all is there. */
  private foresee({ framer, held }: Stream): void {
    if (held <= shortBeginning) this.assumeVersion(connectVersion(framer.pending) ?? this.version);
  }

  private packet(stream: Stream, buffer: Uint8Array, start: number, end: number, at: number): void {
    const packetType = (buffer[start] as number) >> 4;
    const decidesVersion = packetType === connectType && !this.connectSeen;
    // A packet that straddled chunks has a buffer of its own.
    if (
      this.runEnds.length > 0 &&
      (decidesVersion || buffer !== this.runBuffer || this.runEnds.length === longestRun)
    ) {
      this.enterRun(stream, at);
    }
    if (decidesVersion) this.readVersion(buffer, start, end);
    if (packetType === connectType || (packetType === authType && this.version === 5)) {
      stream.secretRest ||= !probe.accepts(buffer, start, end, this.version);
    }
    if (this.runEnds.length === 0) {
      this.runBuffer = buffer;
      this.runStart = start;
    }
    this.runEnds.push(end);
    if (packetType !== publishType) this.runHasMilestones ||= isMilestone(packetType);
    // Before 5.0 each PUBLISH has its topic itself.
    if (this.version < 5) return;
    this.runTopics.push(
      packetType === publishType ? stream.topics.topicOf(buffer, start, end, this.version) : undefined,
    );
  }

  private enterRun({ direction }: Stream, at: number, isGiven = false): void {
    const {
      connection,
      version,
      runEnds: ends,
      runTopics: topics,
      runBuffer: buffer,
      runStart: start,
    } = this;
    if (ends.length === 0) return;
    const captured = { at, direction, connection, kind: 'packet', version } as const;
    const { runHasMilestones: hasMilestones } = this;
    this.log.appendRun({
      captured,
      buffer,
      start,
      ends,
      topics: version < 5 ? undefined : topics,
      hasMilestones,
      isGiven,
    });
    this.runEnds = [];
    this.runTopics = [];
    this.runHasMilestones = false;
    this.runBuffer = noBytes;
  }

  private append(
    stream: Stream,
    kind: RowKind,
    bytes: Uint8Array,
    at: number,
    { endsFraming = false, cut = false, isSecret = false }: Known = {},
  ): void {
    const { connection, version } = this;
    const { direction } = stream;
    this.hasOthers = true;
    const rest = isSecret
      ? 'secret'
      : kind === 'unframed'
        ? this.restOf(stream, bytes, endsFraming)
        : undefined;
    this.log.append({ at, direction, connection, kind, version, topic: undefined, rest, cut }, bytes);
  }

  /** A CONNECT that was read has its secrets in itself; what follows has some only where another packet begins with them. */
  private restOf(stream: Stream, bytes: Uint8Array, endsFraming: boolean): UnframedRest | undefined {
    if (stream.secretRest) return 'secret';
    if (!stream.hasUnframed) stream.secretRest = beginsWithSecrets(bytes, this.version);
    stream.hasUnframed = true;
    return endsFraming ? 'first' : undefined;
  }

  private readVersion(buffer: Uint8Array, start: number, end: number): void {
    const version = connectVersion(buffer, start, end);
    if (version === undefined) return;
    this.connectSeen = true;
    this.version = version;
    const name = this.nameOf?.(buffer.subarray(start, end), version);
    if (name !== undefined) this.log.renameConnection(this.connection, name);
  }
}

function newStream(direction: Direction): Stream {
  return {
    ...{ direction, topics: new PublishTopics(), framer: new PacketFramer(), held: 0 },
    ...{ state: 'opening', secretRest: false, hasUnframed: false },
  };
}
