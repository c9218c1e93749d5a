import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { Session } from 'node:inspector';
import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { threadTime } from './threadTime';

/*
 * An extension of the tests' own, loaded beside ours: both run in one extension host, whose event loop this one measures.
 * It is asked over HTTP on 127.0.0.1; its port goes into the file that the environment names.
 */

/** The environment variable with the file that receives the port. */
const meterPortVariable = 'MQTT_WORKBENCH_METER_PORT';

/** Milliseconds, as Node counts them: those between two looks at the clock, {@link meterResolution}, are in each of them. */
export interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly samples: number;
  /** How long the thread itself worked between two looks at the clock: what is beyond in the delay others took. */
  readonly worked: { readonly p99: number; readonly max: number };
  /** Of the whole extension host since it was asked the last time, as a part of one core. */
  readonly cpu: number;
  /** MiB of the extension host now. */
  readonly memory: number;
}

/** Milliseconds between two looks at the clock; Node's default. */
const meterResolution = 10;

const histogram = monitorEventLoopDelay({ resolution: meterResolution });
let since = { at: performance.now(), cpu: process.cpuUsage() };
const worked = createHistogram();
let ticking: ReturnType<typeof setInterval> | undefined;
let profiler: Session | undefined;

/** What it answers: `/reset` begins anew, `/delay` tells a {@link LoopDelay}, `/profile` begins or ends a CPU profile. */
const server = http.createServer((request, response) => {
  const answer = (value: unknown): void => void response.end(JSON.stringify(value));
  switch (request.url) {
    case '/reset':
      histogram.reset();
      worked.reset();
      since = { at: performance.now(), cpu: process.cpuUsage() };
      return answer({});
    case '/delay':
      return answer(delay());
    case '/profile':
      return profile(answer);
    default:
      response.statusCode = 404;
      return answer({});
  }
});

export function activate(): void {
  histogram.enable();
  let before = threadTime();
  ticking = setInterval(() => {
    const now = threadTime();
    // In microseconds, of which a histogram takes one at least.
    worked.record(Math.max(1, Math.round((now - before) * 1000)));
    before = now;
  }, meterResolution);
  server.listen(0, '127.0.0.1', () => {
    const file = process.env[meterPortVariable];
    if (file === undefined) return;
    // Whole or not there.
    fs.writeFileSync(`${file}.new`, String((server.address() as AddressInfo).port));
    fs.renameSync(`${file}.new`, path.resolve(file));
  });
}

export function deactivate(): void {
  clearInterval(ticking);
  histogram.disable();
  server.close();
}

function delay(): LoopDelay {
  const milliseconds = (nanoseconds: number): number => nanoseconds / 1e6;
  const { user, system } = process.cpuUsage(since.cpu);
  return {
    p50: milliseconds(histogram.percentile(50)),
    p99: milliseconds(histogram.percentile(99)),
    max: milliseconds(histogram.max),
    samples: histogram.count,
    worked: { p99: worked.percentile(99) / 1000, max: worked.max / 1000 },
    cpu: (user + system) / 1000 / (performance.now() - since.at),
    memory: process.memoryUsage.rss() / 1024 / 1024,
  };
}

function profile(answer: (profile: unknown) => void): void {
  if (!profiler) {
    profiler = new Session();
    profiler.connect();
    profiler.post('Profiler.enable');
    profiler.post('Profiler.start', () => answer({}));
    return;
  }
  const session = profiler;
  profiler = undefined;
  session.post('Profiler.stop', (error, result) => {
    answer(error ?? result.profile);
    session.disconnect();
  });
}
