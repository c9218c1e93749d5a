import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { describeNote, readNote } from '../../src/base/captureNote';
import { PacketLog } from '../../src/capture/packetLog';
import type { CaptureReaderOptions, CaptureReport } from '../../src/capture/pcap/captureReader';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { encode } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { client, ipv4, pcapFile, server, tcp } from './captureFiles';
import type { End, Frame, SegmentOptions } from './captureFiles';
import { a } from './packets';

/** Writes the segments of one connection as frames of raw IPv4, with the sequence numbers they should have. */
export class TcpTalk {
  readonly frames: Frame[] = [];
  private readonly next: { client: number; server: number };

  /** @param initial by how much the numbers begin higher */
  constructor(
    readonly client: End,
    readonly server: End,
    private readonly network: (from: End, to: End, content: Uint8Array) => Uint8Array = ipv4,
    initial = 0,
  ) {
    this.next = { client: initial + 1000, server: initial + 5000 };
  }

  /** The three segments that open the connection. */
  handshake(): this {
    this.put('client', new Uint8Array(0), { sequence: this.next.client - 1, acknowledged: 0, flags: 'S' });
    this.put('server', new Uint8Array(0), { sequence: this.next.server - 1, flags: 'SA' });
    this.put('client', new Uint8Array(0), { flags: 'A' });
    return this;
  }

  /** A segment that follows the one before it. */
  send(from: 'client' | 'server', payload: Uint8Array, options: SegmentOptions = {}): this {
    this.put(from, payload, options);
    this.next[from] += payload.length;
    return this;
  }

  packet(from: 'client' | 'server', packet: ControlPacket, version: ProtocolVersion = 4): this {
    return this.send(from, encode(packet, version));
  }

  /** Bytes that are sent and not captured. */
  lose(from: 'client' | 'server', payload: Uint8Array): this {
    this.next[from] += payload.length;
    return this;
  }

  /** A segment `back` bytes before the end of what was sent. */
  again(from: 'client' | 'server', payload: Uint8Array, back: number): this {
    this.put(from, payload, { sequence: this.next[from] - back });
    return this;
  }

  end(from: 'client' | 'server'): this {
    this.put(from, new Uint8Array(0), { flags: 'FA' });
    this.next[from]++;
    return this;
  }

  reset(from: 'client' | 'server'): this {
    this.put(from, new Uint8Array(0), { flags: 'R' });
    return this;
  }

  private put(from: 'client' | 'server', payload: Uint8Array, options: SegmentOptions): void {
    const [source, target] = from === 'client' ? [this.client, this.server] : [this.server, this.client];
    const acknowledged = this.next[from === 'client' ? 'server' : 'client'];
    const segment = tcp(source, target, payload, { sequence: this.next[from], acknowledged, ...options });
    this.frames.push({ bytes: this.network(source, target, segment) });
  }
}

export const talk = (): TcpTalk => new TcpTalk(client, server);

export const packets = {
  connect: a.connect({ protocolVersion: 4, clientIdentifier: 'dev', keepAlive: 60 }),
  connack: a.connack(),
  publish: a.publish('a/b', 0, 0, { payload: Uint8Array.from([0x68, 0x69]) }),
  ping: { type: 'PINGREQ' } as const,
};

export interface ReadCapture {
  readonly log: PacketLog;
  readonly report: CaptureReport;
  readonly reader: CaptureReader;
}

/** Reads a file in chunks of so many bytes. */
export function readCapture(
  file: Uint8Array,
  options?: CaptureReaderOptions,
  chunk = file.length,
): ReadCapture {
  const log = new PacketLog({ byteBudget: 64 * 1024 * 1024 });
  const reader = new CaptureReader(log, options);
  for (let at = 0; at < file.length; at += chunk) reader.push(file.slice(at, at + chunk));
  return { log, report: reader.end(), reader };
}

/** The rows of frames of raw IP, a line each: direction, packet or kind, and what there is to say. */
export function rowsOf(
  frames: readonly Frame[],
  options?: CaptureReaderOptions,
  linkType = 101,
): readonly string[] {
  return linesOf(readCapture(pcapFile(frames, { linkType }), options).log);
}

export function linesOf(log: PacketLog): readonly string[] {
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const row = log.row(log.first + index) ?? assert.fail();
    const raw = log.bytesAt(row.sequence) ?? assert.fail();
    const { direction, kind, packetType, topic } = row;
    if (kind === 'note') return `${direction} note: ${describeNote(readNote(raw) ?? assert.fail())}`;
    if (kind === 'unframed')
      return `${direction} unframed ${toHex(raw.subarray(0, 8))}${raw.length > 8 ? '…' : ''}`;
    return [
      direction,
      packetType,
      ...(topic === undefined ? [] : [topic]),
      ...(kind === 'packet' ? [] : ['cut off']),
    ].join(' ');
  });
}
