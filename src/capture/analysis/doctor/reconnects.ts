import { durationText } from '../../../base/duration';
import type { SeenConnection, SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, median, Subjects, times } from './finding';

/** From so many connections on, each within so many milliseconds after the one before, it is a storm. */
const fewestConnects = 5;
const longestInterval = 60_000;
const mostIntervals = 64;

interface Connects {
  readonly label: string;
  evidence: Evidence;
  last: number;
  /** The connection before: it may have ended without that being told yet. */
  before: SeenConnection | undefined;
  intervals: number[];
  /** The Reason Codes of refusals, and how often there was each. */
  readonly refusals: Map<number, number>;
  /** Of the connections that ended: how long they lasted. */
  lifetimes: number[];
}

/**
 * A client that connects again and again because its connections fail, with the period of its attempts. One that says goodbye
 * each time, as a sensor does that sleeps in between, or a command in a loop, does what it means to.
 */
export class Reconnects implements FindingFamily {
  private readonly clients = new Subjects<Connects>();
  readonly subjects = [this.clients];

  packet({ row, connection, packet }: SeenPacket): void {
    // Bytes of a dump have no time of their own.
    if (packet?.type === 'CONNECT' && !row.decoded) this.connected(connection, row.at, row.sequence);
    if (packet?.type !== 'CONNACK' || packet.reasonCode === 0) return;
    const refusals = this.clients.get(connection.client)?.refusals;
    refusals?.set(packet.reasonCode, (refusals.get(packet.reasonCode) ?? 0) + 1);
  }

  ended(connection: SeenConnection): void {
    const client = this.clients.get(connection.client);
    if (!client || !connection.connect || connection.endedAt === undefined || isDone(connection)) return;
    client.lifetimes = [...client.lifetimes, connection.endedAt - connection.connect.at].slice(
      -mostIntervals,
    );
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [id, client] of this.clients)
      if (client.evidence.count >= fewestConnects) found.push(storm(id, client));
    return found;
  }

  private connected(connection: SeenConnection, at: number, sequence: number): void {
    const client = this.clients.of(connection.client, () => ({
      ...{ label: connection.label, evidence: new Evidence(), last: at, before: undefined, intervals: [] },
      ...{ refusals: new Map<number, number>(), lifetimes: [] },
    }));
    if (!client) return;
    const interval = at - client.last;
    const { before } = client;
    client.last = at;
    client.before = connection;
    if (client.evidence.count > 0 && (interval > longestInterval || (before && isDone(before)))) {
      // A storm that was one is still told of; a new one begins where there was none.
      if (client.evidence.count >= fewestConnects) return;
      client.evidence = new Evidence();
      client.intervals = [];
    }
    if (client.evidence.count > 0) client.intervals = [...client.intervals, interval].slice(-mostIntervals);
    client.evidence.add(sequence);
  }
}

/** Whether a client was let in, as far as was seen, and left because it had nothing more to do. */
function isDone({ connack, disconnect }: SeenConnection): boolean {
  if (connack && connack.reasonCode !== 0) return false;
  return disconnect?.by === 'client' && disconnect.reasonCode < 0x80;
}

function storm(id: string, { label, evidence, intervals, refusals, lifetimes }: Connects): Finding {
  const period = median(intervals);
  const [refusal] = [...refusals].sort((a, b) => b[1] - a[1]);
  const lived = median(lifetimes);
  const why = refusal
    ? ` ${refusal[1] === 1 ? 'One of them was' : `${refusal[1]} of them were`} refused with 0x${refusal[0].toString(16).toUpperCase().padStart(2, '0')}: mend what that says, since trying again does not.`
    : Number.isNaN(lived)
      ? ''
      : ` A connection lasted ${durationText(lived)}: look at its last packets for why it ends.`;
  return {
    id: `reconnectStorm:${id}`,
    kind: 'reconnectStorm',
    severity: 'problem',
    title: `“${label}” reconnects every ${durationText(period)}`,
    sentence: `“${label}” connected ${times(evidence.count)}, about every ${durationText(period)}.${why} Let the client wait longer after each failure, with some randomness, so that a server that comes back is not overrun.`,
    packets: evidence.packets,
    count: evidence.count,
    client: label,
  };
}
