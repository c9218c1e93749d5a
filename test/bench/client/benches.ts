import type { QoS } from '../../../src/protocol/controlPacket';
import { sourceFilter } from './job';
import type { Place, SubjectName, Work } from './job';

export type ServerName = 'plain server' | 'mosquitto';

/** One table of figures. */
export interface Bench {
  readonly name: string;
  readonly server: ServerName;
  readonly transport: Place['transport'];
  readonly work: Work;
  readonly rounds: number;
  readonly subjects: readonly SubjectName[];
}

const libraries: readonly SubjectName[] = ['ours', 'ours without capture', 'MQTT.js'];
const everybody: readonly SubjectName[] = [...libraries, 'socket'];

/** So many that the median is one of code that has run for a while, as it does in an editor: the first two or three are not. */
const rounds = 9;

const inFlightCounts: Readonly<Record<QoS, number>> = { 0: 400_000, 1: 200_000, 2: 80_000 };

function* publishing(server: ServerName, transport: Place['transport']): Iterable<Bench> {
  for (const qos of [0, 1, 2] as const) {
    yield {
      name: `publish QoS ${qos}, 64 B, 100 in flight`,
      server,
      transport,
      work: { kind: 'publish', qos, payloadBytes: 64, count: inFlightCounts[qos], inFlight: 100 },
      rounds,
      subjects: transport === 'tcp' ? everybody : libraries,
    };
  }
}

interface Burst {
  readonly qos: QoS;
  readonly count: number;
  readonly rounds: number;
}

const smallBursts: readonly Burst[] = [
  { qos: 0, count: 5_000, rounds: 7 },
  { qos: 1, count: 20_000, rounds: 5 },
  { qos: 2, count: 20_000, rounds: 5 },
];

/** More than there are Packet Identifiers, and what the peer takes many seconds for. */
const largeBursts: readonly Burst[] = [
  { qos: 0, count: 80_000, rounds: 3 },
  { qos: 1, count: 70_000, rounds: 3 },
];

function* allAtOnce(
  server: ServerName,
  transport: Place['transport'],
  bursts: readonly Burst[],
): Iterable<Bench> {
  for (const { qos, count, rounds } of bursts) {
    yield {
      name: `publish QoS ${qos}, 64 B, ${count} at once`,
      server,
      transport,
      work: { kind: 'publish', qos, payloadBytes: 64, count, inFlight: count },
      rounds,
      subjects: libraries,
    };
  }
}

function* receiving(server: ServerName, transport: Place['transport']): Iterable<Bench> {
  const cases = [
    { qos: 0, payloadBytes: 64, count: 600_000 },
    { qos: 0, payloadBytes: 1024, count: 200_000 },
    { qos: 1, payloadBytes: 64, count: 300_000 },
    { qos: 1, payloadBytes: 1024, count: 100_000 },
  ] as const;
  for (const { qos, payloadBytes, count } of cases) {
    const filter = server === 'mosquitto' ? 'feed/#' : sourceFilter(qos, payloadBytes, count);
    yield {
      name: `receive QoS ${qos}, ${payloadBytes === 64 ? '64 B' : '1 KiB'}`,
      server,
      transport,
      work: { kind: 'receive', qos, payloadBytes, count, filter },
      rounds,
      subjects: transport === 'tcp' ? everybody : libraries,
    };
  }
}

function roundTrips(server: ServerName, transport: Place['transport']): Bench {
  return {
    name: 'round trip QoS 1, 64 B, 1000 a second',
    server,
    transport,
    work: { kind: 'roundTrip', payloadBytes: 64, count: 2_000, aSecond: 1_000 },
    rounds: 5,
    subjects: libraries,
  };
}

/** Everything that is measured of clients, the plain server first. */
export const benches: readonly Bench[] = [
  ...publishing('plain server', 'tcp'),
  ...allAtOnce('plain server', 'tcp', [...smallBursts, ...largeBursts]),
  ...receiving('plain server', 'tcp'),
  roundTrips('plain server', 'tcp'),
  ...publishing('plain server', 'ws'),
  ...allAtOnce('plain server', 'ws', smallBursts),
  ...receiving('plain server', 'ws'),
  roundTrips('plain server', 'ws'),
  ...publishing('mosquitto', 'tcp'),
  // Mosquitto ends the connection of a client that has thousands of QoS 2 messages under way.
  ...allAtOnce('mosquitto', 'tcp', smallBursts.slice(0, 2)),
  ...receiving('mosquitto', 'tcp'),
  roundTrips('mosquitto', 'tcp'),
  ...publishing('mosquitto', 'ws'),
  ...receiving('mosquitto', 'ws'),
  roundTrips('mosquitto', 'ws'),
];

export function titleOf({ name, server, transport }: Bench): string {
  return `${name}, ${server} over ${transport === 'tcp' ? 'TCP' : 'WebSocket'}`;
}
