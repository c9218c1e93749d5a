import type { SeenConnection, SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, Subjects } from './finding';

/** Fewer may be several programs. */
const fewestConnections = 3;
const mostIdentifiers = 64;

interface Origin {
  readonly place: string;
  readonly identifiers: Set<string>;
  readonly evidence: Evidence;
  connections: number;
  open: number;
  /** Two were connected at once, so they are not one device that comes back. */
  several: boolean;
}

/** A device that connects with another Client Identifier each time: every session it had stays behind. */
export class ClientIdentifiers implements FindingFamily {
  private readonly origins = new Subjects<Origin>();
  readonly subjects = [this.origins];
  private readonly counted = new Map<number, Origin>();

  packet({ row, connection, packet }: SeenPacket): void {
    // A dump has the name of its file, which says nothing of who sent it.
    if (packet?.type !== 'CONNECT' || packet.clientIdentifier === '' || row.decoded) return;
    const { clientDirection, origin: place, server } = connection;
    const key = `${clientDirection ?? ''}\n${server}\n${place}`;
    const origin = this.origins.of(key, () => ({
      ...{
        place,
        identifiers: new Set<string>(),
        evidence: new Evidence(),
        connections: 0,
        open: 0,
        several: false,
      },
    }));
    if (!origin || this.counted.has(connection.number)) return;
    this.counted.set(connection.number, origin);
    origin.several ||= origin.open > 0;
    origin.open++;
    origin.connections++;
    if (origin.identifiers.size < mostIdentifiers) origin.identifiers.add(packet.clientIdentifier);
    origin.evidence.add(row.sequence);
  }

  ended(connection: SeenConnection): void {
    const origin = this.counted.get(connection.number);
    if (origin) origin.open--;
    this.counted.delete(connection.number);
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [key, origin] of this.origins) {
      const { identifiers, evidence, connections, several } = origin;
      const all = [...identifiers];
      const changes = identifiers.size === Math.min(connections, mostIdentifiers);
      if (several || connections < fewestConnections || !changes || !areAlike(all)) continue;
      const { place } = origin;
      found.push({
        id: `identifierChanges:${key}`,
        kind: 'identifierChanges',
        severity: 'warning',
        title: `A client at ${place} has another identifier each time`,
        sentence: `${counted(connections, 'connection')} from ${place} had as many Client Identifiers, such as “${all[0] ?? ''}” and “${all[1] ?? ''}”. The server takes each for a new client (3.1.3.1): sessions, subscriptions and queued messages of the ones before are never found again, and pile up where they do not expire. Use one that stays, such as one made of the serial number.`,
        packets: evidence.packets,
        count: connections,
        client: undefined,
      });
    }
    return found;
  }
}

/** Whether the identifiers have a beginning in common, or are all of one length and of random characters. */
function areAlike(identifiers: readonly string[]): boolean {
  const [first = '', ...others] = identifiers;
  let common = 0;
  while (common < first.length && others.every((each) => each[common] === first[common])) common++;
  return common >= 2 || others.every(({ length }) => length === first.length);
}
