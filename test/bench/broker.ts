import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Figures, Job, Load, LoadAnswer } from './broker/job';
import { matching } from './broker/matching';
import type { RunningBroker, SubjectName } from './broker/subjects';
import { bundleBrokerPrograms, loadProgram, startSubject, subjectNames } from './broker/subjects';
import { median, print } from './interleave';

/** Milliseconds a broker works before it is measured. */
const warmUpTime = 4_000;
/**
 * Milliseconds of its turn in a round at least: a fast broker works several times then. Once would take a quarter of a second
 * after the many of the others', in which nothing of it stayed in the caches of the processor.
 */
const turnTime = 1_500;

interface Bench {
  readonly title: string;
  readonly load: Load;
  readonly rounds: number;
}

interface Round {
  readonly figures: Figures;
  /** Nanoseconds of the broker's CPU. */
  readonly cpu: number;
  /** Bytes its memory has grown by. */
  readonly growth: number;
}

/** Messages for each publisher, so that every work takes about as long. */
function* fanOuts(): Iterable<Bench> {
  for (const qos of [0, 1] as const) {
    for (const subscribers of [1, 10, 100]) {
      const count = { 1: 200_000, 10: 40_000, 100: 6_000 }[subscribers] ?? 0;
      yield {
        title: `fan-out 1 to ${subscribers}, QoS ${qos}`,
        load: { kind: 'fanOut', qos, topics: 1, subscribers, count, inFlight: 1000 },
        rounds: 5,
      };
    }
    const topics = { kind: 'fanOut', qos, topics: 100, subscribers: 1, count: 2_000, inFlight: 100 } as const;
    yield { title: `100 publishers to 100 topics, QoS ${qos}`, load: topics, rounds: 5 };
  }
}

const benches: readonly Bench[] = [
  ...fanOuts(),
  { title: 'connect 1000', load: { kind: 'connect', count: 1_000 }, rounds: 3 },
  { title: 'connect 5000', load: { kind: 'connect', count: 5_000 }, rounds: 3 },
  { title: 'QoS 1 at 1000 a second', load: { kind: 'latency', count: 10_000, aSecond: 1_000 }, rounds: 3 },
];

/**
 * This project's broker against aedes and mosquitto, each in a process of its own and in turns. What counts is the CPU
 * time a delivery takes: on a machine that others use too, nothing else holds still.
 * @param only a part of a benchmark's title; all of them without it
 */
export async function broker(only = ''): Promise<void> {
  if ('matching'.includes(only)) matching();
  const wanted = benches.filter(({ title }) => title.includes(only));
  if (wanted.length === 0) return;
  await bundleBrokerPrograms();
  for (const bench of wanted) await run(bench);
}

async function run(bench: Bench): Promise<void> {
  const rounds = new Map(subjectNames.map((name) => [name, [] as Round[]]));
  const clients = new Clients();
  try {
    // Connections are not counted twice: what they leave behind would be.
    const lives = bench.load.kind === 'connect' ? bench.rounds : 1;
    for (let life = 0; life < lives; life++) {
      const brokers = new Map<SubjectName, RunningBroker>();
      for (const name of subjectNames) brokers.set(name, await startSubject(name));
      try {
        if (lives === 1) for (const running of brokers.values()) await warmUp(clients, running, bench.load);
        for (let round = 0; round < (lives === 1 ? bench.rounds : 1); round++) {
          for (const [name, running] of brokers) {
            const until = performance.now() + (lives === 1 ? turnTime : 0);
            do rounds.get(name)?.push(await clients.measure(running, bench.load));
            while (performance.now() < until);
          }
        }
      } finally {
        for (const running of brokers.values()) running.stop();
      }
    }
  } finally {
    clients.end();
  }
  report(bench, rounds);
}

/** Twice, and for as long: of what takes a third of a second twice is too little for the compiler of Node. */
async function warmUp(clients: Clients, running: RunningBroker, load: Load): Promise<void> {
  const until = performance.now() + warmUpTime;
  for (let round = 0; round < 2 || performance.now() < until; round++) await clients.measure(running, load);
}

/** The process in which the clients are. */
class Clients {
  private readonly child: ChildProcess = fork(loadProgram);

  async measure(running: RunningBroker, load: Load): Promise<Round> {
    await this.ask({ port: running.port, load });
    const cpu = running.cpu();
    const memory = running.memory();
    const answer = await this.ask('go');
    if (!('figures' in answer)) throw new Error('error' in answer ? answer.error : 'no figures');
    const used = running.cpu() - cpu;
    const growth = running.memory() - memory;
    await this.ask('close');
    return { figures: answer.figures, cpu: used, growth };
  }

  end(): void {
    this.child.disconnect();
  }

  private ask(question: Job | 'go' | 'close'): Promise<LoadAnswer> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (answer: LoadAnswer) =>
        'error' in answer ? reject(new Error(answer.error)) : resolve(answer),
      );
      this.child.send(question);
    });
  }
}

function report({ title, load }: Bench, rounds: ReadonlyMap<SubjectName, readonly Round[]>): void {
  const line = (subject: string, metric: string, value: number, unit: string, bench = title): void =>
    print({ bench, subject, metric, value, unit });
  const of = (name: SubjectName, figure: (round: Round) => number): number =>
    median((rounds.get(name) ?? []).map(figure));
  const what = load.kind === 'connect' ? 'connection' : 'delivery';
  const cpu = ({ figures, cpu }: Round): number => cpu / 1000 / figures.deliveries;
  const metrics: (readonly [metric: string, unit: string, figure: (round: Round) => number])[] = [
    [`CPU per ${what}`, 'us', cpu],
    ['rate', '1/s', ({ figures }) => (figures.deliveries / figures.elapsed) * 1e6],
  ];
  if (load.kind === 'connect') {
    metrics.push(['memory per connection', 'B', ({ figures, growth }) => growth / figures.deliveries]);
  }
  if (load.kind === 'latency') {
    for (const [name, part] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      metrics.push([`${name} to receive`, 'us', ({ figures }) => percentile(figures.toReceive, part)]);
      metrics.push([`${name} to PUBACK`, 'us', ({ figures }) => percentile(figures.toAcknowledge, part)]);
    }
  }
  for (const name of subjectNames) {
    for (const [metric, unit, figure] of metrics) line(name, metric, of(name, figure), unit);
  }
  for (const ours of ['ours', 'ours with capture'] as const) {
    for (const peer of ['aedes', 'mosquitto'] as const) {
      for (const [metric, unit, figure] of metrics) {
        const [mine, theirs] = [of(ours, figure), of(peer, figure)];
        // Above 1 is better than the peer, whatever is measured.
        const ratio = unit === '1/s' ? mine / theirs : theirs / mine;
        line(`${ours}/${peer}`, 'ratio', ratio, '', `${title}, ${metric}`);
      }
    }
  }
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
