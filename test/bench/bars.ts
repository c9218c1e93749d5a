import type { Line } from './interleave';

/** What a figure has to come up to, at least or at most. */
export interface Bar {
  readonly kind: 'at least' | 'at most';
  readonly value: number;
}

interface BarEntry extends Bar {
  readonly bench: RegExp;
  readonly subject: RegExp;
  readonly metric: RegExp;
}

const atLeast = (
  value: number,
  bench: RegExp,
  subject: RegExp = /^ours.*\/aedes$/,
  metric = /^ratio$/,
): BarEntry => ({ kind: 'at least', value, bench, subject, metric });
const atMost = (value: number, bench: RegExp, metric: RegExp, subject = /^ours$/): BarEntry => ({
  ...{ kind: 'at most', value, bench, subject, metric },
});

const mosquitto = /^ours.*\/mosquitto$/;
const mqttJs = /^ours.*\/MQTT\.js$/;

/** A ratio above 1 is better than the peer, whatever is measured; with and without the capture. */
const broker: readonly BarEntry[] = [
  atLeast(8, /^fan-out 1 to 1, QoS 0, CPU/),
  atLeast(25, /^fan-out 1 to 10, QoS 0, CPU/),
  atLeast(30, /^fan-out 1 to 100, QoS 0, CPU/),
  atLeast(6, /^fan-out 1 to 1, QoS 1, CPU/),
  atLeast(15, /^fan-out 1 to 10, QoS 1, CPU/),
  atLeast(15, /^fan-out 1 to 100, QoS 1, CPU/),
  atLeast(1, /^(fan-out|100 publishers).*, (CPU per delivery|rate)$/, mosquitto),
  // At most 0.6 of the memory.
  atLeast(1 / 0.6, /^connect .*, memory per connection$/),
  atLeast(1, /^QoS 1 at 1000 a second, p99 /),
  atMost(10, /^matching against 100000 filters$/, /^time$/),
];

const client: readonly BarEntry[] = [
  atLeast(10, /^publish QoS \d, 64 B, 100 in flight/, mqttJs),
  atLeast(6, /^receive QoS 0, 64 B/, mqttJs),
  atLeast(2.5, /^receive QoS 0, 1 KiB/, mqttJs),
  atLeast(15, /^receive QoS 1, 64 B/, mqttJs),
  atLeast(1, /^round trip QoS 1/, mqttJs, /^ratio of p99$/),
];

const inspector: readonly BarEntry[] = [
  atLeast(500_000, /^append PUBLISH/, /^ours$/, /^packets$/),
  atMost(160, /^1000000 packets of 64 B$/, /^memory$/, /^log$/),
  atMost(150, /^filter on topic and QoS$/, /^time$/),
  atMost(400, /^text search in payloads/, /^time$/),
  atMost(10, /^open a pcapng file of 200 MB$/, /^time$/),
  atMost(300, /^view with 1000000 packets/, /^first rows$/),
  atMost(8, /^view with 1000000 packets/, /^script and layout of a frame of scrolling, p95$/),
  atMost(30, /^view with 1000000 packets/, /^from the click on a packet to its fields, median$/),
  atMost(30, /^live/, /^event-loop delay of the extension host, p99$/),
  atMost(0, /^live/, /^messages lost /),
];

const entries = [...broker, ...client, ...inspector];

/** The bar of a figure, where there is one. */
export function barOf({
  bench,
  subject,
  metric,
}: Pick<Line, 'bench' | 'subject' | 'metric'>): Bar | undefined {
  const entry = entries.find(
    (each) => each.bench.test(bench) && each.subject.test(subject) && each.metric.test(metric),
  );
  return entry && { kind: entry.kind, value: entry.value };
}

export function isMet({ kind, value }: Bar, figure: number): boolean {
  return kind === 'at least' ? figure >= value : figure <= value;
}
