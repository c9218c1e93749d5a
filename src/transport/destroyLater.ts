import type { Duplex } from 'node:stream';

/** How long a peer that was refused may take to close its side, in milliseconds: firmware often never does. */
const farewell = 2_000;

/** Who stays after a refusal would hold its socket, and keep the port from being given back. */
export function destroyLater(stream: Duplex): void {
  const timer = setTimeout(() => stream.destroy(), farewell);
  timer.unref();
  stream.once('close', () => clearTimeout(timer));
}
