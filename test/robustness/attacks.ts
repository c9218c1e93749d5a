import type * as net from 'node:net';
import { mutate } from '../fuzz/mutation';
import { a } from '../support/packets';
import { randomFrom } from '../support/random';
import { connectTimeout, type Target } from './target';
import { bytesOf, closed, delay, socketTo, WireClient } from './wire';

/** How many sockets are opened at a time: more than the backlog of a listener takes would wait for the system. */
const atOnce = 100;

async function inBatches(count: number, each: (nth: number) => Promise<void>): Promise<void> {
  for (let from = 0; from < count; from += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => each(from + index));
    await Promise.all(batch);
  }
}

/** Connections of random bytes, and of a good conversation with something wrong in it. */
export async function garbage(target: Target, connections: number, seed = 1): Promise<void> {
  const random = randomFrom(seed);
  const conversation = bytesOf(
    a.connect({ clientIdentifier: 'mutant' }),
    a.subscribe(1, [a.subscription('#', 2)]),
    a.publish('t', 2, 2),
    a.acknowledgement('PUBREL', 2),
  );
  await inBatches(connections, async (nth) => {
    const noise = Uint8Array.from({ length: 1 + Math.floor(random() * 4096) }, () =>
      Math.floor(random() * 256),
    );
    const bytes = nth % 2 === 0 ? noise : mutate(conversation, noise, random);
    const socket = socketTo(target.port);
    socket.resume();
    socket.write(bytes);
    await Promise.race([closed(socket), delay(300)]);
    socket.destroy();
    await closed(socket);
  });
}

/**
 * Connections that send half a CONNECT and nothing more.
 * @returns how long the last of them was left open, in milliseconds; Infinity where one was not closed
 */
export async function slowLoris(target: Target, connections: number): Promise<number> {
  const connect = bytesOf(a.connect({ clientIdentifier: 'sloth' }));
  const half = connect.subarray(0, connect.length >> 1);
  let longest = 0;
  const sockets: net.Socket[] = [];
  const ends: Promise<void>[] = [];
  await inBatches(connections, async () => {
    const socket = socketTo(target.port);
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    const began = performance.now();
    socket.resume();
    socket.write(half);
    ends.push(closed(socket).then(() => void (longest = Math.max(longest, performance.now() - began))));
  });
  const all = Promise.all(ends).then(() => true);
  const areClosed = await Promise.race([all, delay(connectTimeout * 4).then(() => false)]);
  for (const socket of sockets) socket.destroy();
  return areClosed ? longest : Infinity;
}

/** One client that never reads what it has subscribed to, and another that publishes so many bytes to it. */
export async function flood(target: Target, qos: 0 | 1, bytes: number): Promise<void> {
  const topicName = `flood/${qos}`;
  const reader = new WireClient(target.port);
  await reader.connect(`deaf-${qos}`);
  reader.socket.write(bytesOf(a.subscribe(1, [a.subscription(topicName, qos)])));
  await reader.comes('SUBACK');
  reader.socket.pause();
  const publisher = socketTo(target.port);
  // Its acknowledgements are read, and thrown away.
  publisher.resume();
  const gone = closed(publisher);
  publisher.write(bytesOf(a.connect({ clientIdentifier: `flooder-${qos}`, cleanStart: true })));
  const payload = new Uint8Array(16_384);
  let identifier = 0;
  for (let sent = 0; sent < bytes && !publisher.destroyed;) {
    const packets = Array.from({ length: 16 }, () => {
      identifier = (identifier % 60_000) + 1;
      return a.publish(topicName, qos, qos === 0 ? 0 : identifier, { payload });
    });
    sent += payload.length * packets.length;
    if (publisher.write(bytesOf(...packets))) continue;
    await Promise.race([new Promise((resolve) => publisher.once('drain', resolve)), gone]);
  }
  const wasCut = publisher.destroyed;
  publisher.end();
  await Promise.race([gone, delay(20_000)]);
  publisher.destroy();
  reader.socket.destroy();
  if (wasCut) throw new Error('the publisher of the flood was cut off');
}

/** Clients that connect and do nothing. Returns those that were let in; whoever called ends them. */
export async function idle(target: Target, connections: number): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  await inBatches(connections, async (nth) => {
    const client = new WireClient(target.port);
    try {
      await client.connect(`idle-${nth}`);
      clients.push(client);
    } catch {
      // Who is missing is counted.
      client.socket.destroy();
    }
  });
  return clients;
}
