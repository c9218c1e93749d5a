import { freePort } from '../support/freePort';
import { startMosquitto } from '../support/mosquitto';
import { bundlePrograms, Child } from './client/children';
import { benches, titleOf } from './client/benches';
import type { Bench, ServerName } from './client/benches';
import type { Answer, Job, Measure, Place, SubjectName } from './client/job';
import { warmUpOf } from './client/job';
import type { Feed, FromServer } from './client/plainServer';
import { median, print } from './interleave';

type Server = Child<Feed, FromServer>;
type Subject = Child<Job, Answer>;
type Measures = ReadonlyMap<SubjectName, readonly Measure[]>;
type Ports = Readonly<Record<ServerName, Readonly<Record<Place['transport'], number>>>>;

/** Who publishes what is to be received from a broker, and the broker's port for it. */
interface Feeder {
  readonly plain: Server;
  readonly port: number;
}

/**
 * This project's client against MQTT.js and a bare socket, each in a process of its own and in turns. What counts is the
 * CPU time a message takes: on a machine that others use too, nothing else holds still.
 * @param only a part of a benchmark's title; all of them without it
 */
export async function client(only = ''): Promise<void> {
  await bundlePrograms();
  const plain: Server = new Child('plainServer');
  const first = await plain.next();
  if (!('tcp' in first)) throw new Error('The plain server has no ports');
  const webSocketPort = await freePort();
  const mosquitto = await startMosquitto({
    logTypes: ['error', 'warning', 'notice', 'information'],
    configuration: [
      ...['set_tcp_nodelay true', 'max_inflight_messages 1000', 'max_queued_messages 0'],
      // Without the last, libwebsockets listens on IPv6 alone.
      ...[`listener ${webSocketPort} 127.0.0.1`, 'protocol websockets', 'socket_domain ipv4'],
    ],
  });
  const ports: Ports = {
    'plain server': first,
    mosquitto: { tcp: mosquitto.port, ws: webSocketPort },
  };
  const bursts: Burst[] = [];
  try {
    for (const bench of benches) {
      if (!titleOf(bench).includes(only)) continue;
      const measures = await run(bench, ports, plain);
      report(bench, measures);
      if (isBurst(bench)) bursts.push({ bench, measures });
    }
    compareBursts(bursts);
  } finally {
    plain.end();
    await mosquitto.stop();
  }
}

async function run(bench: Bench, ports: Ports, plain: Server): Promise<Measures> {
  const { server, transport, work } = bench;
  const job: Job = { place: { transport, port: ports[server][transport] }, work };
  const measures = new Map(bench.subjects.map((name) => [name, [] as Measure[]]));
  const processes = bench.subjects.map(
    (name) => [name, new Child<Job, Answer>('subjectMain', [name])] as const,
  );
  // The first rounds only warm up.
  const warmUp = warmUpOf(work) > 0 ? 3 : 1;
  try {
    for (let round = 0; round < warmUp + bench.rounds; round++) {
      for (const [name, subject] of processes) {
        const measure = await measureOf(
          subject,
          job,
          server === 'mosquitto' ? { plain, port: ports.mosquitto.tcp } : undefined,
        );
        if (round >= warmUp) measures.get(name)?.push(measure);
      }
    }
  } finally {
    for (const [, subject] of processes) subject.end();
  }
  return measures;
}

/** @param feeder publishes what is to be received, where the server has nothing of its own */
async function measureOf(subject: Subject, job: Job, feeder: Feeder | undefined): Promise<Measure> {
  let answer = await subject.ask(job);
  if ('subscribed' in answer) {
    const measured = subject.next();
    if (feeder && job.work.kind === 'receive') {
      const { qos, payloadBytes, count } = job.work;
      await feeder.plain.ask({
        port: feeder.port,
        qos,
        payloadBytes,
        count,
        topic: 'feed/bench-7/temperature',
      });
    }
    answer = await measured;
  }
  if ('measure' in answer) return answer.measure;
  throw new Error('error' in answer ? answer.error : 'A subject subscribed twice');
}

/** What was published all at once at QoS 0. */
interface Burst {
  readonly bench: Bench;
  readonly measures: Measures;
}

function isBurst({ work }: Bench): boolean {
  return work.kind === 'publish' && work.qos === 0 && work.inFlight === work.count;
}

/** Whether a message costs the same however many are published at once: of the largest burst to the smallest of its place. */
function compareBursts(bursts: readonly Burst[]): void {
  for (const small of bursts) {
    const large = bursts
      .filter(({ bench }) => bench.server === small.bench.server && bench.transport === small.bench.transport)
      .filter(({ bench }) => bench.work.count > small.bench.work.count)
      .at(-1);
    if (!large) continue;
    for (const subject of small.bench.subjects) {
      const of = ({ measures }: Burst): number => median((measures.get(subject) ?? []).map(cpu));
      const metric = `CPU of one of ${large.bench.work.count} at once/of ${small.bench.work.count}`;
      print({ bench: titleOf(large.bench), subject, metric, value: of(large) / of(small), unit: '' });
    }
  }
}

function report(bench: Bench, measures: Measures): void {
  const title = titleOf(bench);
  const line = (subject: string, metric: string, value: number, unit: string): void =>
    print({ bench: title, subject, metric, value, unit });
  const of = (subject: SubjectName, figure: (measure: Measure) => number): number =>
    median((measures.get(subject) ?? []).map(figure));
  for (const subject of bench.subjects) {
    if (bench.work.kind === 'roundTrip') {
      line(subject, 'p50', of(subject, percentile(0.5)), 'us');
      line(subject, 'p99', of(subject, percentile(0.99)), 'us');
    } else {
      line(
        subject,
        'messages',
        of(subject, ({ done, elapsed }) => (done / elapsed) * 1e6),
        '1/s',
      );
    }
    if (bench.work.kind === 'publish' && warmUpOf(bench.work) === 0)
      line(
        subject,
        'settled',
        of(subject, ({ done }) => done),
        '',
      );
    line(subject, 'CPU', of(subject, cpu), 'us');
    line(
      subject,
      'growth',
      of(subject, ({ growth }) => growth / 1e6),
      'MB',
    );
    line(
      subject,
      'peak memory',
      of(subject, ({ peakMemory }) => peakMemory / 1e6),
      'MB',
    );
  }
  for (const ours of ['ours', 'ours without capture'] as const) {
    for (const peer of ['MQTT.js', 'socket'] as const) {
      if (!measures.has(peer)) continue;
      line(`${ours}/${peer}`, 'ratio', of(peer, cpu) / of(ours, cpu), '');
      if (bench.work.kind !== 'roundTrip') continue;
      const p99 = percentile(0.99);
      line(`${ours}/${peer}`, 'ratio of p99', of(peer, p99) / of(ours, p99), '');
    }
  }
}

/** Of one message. */
function cpu({ cpu, done }: Measure): number {
  return cpu / done;
}

function percentile(part: number): (measure: Measure) => number {
  return ({ latencies }) => {
    const sorted = [...latencies].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  };
}
