import { Acknowledgements, PublishStream, Type, publishBytes } from '../client/rawPackets';
import { microseconds } from '../client/meter';
import type { Figures, Load } from './job';
import { payloadBytes } from './job';
import { EvenPackets, RawClient } from './rawClient';

/** Ready to begin; `begin` resolves when everything is done. */
export interface Prepared {
  begin(): Promise<Figures>;
  close(): void;
}

const pubackBytes = 4;
/** A topic of 22 bytes, whatever its number. */
const topicOf = (number: number) => `bench/fan-out/${String(number).padStart(8, '0')}`;

export async function prepare(port: number, load: Load): Promise<Prepared> {
  switch (load.kind) {
    case 'fanOut':
      return fanOut(port, load);
    case 'connect':
      return Promise.resolve(connecting(port, load.count));
    case 'latency':
      return latency(port, load);
  }
}

async function fanOut(port: number, load: Extract<Load, { kind: 'fanOut' }>): Promise<Prepared> {
  const { qos, topics, subscribers, count } = load;
  const clients: RawClient[] = [];
  const begins: (() => Promise<void>)[] = [];
  for (let topic = 0; topic < topics; topic++) {
    const readers = await Promise.all(
      Array.from({ length: subscribers }, (_, index) => RawClient.open(port, `s-${topic}-${index}`)),
    );
    await Promise.all(readers.map((reader) => reader.subscribe(topicOf(topic), qos)));
    const publisher = await RawClient.open(port, `p-${topic}`);
    clients.push(...readers, publisher);
    begins.push(() => publishing(publisher, readers, topicOf(topic), load));
  }
  return {
    begin: async () => {
      const start = microseconds();
      await Promise.all(begins.map((begin) => begin()));
      const elapsed = microseconds() - start;
      return { elapsed, deliveries: topics * subscribers * count, toReceive: [], toAcknowledge: [] };
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

/** Sends as long as no more than so many messages are under way to the slowest subscriber. */
function publishing(
  publisher: RawClient,
  readers: readonly RawClient[],
  topic: string,
  { qos, count, inFlight }: Extract<Load, { kind: 'fanOut' }>,
): Promise<void> {
  const stream = new PublishStream(topic, qos, payloadBytes, Math.min(count, 50_000));
  const received = readers.map(() => 0);
  let sent = 0;
  let acknowledged = qos === 0 ? count : 0;
  return new Promise((resolve) => {
    const goOn = (): void => {
      const done = Math.min(acknowledged, ...received);
      if (done === count && acknowledged === count) return resolve();
      // A batch at a time: small ones would measure how often somebody is woken.
      if (sent < count && sent - done <= inFlight / 2) {
        let room = Math.min(count - sent, inFlight - (sent - done));
        while (room > 0) {
          const batch = stream.take(room);
          publisher.write(batch.bytes);
          sent += batch.count;
          room -= batch.count;
        }
      }
    };
    publisher.onChunk = (chunk) => {
      acknowledged += chunk.length / pubackBytes;
      goOn();
    };
    readers.forEach((reader, index) => {
      const acknowledgements = new Acknowledgements();
      const identifierAt = stream.packetBytes - payloadBytes - 2;
      const packets = new EvenPackets(stream.packetBytes, (bytes, start) => {
        if (qos === 1) acknowledgements.add(Type.puback, bytes, start + identifierAt);
      });
      reader.onChunk = (chunk) => {
        received[index] = (received[index] ?? 0) + packets.push(chunk);
        const answer = acknowledgements.take();
        if (answer) reader.write(answer);
        goOn();
      };
    });
    goOn();
  });
}

/** How many handshakes go on at once. */
const atOnce = 200;

function connecting(port: number, count: number): Prepared {
  const clients: RawClient[] = [];
  return {
    begin: async () => {
      const start = microseconds();
      let next = 0;
      const worker = async (): Promise<void> => {
        while (next < count) clients.push(await RawClient.open(port, `idle-${next++}`));
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      return { elapsed: microseconds() - start, deliveries: count, toReceive: [], toAcknowledge: [] };
    },
    close: () => clients.forEach((client) => client.close()),
  };
}

async function latency(
  port: number,
  { count, aSecond }: Extract<Load, { kind: 'latency' }>,
): Promise<Prepared> {
  const topic = topicOf(0);
  const reader = await RawClient.open(port, 'reader');
  await reader.subscribe(topic, 1);
  const publisher = await RawClient.open(port, 'publisher');
  const packet = publishBytes(topic, 1, payloadBytes, 1);
  const identifierAt = packet.length - payloadBytes - 2;
  return {
    begin: () =>
      new Promise((resolve) => {
        const start = microseconds();
        const sentAt: number[] = [];
        const toReceive: number[] = [];
        const toAcknowledge: number[] = [];
        const check = (): void => {
          if (toReceive.length < count || toAcknowledge.length < count) return;
          resolve({ elapsed: microseconds() - start, deliveries: count, toReceive, toAcknowledge });
        };
        const acknowledgements = new Acknowledgements();
        const packets = new EvenPackets(packet.length, (bytes, at) => {
          toReceive.push(microseconds() - (sentAt[toReceive.length] ?? 0));
          acknowledgements.add(Type.puback, bytes, at + identifierAt);
        });
        reader.onChunk = (chunk) => {
          packets.push(chunk);
          const answer = acknowledgements.take();
          if (answer) reader.write(answer);
          check();
        };
        publisher.onChunk = (chunk) => {
          for (let at = 0; at < chunk.length; at += pubackBytes) {
            toAcknowledge.push(microseconds() - (sentAt[toAcknowledge.length] ?? 0));
          }
          check();
        };
        const timer = setInterval(() => {
          const due = Math.min(count, Math.floor(((microseconds() - start) * aSecond) / 1e6));
          while (sentAt.length < due) {
            const own = Buffer.from(packet);
            own.writeUInt16BE((sentAt.length % 65_535) + 1, identifierAt);
            sentAt.push(microseconds());
            publisher.write(own);
          }
          if (sentAt.length === count) clearInterval(timer);
        }, 1);
      }),
    close: () => [reader, publisher].forEach((client) => client.close()),
  };
}
