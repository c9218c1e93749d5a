import { connect } from 'node:net';
import { connectBytes, publishBytes } from '../client/rawPackets';

/*
 * Publishes at a steady rate from a process of its own, from many topics in turns, QoS 0. Tells how many it sent when the
 * broker has them all.
 */

export interface Feed {
  readonly port: number;
  readonly rate: number;
  readonly seconds: number;
}

export interface Fed {
  readonly sent: number;
  /** Milliseconds from the first message to the last. */
  readonly took: number;
}

const topics = 100;
const payloadBytes = 64;
/** Milliseconds. */
const interval = 10;

const packets = Array.from({ length: topics }, (_, index) =>
  publishBytes(
    `devices/bench-${index % 25}/${['state', 'raw', 'log', 'mV'][index % 4] ?? ''}`,
    0,
    payloadBytes,
    0,
  ),
);

process.on('message', ({ port, rate, seconds }: Feed) => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  // What ends this process says so.
  socket.once('error', () => process.exit(1));
  socket.once('connect', () => socket.write(connectBytes('live-sender')));
  socket.once('data', () => {
    const start = performance.now();
    const count = rate * seconds;
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.writableNeedDrain) return;
      const due = Math.min(count, Math.floor(((performance.now() - start) / 1000) * rate));
      const batch: Buffer[] = [];
      for (; sent < due; sent++) batch.push(packets[sent % topics] as Buffer);
      if (batch.length > 0) socket.write(Buffer.concat(batch));
      if (sent < count) return;
      clearInterval(timer);
      const took = performance.now() - start;
      // DISCONNECT, so that the broker has read all before it.
      socket.end(Buffer.from([0xe0, 0]));
      socket.once('close', () => process.send?.({ sent, took } satisfies Fed));
    }, interval);
  });
});
process.on('disconnect', () => process.exit());
