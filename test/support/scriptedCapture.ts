import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { encode } from '../../src/protocol/codec';
import type { Connack, Connect, ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import type { Direction } from '../../src/session/effects';
import { a } from './packets';

/** One connection of a {@link ScriptedCapture}. */
export class ScriptedConnection {
  private readonly capture: ConnectionCapture;

  constructor(
    private readonly script: ScriptedCapture,
    name: string,
    private readonly clientWay: Direction,
    private readonly version: ProtocolVersion,
  ) {
    this.capture = new ConnectionCapture(script.log, name);
  }

  /** The number of this connection in the log. */
  get number(): number {
    return this.capture.connection;
  }

  /** The client sends packets, in one chunk each. Returns the sequence number of the last. */
  client(...packets: readonly ControlPacket[]): number {
    return this.send(this.clientWay, packets);
  }

  server(...packets: readonly ControlPacket[]): number {
    return this.send(this.clientWay === 'in' ? 'out' : 'in', packets);
  }

  /** The client sends bytes as they are. */
  raw(bytes: Uint8Array): number {
    this.capture.chunk(this.clientWay, bytes, this.script.at);
    return this.script.log.end - 1;
  }

  close(): void {
    this.capture.closed(this.script.at);
  }

  private send(way: Direction, packets: readonly ControlPacket[]): number {
    for (const packet of packets) this.capture.chunk(way, encode(packet, this.version), this.script.at);
    return this.script.log.end - 1;
  }
}

/** Conversations that are written down, captured into a log at times of their own: no clock, no socket. */
export class ScriptedCapture {
  /** Milliseconds since the Unix epoch. */
  at = Date.UTC(2026, 10, 22, 14, 0, 0);

  constructor(readonly log = new PacketLog({ byteBudget: 64 * 1024 * 1024 })) {}

  /** Lets time go by. */
  pass(milliseconds: number): this {
    this.at += milliseconds;
    return this;
  }

  /** A connection to the local broker (`in`), or one of our own (`out`). */
  open(
    name = 'c (127.0.0.1:50000)',
    clientWay: Direction = 'in',
    version: ProtocolVersion = 5,
  ): ScriptedConnection {
    return new ScriptedConnection(this, name, clientWay, version);
  }

  /** A connection that was accepted a millisecond later. */
  connected(
    connect: Partial<Connect> = {},
    connack: Partial<Connack> = {},
    name = `${connect.clientIdentifier ?? 'c'} (127.0.0.1:50000)`,
    clientWay: Direction = 'in',
  ): ScriptedConnection {
    const version = connect.protocolVersion ?? 5;
    const connection = this.open(name, clientWay, version);
    connection.client(a.connect({ keepAlive: 60, ...connect }));
    this.pass(1);
    connection.server(a.connack(connack));
    return connection;
  }
}
