import { concatBytes, noBytes } from '../../base/bytes';
import type { PacketLog } from '../packetLog';
import type { Endpoint, Endpoints } from './endpoints';
import { endpointText } from './endpoints';
import type { Opening } from './firstBytes';
import { longestOpening, openingOf } from './firstBytes';
import { convincing, evidenceOfMqtt } from './midConnection';
import { MqttEntry } from './mqttEntry';
import type { GatheredBytes } from './packetRest';
import type { ConversationSink, Side } from './tcpConversation';
import { other } from './tcpConversation';
import type { GapCause } from './tcpSide';
import { mqttFrame } from './webSocketSide';
import { WebSocketStream } from './webSocketStream';
import type { ConnectionMark, RemarkMark, RowMark } from './workbenchMarks';

/** What a capture is read into. */
export interface ApplicationContext {
  readonly log: PacketLog;
  /** Ports at which servers of MQTT listen: what comes there is MQTT, whatever it looks like. */
  readonly ports: ReadonlySet<number>;
  /** A connection of MQTT was found. */
  readonly found: (connection: number, endpoints: Endpoints) => void;
  /** Rests of packets that its connections gather. */
  readonly gathered: GatheredBytes;
  /** A connection turned out to be something else. */
  readonly left: (what: 'tls' | 'other') => void;
}

/** Ports of MQTT over TLS: what comes there and cannot be read is worth a row. */
const tlsPorts: ReadonlySet<number> = new Set([8883, 8084]);

/** Segments that may come before it is clear what they are. */
const mostEarly = 200;

/** Segments and bytes of a connection without its beginning in which something has to speak for MQTT. */
const mostDoubtfulSegments = 16;
const mostDoubtfulBytes = 4096;

interface Early {
  readonly side: Side;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Takes the bytes of a connection once it is known what they are. */
export interface DecidedStream {
  data(fromClient: boolean, bytes: Uint8Array, at: number): void;
  gap(fromClient: boolean, missing: number, cause: GapCause, at: number): void;
  ended(fromClient: boolean, at: number): void;
  closed(at: number): void;
  /** Nothing more comes, and nobody knows whether either side closed it. */
  leftOpen(at: number): void;
}

/** Finds out what the two ends of a connection speak, and has it entered if that is MQTT. */
export class ApplicationStream implements ConversationSink {
  /** What came before it was clear; undefined since. */
  private early: Early[] | undefined = [];
  private earlyBytes = 0;
  /** Segments that came before it was clear, those that a gap made useless included. */
  private earlySegments = 0;
  private stream: DecidedStream | undefined;
  private client: Side | undefined;
  private fromStart = false;
  /** The gap for which it is read as one whose first byte is not there, though that was looked for. */
  private lostStart: { readonly side: Side; readonly missing: number; readonly cause: GapCause } | undefined;
  private isKnownMqtt = false;
  private left = false;
  private entry: MqttEntry | undefined;
  /** Of our own files: what the frame that is being read says of its row. */
  private rowMark: RowMark | undefined;

  constructor(
    private readonly context: ApplicationContext,
    private readonly ends: readonly [Endpoint, Endpoint],
    private readonly mark: ConnectionMark | undefined,
  ) {}

  /** Nothing of this connection is read: it is not MQTT, or cannot be read. */
  get isLeft(): boolean {
    return this.early === undefined && this.stream === undefined;
  }

  /** It was left before its end, and nobody followed what went over it since. */
  get wasLeft(): boolean {
    return this.left;
  }

  opened(by: Side): void {
    this.client = by;
    this.fromStart = true;
  }

  /** Whoever wrote the file knew that this is MQTT. */
  assumeMqtt(): void {
    this.isKnownMqtt = true;
  }

  /** It was saved by this program, which says so. */
  get isOurs(): boolean {
    return this.mark !== undefined;
  }

  /** Reads a frame of our own file that says what its bytes are. */
  withMark(mark: RowMark, side: Side, at: number, read: () => void): void {
    this.rowMark = mark;
    read();
    this.rowMark = undefined;
    if (mark.note === undefined) return;
    this.decideByMark(at);
    this.entry?.marked(this.isFromClient(side), mark, noBytes, at);
  }

  data(side: Side, bytes: Uint8Array, at: number, remarks?: readonly RemarkMark[]): void {
    const { end } = this.context.log;
    this.read(side, bytes, at);
    if (this.mark) this.entry?.framed(this.isFromClient(side), end, remarks);
  }

  private read(side: Side, bytes: Uint8Array, at: number): void {
    if (this.mark && this.early) this.decideByMark(at);
    if (this.rowMark && this.entry) {
      this.entry.marked(this.isFromClient(side), this.rowMark, bytes, at);
    } else if (this.stream) this.stream.data(this.isFromClient(side), bytes, at);
    else if (this.early) {
      this.early.push({ side, bytes: bytes.slice(), at });
      this.earlyBytes += bytes.length;
      this.earlySegments++;
      this.decide();
    }
  }

  gap(side: Side, missing: number, cause: GapCause, at: number): void {
    if (this.stream) this.stream.gap(this.isFromClient(side), missing, cause, at);
    else if (this.early && this.isMqttPort()) {
      this.decided({ is: 'mqtt' }, this.likelyClient(), at);
      this.gap(side, missing, cause, at);
    } else if (this.early) {
      if (this.fromStart) this.lostStart = { side, missing, cause };
      this.fromStart = false;
      // What comes behind may be MQTT all the same, and begins with a segment.
      this.early = this.early.filter((each) => each.side !== side);
      this.earlyBytes = this.early.reduce((sum, each) => sum + each.bytes.length, 0);
    }
  }

  ended(side: Side, at: number): void {
    this.stream?.ended(this.isFromClient(side), at);
  }

  closed(at: number, isEnd: boolean): void {
    // What came did not suffice to tell; at a port of MQTT it is shown all the same.
    if (this.early && this.early.length > 0 && this.isMqttPort()) {
      this.decided({ is: 'mqtt' }, this.likelyClient(), at);
    } else if (this.early && this.early.length > 0 && (!this.fromStart || this.isOther())) {
      this.context.left('other');
    }
    if (isEnd) this.stream?.closed(at);
    else this.stream?.leftOpen(at);
    this.early = undefined;
    this.stream = undefined;
  }

  private decide(): void {
    const { early = [] } = this;
    const openings = ([0, 1] as const).map((side) => ({ side, opening: openingOf(this.earlyOf(side)) }));
    const clear = openings.find(({ opening: { is } }) => is === 'mqtt' || is === 'tls' || is === 'webSocket');
    const at = early[0]?.at ?? 0;
    const isEnough = this.earlyBytes > longestOpening || early.length > mostEarly;
    if (clear) this.decided(clear.opening, clear.opening.is === 'tls' ? this.likelyClient() : clear.side, at);
    else if (this.isMqttPort()) {
      const undecided = openings.some(({ opening }) => opening.is === 'undecided');
      if (openings.some((each) => this.tellsOther(each)) || !undecided || isEnough)
        this.decided({ is: 'mqtt' }, this.likelyClient(), at);
    } else if (!this.fromStart && (this.joinWebSocket(at) || this.joinMqtt(at, isEnough))) {
      return;
    } else if (isEnough || openings.some((each) => this.tellsOther(each))) {
      if (!this.isAt(tlsPorts)) this.leave('other');
      else this.decided({ is: 'tls', serverName: undefined, offersMqtt: false }, this.likelyClient(), at);
    }
  }

  /** With its beginning there, only what the client says tells: an answer may stand before it in a capture of several processors. */
  private tellsOther({ side, opening }: { readonly side: Side; readonly opening: Opening }): boolean {
    return opening.is === 'other' && (!this.fromStart || side === this.client);
  }

  private isOther(): boolean {
    return ([0, 1] as const).some((side) => openingOf(this.earlyOf(side)).is === 'other');
  }

  /** Goes on with a WebSocket that was open before the capture began, where this is one with MQTT in it. */
  private joinWebSocket(at: number): boolean {
    const early = this.early ?? [];
    const [first] = early;
    const frame = first && mqttFrame(first.bytes);
    if (!first || !frame) return false;
    this.early = undefined;
    this.client = frame.fromClient ? first.side : other(first.side);
    const open = (): MqttEntry => {
      const entry = this.newEntry(false);
      entry.note({ code: 'midConnection' }, at);
      return entry;
    };
    this.stream = new WebSocketStream(open, true, () => this.leave('other'), true);
    for (const { side, bytes, at: came } of early) this.stream?.data(this.isFromClient(side), bytes, came);
    return true;
  }

  /**
   * Goes on with a connection of MQTT at any port that was open before the capture began.
   * @param isEnough there is so much that no more is waited for
   * @returns whether it is one, or may be: then more has to come
   */
  private joinMqtt(at: number, isEnough: boolean): boolean {
    if (this.isAt(tlsPorts)) return false;
    const { weight, client } = evidenceOfMqtt(this.early ?? []);
    // A single long packet may go on for longer than is waited for.
    if (weight >= convincing || (isEnough && weight > 0)) {
      this.decided({ is: 'mqtt' }, this.client ?? client ?? this.likelyClient(), at);
      return true;
    }
    if (isEnough) return false;
    return weight > 0 || (this.earlySegments < mostDoubtfulSegments && this.earlyBytes < mostDoubtfulBytes);
  }

  private decided(opening: Opening, client: Side, at: number): void {
    const early = this.early ?? [];
    this.early = undefined;
    this.client = client;
    if (opening.is === 'tls') {
      if (!opening.offersMqtt && !this.isAt(tlsPorts) && !this.isMqttPort()) {
        this.leave('tls');
        return;
      }
      const { serverName } = opening;
      const entry = this.newEntry(true);
      entry.note({ code: 'tls', ...(serverName !== undefined && { serverName }) }, at);
      entry.closed(at);
      this.leave('tls');
      return;
    }
    if (opening.is === 'webSocket') {
      const open = (): MqttEntry => this.newEntry(true);
      this.stream = new WebSocketStream(open, opening.offersMqtt, () => this.leave('other'));
    } else {
      const begun = this.fromStart || openingOf(this.earlyOf(client, early)).is === 'mqtt';
      const entry = this.newEntry(begun);
      const { lostStart } = this;
      if (lostStart) {
        entry.gap(this.isFromClient(lostStart.side), lostStart.missing, lostStart.cause, at);
      } else if (!begun && !this.mark) entry.note({ code: 'midConnection' }, at);
      this.stream = entry;
    }
    // No server of MQTT, nor of HTTP, speaks first, in whatever order the capture has them.
    const inOrder = this.fromStart ? [client, other(client)] : undefined;
    const ordered = inOrder?.flatMap((side) => early.filter((each) => each.side === side)) ?? early;
    for (const { side, bytes, at: came } of ordered) this.stream?.data(this.isFromClient(side), bytes, came);
  }

  private decideByMark(at: number): void {
    if (this.early) this.decided({ is: 'mqtt' }, this.likelyClient(), at);
  }

  private leave(what: 'tls' | 'other'): void {
    this.left = true;
    this.early = undefined;
    this.stream = undefined;
    this.context.left(what);
  }

  private newEntry(begun: boolean): MqttEntry {
    const client = this.client ?? 0;
    const { port } = this.ends[other(client)];
    const server = { ...this.ends[other(client)], port: this.mark?.serverPort ?? port };
    const endpoints = { client: this.ends[client], server };
    const names = { client: endpointText(endpoints.client), server: endpointText(endpoints.server) };
    const entry = new MqttEntry(this.context.log, names, begun, this.mark, this.context.gathered);
    this.entry = entry;
    this.context.found(entry.connection, endpoints);
    return entry;
  }

  private earlyOf(side: Side, early = this.early ?? []): Uint8Array {
    const own = early.filter((each) => each.side === side);
    return own.length === 1 ? (own[0]?.bytes ?? noBytes) : concatBytes(own.map(({ bytes }) => bytes));
  }

  /** Who opened the connection, else who is not at a port of servers. */
  private likelyClient(): Side {
    if (this.client !== undefined) return this.client;
    const [first, second] = this.ends;
    for (const ports of [this.context.ports, tlsPorts]) {
      if (ports.has(first.port) !== ports.has(second.port)) return ports.has(first.port) ? 1 : 0;
    }
    return first.port < second.port ? 1 : 0;
  }

  private isFromClient(side: Side): boolean {
    return side === this.client;
  }

  private isMqttPort(): boolean {
    return this.isKnownMqtt || this.isAt(this.context.ports);
  }

  private isAt(ports: ReadonlySet<number>): boolean {
    return this.ends.some(({ port }) => ports.has(port));
  }
}
