import type { PacketLog } from '../packetLog';
import type { ApplicationContext } from './applicationStream';
import { CaptureFileParser } from './captureFileParser';
import type { CaptureFrame, CaptureProblem } from './captureFormat';
import { ConversationTable } from './conversationTable';
import type { Endpoints } from './endpoints';
import { readExportedPdu } from './exportedPdu';
import { FragmentReassembly } from './fragments';
import { readInternetPacket, tcpProtocol } from './internetPacket';
import type { InternetPacket } from './internetPacket';
import { internetStart, linkTypes } from './linkLayer';
import { readTcpSegment } from './tcpSegment';
import type { TcpCounts } from './tcpSide';

export interface CaptureReaderOptions {
  /** Ports of servers whose connections are MQTT whatever they look like. Default: 1883. Others are found by what they carry. */
  readonly ports?: readonly number[];
}

/** What a capture file held, besides the rows. */
export interface CaptureReport {
  readonly frames: number;
  /** Connections of MQTT; those encrypted, whether they may hold MQTT or not; and all others. */
  readonly connections: number;
  readonly tlsConnections: number;
  readonly otherConnections: number;
  /** Segments that came again, and that came too early and waited; gaps that nothing filled; segments cut at the snap length. */
  readonly tcp: Readonly<Omit<TcpCounts, 'waiting'>>;
  /** IP packets of which a fragment is missing. */
  readonly incompleteDatagrams: number;
  /** Frames of link types that are not read, by the number of the type. */
  readonly unsupportedLinkTypes: ReadonlyMap<number, number>;
  /** What is wrong with the file: the first {@link mostProblems}, and how many there are. */
  readonly problems: readonly CaptureProblem[];
  readonly problemCount: number;
  /** When the first and the last frame were captured, in milliseconds since the epoch. */
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
}

export const mostProblems = 1000;
const usualPorts = [1883];

/**
 * Reads a capture file of Wireshark or tcpdump (pcap or pcapng) into a packet log, chunk by chunk: whoever reads the file
 * decides how long one step takes (256 KiB take a few milliseconds), and knows how far it is. What a client sent is `out`,
 * what a server sent is `in`. Memory is bounded by the log's budget and a bound for each connection, whatever the file
 * holds, and nothing in it makes this throw.
 */
export class CaptureReader {
  private readonly parser: CaptureFileParser;
  private readonly conversations: ConversationTable;
  private readonly fragments = new FragmentReassembly();
  private readonly tcp: TcpCounts = { retransmitted: 0, reordered: 0, gaps: 0, cut: 0, waiting: 0 };
  private readonly ends = new Map<number, Endpoints>();
  private readonly unsupported = new Map<number, number>();
  private readonly problems: CaptureProblem[] = [];
  private readonly counts = { frames: 0, connections: 0, tls: 0, other: 0, problems: 0 };
  private firstAt: number | undefined;
  private lastAt: number | undefined;

  constructor(
    private readonly log: PacketLog,
    options: CaptureReaderOptions = {},
  ) {
    const context: ApplicationContext = {
      log,
      gathered: { bytes: 0 },
      ports: new Set(options.ports ?? usualPorts),
      found: (connection, endpoints) => {
        this.counts.connections++;
        this.ends.set(connection, endpoints);
        if (this.ends.size > 2 * mostEnds) this.forgetEnds();
      },
      left: (what) => this.counts[what]++,
    };
    this.conversations = new ConversationTable(context, this.tcp);
    this.parser = new CaptureFileParser({
      frame: (frame) => this.frame(frame),
      problem: (problem) => {
        this.counts.problems++;
        if (this.problems.length < mostProblems) this.problems.push(problem);
      },
    });
  }

  /** Reads the next bytes of the file. The chunk is the caller's again when this returns. */
  push(chunk: Uint8Array): void {
    this.parser.push(chunk);
    this.log.announce();
  }

  /** There are no more bytes: what is unfinished is entered as far as it goes. */
  end(): CaptureReport {
    this.parser.end();
    this.conversations.close(this.lastAt ?? 0);
    this.log.announce();
    return this.report();
  }

  /** What was found so far. */
  report(): CaptureReport {
    const { counts, firstAt, lastAt } = this;
    const { retransmitted, reordered, gaps, cut } = this.tcp;
    return {
      frames: counts.frames,
      connections: counts.connections,
      tlsConnections: counts.tls,
      otherConnections: counts.other,
      tcp: { retransmitted, reordered, gaps, cut },
      incompleteDatagrams: this.fragments.incomplete,
      unsupportedLinkTypes: new Map(this.unsupported),
      problems: [...this.problems],
      problemCount: counts.problems,
      firstAt,
      lastAt,
    };
  }

  /** The addresses and ports of a connection of the log that this reader entered. */
  endpoints(connection: number): Endpoints | undefined {
    return this.ends.get(connection);
  }

  private frame(frame: CaptureFrame): void {
    const { linkType, bytes, at } = frame;
    this.counts.frames++;
    this.firstAt ??= at;
    this.lastAt = at;
    if (linkType === linkTypes.upperPdu) {
      this.exportedPdu(frame);
      return;
    }
    const start = internetStart(linkType, bytes);
    if (start === 'unsupported') this.unsupported.set(linkType, (this.unsupported.get(linkType) ?? 0) + 1);
    if (typeof start !== 'number') return;
    const packet = readInternetPacket(bytes, start);
    if (packet?.protocol !== tcpProtocol) return;
    if (!packet.fragment) {
      this.segment(frame, packet, bytes, packet.start, packet.end);
      return;
    }
    const whole = this.fragments.add(packet, bytes);
    if (whole) this.segment(frame, packet, whole, 0, whole.length);
  }

  private segment(
    { at, comments, endsEarly }: CaptureFrame,
    { source, destination, missing }: InternetPacket,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    // That the file ends here is said of the file: the capture itself may have had all of it.
    const segment = readTcpSegment(bytes, start, end, endsEarly ? 0 : missing);
    if (segment) this.conversations.segment(source, destination, segment, comments, at);
  }

  private exportedPdu({ bytes, at }: CaptureFrame): void {
    const pdu = readExportedPdu(bytes);
    if (pdu?.protocol !== 'mqtt') return;
    this.conversations.message(pdu.source, pdu.destination, bytes.subarray(pdu.start), at);
  }

  /** Those whose connection the log has forgotten. */
  private forgetEnds(): void {
    for (const connection of this.ends.keys()) {
      if (this.log.connectionName(connection) === undefined) this.ends.delete(connection);
    }
  }
}

const mostEnds = 10_000;
