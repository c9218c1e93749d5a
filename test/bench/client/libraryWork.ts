import { echoTopicName, topicName, warmUpOf } from './job';
import type { Job, Measure, Work } from './job';
import type { Library, LibraryClient } from './library';
import { Meter, microseconds } from './meter';

/** How long nothing may happen before what is left is given up, in milliseconds. */
const patience = 3000;

type Publishing = Extract<Work, { kind: 'publish' }>;
type Receiving = Extract<Work, { kind: 'receive' }>;
type RoundTrips = Extract<Work, { kind: 'roundTrip' }>;

/** Does one job with a client of its own. */
export async function libraryWork(
  library: Library,
  { place, work }: Job,
  subscribed: () => void,
): Promise<Measure> {
  const client = await library.connect(place, `bench-${process.pid}`);
  try {
    switch (work.kind) {
      case 'publish':
        return await publish(client, work);
      case 'receive':
        return await receive(client, work, subscribed);
      case 'roundTrip':
        return await roundTrips(client, work);
    }
  } finally {
    await client.close();
  }
}

function publish(client: LibraryClient, work: Publishing): Promise<Measure> {
  const { qos, payloadBytes, count, inFlight } = work;
  const warmUp = warmUpOf(work);
  const payload = Buffer.alloc(payloadBytes, 'x');
  return new Promise((resolve) => {
    let asked = 0;
    let settled = 0;
    let meter = new Meter();
    let last: Measure | undefined;
    const watch = setInterval(() => {
      // What was measured when the last one settled counts, not the wait for those that never do.
      if (last?.done === settled - warmUp) finish(last);
      else last = meter.stop(settled - warmUp);
    }, patience);
    const finish = (measure: Measure): void => {
      clearInterval(watch);
      resolve(measure);
    };
    const onSettled = (): void => {
      if (++settled === warmUp) meter = new Meter();
      if (settled === count) finish(meter.stop(settled - warmUp));
      else if (asked < count) {
        asked++;
        client.publish(topicName, payload, qos, onSettled);
      }
    };
    while (asked < inFlight) {
      asked++;
      client.publish(topicName, payload, qos, onSettled);
    }
  });
}

function receive(client: LibraryClient, work: Receiving, subscribed: () => void): Promise<Measure> {
  const { qos, count, filter } = work;
  const warmUp = warmUpOf(work);
  return new Promise((resolve, reject) => {
    let received = 0;
    let meter = new Meter();
    client
      .subscribe(filter, qos, () => {
        if (++received === warmUp) meter = new Meter();
        if (received === count) resolve(meter.stop(received - warmUp));
      })
      .then(subscribed)
      .catch(reject);
  });
}

async function roundTrips(
  client: LibraryClient,
  { payloadBytes, count, aSecond }: RoundTrips,
): Promise<Measure> {
  const latencies: number[] = [];
  const done = new Promise<void>((resolve) => {
    void client.subscribe(echoTopicName, 1, (payload) => {
      const sent = Buffer.from(payload.buffer, payload.byteOffset).readDoubleBE(0);
      latencies.push(microseconds() - sent);
      if (latencies.length === count) resolve();
    });
  });
  const meter = new Meter();
  const start = microseconds();
  let asked = 0;
  const send = (): void => {
    const due = Math.min(count, ((microseconds() - start) / 1e6) * aSecond);
    for (; asked < due; asked++) {
      const payload = Buffer.alloc(payloadBytes, 'x');
      payload.writeDoubleBE(microseconds());
      client.publish(echoTopicName, payload, 1, () => undefined);
    }
    if (asked < count) setTimeout(send, 1);
  };
  send();
  await done;
  return meter.stop(latencies.length, latencies);
}
