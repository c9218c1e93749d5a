import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connectBytes, subscribeBytes } from '../client/rawPackets';

/** An MQTT 3.1.1 client that costs nothing: it counts packets by their size, which is the same for all it gets. */
export class RawClient {
  /** Called with each chunk that comes after the handshake. */
  onChunk: (chunk: Buffer) => void = () => undefined;

  private constructor(private readonly socket: Socket) {}

  /** Resolves when CONNACK has come. */
  static open(port: number, clientIdentifier: string): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      const client = new RawClient(socket);
      socket.once('error', reject);
      socket.once('connect', () => socket.write(connectBytes(clientIdentifier)));
      socket.once('data', (answer) => {
        if (answer[0] !== 0x20 || answer[3] !== 0) reject(new Error('not let in'));
        socket.on('data', (chunk) => client.onChunk(chunk));
        resolve(client);
      });
    });
  }

  subscribe(topicFilter: string, qos: 0 | 1): Promise<void> {
    return new Promise((resolve) => {
      this.onChunk = () => resolve();
      this.socket.write(subscribeBytes(topicFilter, qos));
    });
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }
}

/** Cuts a stream of packets of one size; `each` gets where a packet begins. */
export class EvenPackets {
  private held: Buffer | undefined;

  constructor(
    private readonly size: number,
    private readonly each: (bytes: Buffer, start: number) => void,
  ) {}

  /** Returns how many were whole. */
  push(chunk: Buffer): number {
    const bytes = this.held ? Buffer.concat([this.held, chunk]) : chunk;
    const whole = Math.floor(bytes.length / this.size);
    for (let index = 0; index < whole; index++) this.each(bytes, index * this.size);
    const rest = bytes.length - whole * this.size;
    this.held = rest > 0 ? Buffer.from(bytes.subarray(bytes.length - rest)) : undefined;
    return whole;
  }
}
