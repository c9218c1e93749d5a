import { inSlices, type SliceOptions } from '../base/slices';
import { steadyNameOf } from './clientIdentity';
import type { PacketLog, PacketRow } from './packetLog';

/** Rows that are looked at between two looks at the clock. */
const rowsInStep = 512;

/**
 * The nearest PUBLISH before (`step` -1) or after (1) a packet that has its topic, client and direction; undefined
 * where the log holds none, or holds the packet itself no more, or nobody wants to know any longer.
 */
export async function topicNeighbour(
  log: PacketLog,
  sequence: number,
  step: 1 | -1,
  slices: SliceOptions,
): Promise<number | undefined> {
  const from = log.row(sequence);
  if (from?.topic === undefined || from.packetType !== 'PUBLISH') return undefined;
  const isOfClient = sameClient(log, from.connection);
  let found: number | undefined;
  let at = sequence + step;
  await inSlices(() => {
    for (let looked = 0; looked < rowsInStep; looked++, at += step) {
      // The log may move on between two slices: what was evicted is not there, what came is.
      if (at < log.first || at >= log.end) return true;
      const row = log.row(at);
      if (row && isSameFlow(row, from) && isOfClient(row.connection)) {
        found = at;
        return true;
      }
    }
    return false;
  }, slices);
  return found;
}

/** Whether a connection is of the same client as another one; it is looked up once for each. */
function sameClient(log: PacketLog, of: number): (connection: number) => boolean {
  const client = steadyNameOf(log, of);
  const verdicts = new Map<number, boolean>([[of, true]]);
  return (connection) => {
    const known = verdicts.get(connection) ?? steadyNameOf(log, connection) === client;
    verdicts.set(connection, known);
    return known;
  };
}

/** Cheap comparisons first: nearly every row fails one of them. */
function isSameFlow(row: PacketRow, from: PacketRow): boolean {
  return (
    row.direction === from.direction &&
    row.packetType === 'PUBLISH' &&
    row.kind === 'packet' &&
    row.topic === from.topic
  );
}
