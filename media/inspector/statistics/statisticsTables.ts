import { durationInColumn } from '../../../src/base/duration';
import type { Sizes, StatisticsReport, TallyRow } from '../../../src/inspector/analysisContract';
import { clauseOf, violationTable } from '../../../src/protocol/violations';
import { quoted } from '../analysis/packetLinks';
import { sizeText } from '../sizeText';
import type { TableColumn, TableRow } from './sortableTable';

export interface StatisticsTable {
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

/** Rates and quantiles have fractions of a byte. */
const bytesText = (value: number): string => sizeText(Math.round(value));
/** As many decimals in every row, so that their points stand below each other. */
const fixed = (value: number, digits: number): string =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const rate = (value: number): string => fixed(value, 2);
/** What a window answers by itself has the very time of what it answers: nothing was measured that could be called 0 ms. */
const latency = (value: number): string => (value === 0 ? 'at once' : durationInColumn(value));
const perSecond = (value: number): string =>
  value < 1023.95 ? `${fixed(value, 1)} bytes/s` : `${sizeText(value)}/s`;

const tallyColumns: readonly TableColumn[] = [
  { caption: 'Packets' },
  { caption: 'From clients' },
  { caption: 'Packets/s', show: rate },
  { caption: 'Bytes', show: bytesText },
  { caption: 'Bytes/s', show: perSecond },
];

const handshakes: Readonly<Record<StatisticsReport['handshakes'][number]['kind'], string>> = {
  qos1: 'QoS 1 message',
  qos2: 'QoS 2 message',
  subscribe: 'SUBSCRIBE',
  unsubscribe: 'UNSUBSCRIBE',
  connect: 'CONNECT',
  authenticate: 'Re-authentication',
  ping: 'PINGREQ',
};

/** All tables of the statistics; those that would be empty are left out. */
export function statisticsTables(report: StatisticsReport): readonly StatisticsTable[] {
  return [
    tallies('Clients', 'Client', report.clients, (name) => `client == ${quoted(name)}`),
    tallies('Topics', 'Topic', report.topics, (name) =>
      name === '' ? undefined : `topic == ${quoted(name)}`,
    ),
    tallies('Packet types', 'Packet', report.types, (name) =>
      name === 'other' ? 'packet == unframed or packet == note or packet == RESERVED' : `packet == ${name}`,
    ),
    latencies(report),
    sizes(report),
    qos(report),
    periodic(report),
    violations(report),
  ].filter(({ rows }) => rows.length > 0);
}

function tallies(
  caption: string,
  noun: string,
  rows: readonly TallyRow[],
  filter: (name: string) => string | undefined,
): StatisticsTable {
  return {
    caption,
    columns: [{ caption: noun }, ...tallyColumns],
    rows: rows.map(({ name, packets, bytes, fromClient, packetsPerSecond, bytesPerSecond, last }) => ({
      cells: [nameText(name), packets, fromClient, packetsPerSecond, bytes, bytesPerSecond],
      filter: name === undefined ? undefined : filter(name),
      packet: last,
    })),
  };
}

function nameText(name: string | undefined): string {
  if (name === undefined) return 'all others';
  if (name === 'other') return 'no packet';
  return name === '' ? '(unknown topic)' : name;
}

function latencies(report: StatisticsReport): StatisticsTable {
  return {
    caption: 'Latencies',
    columns: [
      { caption: 'Handshake' },
      { caption: 'Median', show: latency },
      { caption: 'p99', show: latency },
      { caption: 'Longest', show: latency },
      { caption: 'Complete' },
      { caption: 'Refused' },
      { caption: 'Unanswered' },
      { caption: 'Twice' },
    ],
    rows: report.handshakes.map(
      ({ kind, median, p99, maximum, complete, refused, unanswered, repeated }) => ({
        cells: [handshakes[kind], median, p99, maximum, complete, refused, unanswered, repeated],
      }),
    ),
  };
}

function sizes({ packetSizes, payloadSizes }: StatisticsReport): StatisticsTable {
  const row = (name: string, { minimum, median, p99, maximum, count }: Sizes): TableRow => ({
    cells: [name, minimum, median, p99, maximum, count],
  });
  const rows = [
    row('Packets', packetSizes),
    ...(payloadSizes.count > 0 ? [row('Payloads', payloadSizes)] : []),
  ];
  const columns = ['Smallest', 'Median', 'p99', 'Largest'].map((caption) => ({ caption, show: bytesText }));
  return { caption: 'Sizes', columns: [{ caption: 'Of' }, ...columns, { caption: 'How many' }], rows };
}

function qos({ qos: counts, retained, duplicates }: StatisticsReport): StatisticsTable {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number): number => count / all;
  const percent = (value: number): string => `${fixed(value * 100, 1)} %`;
  const rows = [
    ...counts.map((count, level) => ({
      cells: [`QoS ${level}`, count, share(count)],
      filter: `qos == ${level}`,
    })),
    { cells: ['Retained', retained, share(retained)], filter: 'retain == true' },
    { cells: ['Sent again (DUP)', duplicates, share(duplicates)], filter: 'dup == true' },
  ];
  return {
    caption: 'Messages by QoS',
    columns: [{ caption: 'Messages' }, { caption: 'Count' }, { caption: 'Share', show: percent }],
    rows: all === 0 ? [] : rows,
  };
}

function periodic(report: StatisticsReport): StatisticsTable {
  return {
    caption: 'Periodic topics',
    columns: [
      { caption: 'Topic' },
      { caption: 'Client' },
      { caption: 'Period', show: durationInColumn },
      { caption: 'Jitter p50', show: durationInColumn },
      { caption: 'Jitter p99', show: durationInColumn },
      { caption: 'Gaps' },
      { caption: 'Longest gap', show: durationInColumn },
      { caption: 'Messages' },
    ],
    rows: report.periodic.map(
      ({ topic, client, period, jitterMedian, jitterP99, gaps, gapCount, messages, last }) => ({
        cells: [topic, client, period, jitterMedian, jitterP99, gapCount, gaps[0]?.milliseconds, messages],
        filter: `topic == ${quoted(topic)}`,
        // The message that ended its longest gap says more than the last one.
        packet: gaps[0]?.sequence ?? last,
      }),
    ),
  };
}

function violations(report: StatisticsReport): StatisticsTable {
  return {
    caption: 'Violations',
    columns: [{ caption: 'Rule' }, { caption: 'Count' }, { caption: 'Clause' }],
    rows: report.violations.map(({ id, count, last, version }) => ({
      cells: [violationTable[id].message.replace(/\s*\{value\}/g, ' …'), count, clauseOf({ id }, version)],
      filter: `violation == ${quoted(id)}`,
      packet: last,
    })),
  };
}
