import * as net from 'node:net';
import { decode, PacketWriter } from '../../src/protocol/codec';
import type { Connect, ControlPacket } from '../../src/protocol/controlPacket';
import { PacketFramer } from '../../src/protocol/packetFramer';
import { a } from '../support/packets';

const writer = new PacketWriter();

export function bytesOf(...packets: readonly ControlPacket[]): Uint8Array {
  for (const packet of packets) writer.write(packet, 5);
  return writer.take();
}

/** A socket to the broker, on which errors are an end like any other. */
export function socketTo(port: number): net.Socket {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => socket.destroy());
  return socket;
}

export function closed(socket: net.Socket): Promise<void> {
  return socket.destroyed
    ? Promise.resolve()
    : new Promise((resolve) => socket.once('close', () => resolve()));
}

export function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A client that says what it is told to, and waits for one packet at a time. */
export class WireClient {
  readonly socket: net.Socket;
  private readonly framer = new PacketFramer();
  private readonly arrived: ControlPacket[] = [];
  private waiting:
    | { readonly type: string; readonly resolve: () => void; readonly reject: (why: Error) => void }
    | undefined;

  constructor(port: number) {
    this.socket = socketTo(port);
    this.socket.on('data', (chunk: Uint8Array) => {
      this.framer.push(chunk, (buffer, start, end) => this.arrived.push(decode(buffer.slice(start, end), 5)));
      this.look();
    });
    this.socket.on('close', () => this.waiting?.reject(new Error(`closed before ${this.waiting.type} came`)));
  }

  async connect(clientIdentifier: string, more: Partial<Connect> = {}): Promise<void> {
    this.socket.write(bytesOf(a.connect({ clientIdentifier, ...more })));
    await this.comes('CONNACK');
  }

  comes(type: ControlPacket['type']): Promise<void> {
    if (this.socket.destroyed) return Promise.reject(new Error(`closed before ${type} came`));
    return new Promise((resolve, reject) => {
      this.waiting = { type, resolve, reject };
      this.look();
    });
  }

  private look(): void {
    const { waiting } = this;
    const at = waiting ? this.arrived.findIndex(({ type }) => type === waiting.type) : -1;
    if (at < 0) return;
    this.arrived.splice(0, at + 1);
    this.waiting = undefined;
    waiting?.resolve();
  }
}
