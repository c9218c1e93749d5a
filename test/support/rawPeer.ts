import * as net from 'node:net';
import { PacketWriter } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Transport, TransportFailure } from '../../src/session/effects';
import { turn } from './fakeClock';
import { line, packetsIn } from './packets';

/** The other end of a transport, played by a test packet by packet. It answers nothing by itself. */
export class RawPeer {
  private lines: string[] = [];
  private ending: string | undefined;
  private isReading = true;
  /** Packets as they came, since the beginning. */
  readonly packets: ControlPacket[] = [];

  constructor(
    private readonly transport: Transport,
    private readonly version: ProtocolVersion,
  ) {
    transport.start({
      bytes: (chunk) => {
        for (const packet of packetsIn(chunk.slice(), version)) {
          this.packets.push(packet);
          this.lines.push(line(packet));
        }
      },
      drained: () => undefined,
      closed: (failure: TransportFailure | undefined) =>
        this.lines.push((this.ending = failure ? failure.code : 'closed')),
    });
  }

  get isClosed(): boolean {
    return this.ending !== undefined;
  }

  /** Sends packets in one chunk and returns what came since the last time, once everything has settled. */
  async send(...packets: ControlPacket[]): Promise<string[]> {
    const writer = new PacketWriter();
    for (const packet of packets) writer.write(packet, this.version);
    return this.sendBytes(writer.take());
  }

  async sendBytes(bytes: Uint8Array): Promise<string[]> {
    this.transport.write(bytes);
    return this.received();
  }

  /** What came since the last time: packets, and how the connection ended. */
  async received(): Promise<string[]> {
    // A chunk that is passed on takes a turn at each hop.
    for (let hop = 0; hop < 4; hop++) await turn();
    const { lines } = this;
    this.lines = [];
    return lines;
  }

  /** Ends the connection in order. */
  end(): void {
    this.transport.end();
  }

  /** Breaks the connection off. */
  drop(): void {
    this.transport.dispose();
  }

  stopReading(): void {
    this.isReading = false;
    this.transport.pauseReading(true);
  }

  startReading(): void {
    if (!this.isReading) this.transport.pauseReading(false);
    this.isReading = true;
  }
}

/** Sends bytes and waits until its peer ends the connection. */
export function sendUntilClosed(port: number, bytes: readonly number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Uint8Array.from(bytes)));
    socket.resume();
    socket.once('end', () => socket.end());
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });
}
