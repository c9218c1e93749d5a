import { steadyName } from '../base/connectionName';
import { inSlices, type Pace } from '../base/slices';
import { longestCharted, numericTree, numericValue } from '../payload/numericPaths';
import { parsePayloadPath, type PathStep } from '../payload/payloadPath';
import { PacketReader } from '../protocol/codec';
import { dissect } from '../protocol/dissect';
import { ProtocolViolation } from '../protocol/violations';
import type { Direction } from '../session/effects';
import { steadyNameOf } from './clientIdentity';
import type { PacketLog, PacketRow } from './packetLog';

/** A number to follow: a place in the payloads of one topic that go one way on the connections of one client. */
export interface NumberSource {
  /** A name of the client: what stays of the name of each of its connections, or the name of one of them. */
  readonly client: string;
  readonly direction: Direction;
  readonly topic: string;
  /** In the syntax of `where`. */
  readonly path: string;
}

/** The numbers of one source, in the order they came. */
export interface FoundNumbers {
  readonly sequences: number[];
  /** Milliseconds since the Unix epoch. */
  readonly times: number[];
  readonly values: number[];
  /** Payloads without a number at the path. */
  without: number;
  /** Payloads longer than {@link longestCharted}. */
  tooLong: number;
}

export interface NumbersOptions {
  readonly pace: Pace;
  /** Milliseconds after which what was found is given. */
  readonly patience: number;
  /** Numbers after which what was found is given. */
  readonly most: number;
}

/** Rows that are looked at between two looks at the clock; a payload costs as much as many rows, and by its bytes. */
const rowsInStep = 256;
const payloadsInStep = 8;
const bytesInStep = 32 * 1024;
/** Bytes of a packet whose payload may be looked into: topic and properties take some. */
const longestPacket = longestCharted + 128 * 1024;

interface Followed {
  readonly source: NumberSource;
  readonly steps: readonly PathStep[] | undefined;
  readonly found: FoundNumbers;
}

/**
 * The numbers of sources in the rows from `from` on, in one pass for all of them and in slices. Returns what it found when
 * it came to the end of the log, or found enough, or took as long as it may: `next` is the row to go on with.
 */
export async function topicNumbers(
  log: PacketLog,
  sources: readonly NumberSource[],
  from: number,
  { pace, patience, most }: NumbersOptions,
): Promise<{ readonly found: readonly FoundNumbers[]; readonly next: number }> {
  const followed = sources.map((source): Followed => ({
    source,
    steps: parsePayloadPath(source.path),
    found: { sequences: [], times: [], values: [], without: 0, tooLong: 0 },
  }));
  const byTopic = new Map<string, Followed[]>();
  for (const one of followed) {
    byTopic.set(one.source.topic, [...(byTopic.get(one.source.topic) ?? []), one]);
  }
  const isOf = connectionsOf(log);
  let at = Math.max(from, log.first);
  let count = 0;
  const end = pace.now() + patience;
  await inSlices(
    () => {
      let payloads = 0;
      let bytes = 0;
      at = Math.max(at, log.first);
      for (
        let looked = 0;
        looked < rowsInStep && payloads < payloadsInStep && bytes < bytesInStep;
        looked++, at++
      ) {
        if (at >= log.end || count >= most) return true;
        const row = log.row(at);
        if (row?.packetType !== 'PUBLISH' || row.kind !== 'packet' || row.topic === undefined) continue;
        const wanted = byTopic
          .get(row.topic)
          ?.filter(({ source }) => row.direction === source.direction && isOf(row, source));
        if (!wanted || wanted.length === 0) continue;
        payloads++;
        bytes += row.length;
        count += take(log, row, wanted);
      }
      return false;
    },
    { pace, wanted: () => pace.now() < end },
  );
  return { found: followed.map(({ found }) => found), next: at };
}

/** A test whether a row's connection is one of a source's client, by names that are read once. */
function connectionsOf(log: PacketLog): (row: PacketRow, source: NumberSource) => boolean {
  const read = new Map<number, { readonly name: string; readonly steady: string }>();
  const clients = new Map<string, string>();
  /** What stays of a name, as that connection has it whose name it is: one of our own keeps all of it. */
  const steadyClient = (client: string): string => {
    let steady = clients.get(client);
    if (steady === undefined) {
      const of = log.connections.find(({ name }) => name === client);
      steady = of ? steadyNameOf(log, of.number) : steadyName(client);
      clients.set(client, steady);
    }
    return steady;
  };
  return ({ connection }, { client }) => {
    const name = log.connectionName(connection);
    if (name === undefined || name === client) return name !== undefined;
    let known = read.get(connection);
    if (known?.name !== name) {
      known = { name, steady: steadyNameOf(log, connection) };
      read.set(connection, known);
    }
    return known.steady === steadyClient(client);
  };
}

/** Enters what a packet has for each of the sources, and returns how many numbers that were. */
function take(log: PacketLog, row: PacketRow, followed: readonly Followed[]): number {
  const payload = row.length > longestPacket ? undefined : payloadOf(log, row);
  const isTooLong = row.length > longestPacket || (payload?.length ?? 0) > longestCharted;
  const tree = payload && !isTooLong ? numericTree(payload) : undefined;
  let count = 0;
  for (const { steps, found } of followed) {
    if (isTooLong) {
      found.tooLong++;
      continue;
    }
    const node = steps && tree?.find(steps);
    const value =
      node === undefined || !tree || tree.isContainer(node) ? undefined : numericValue(tree.value(node));
    if (value === undefined) {
      found.without++;
      continue;
    }
    found.sequences.push(row.sequence);
    found.times.push(row.at);
    found.values.push(value);
    count++;
  }
  return count;
}

const reader = new PacketReader();

/** The payload of a PUBLISH of the log, a view; undefined where it can have none. */
export function payloadOf(log: PacketLog, { sequence, version }: PacketRow): Uint8Array | undefined {
  const bytes = log.bytesAt(sequence);
  if (!bytes) return undefined;
  try {
    const packet = reader.read(bytes, 0, bytes.length, version);
    return packet.type === 'PUBLISH' ? packet.payload : undefined;
  } catch (error) {
    if (!(error instanceof ProtocolViolation)) throw error;
    // A broken rule does not keep it from having a payload, which the slower reader finds.
    const { packet } = dissect(bytes, { version });
    return packet?.type === 'PUBLISH' ? packet.payload : undefined;
  } finally {
    reader.release();
  }
}
