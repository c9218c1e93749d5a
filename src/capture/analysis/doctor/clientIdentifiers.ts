import type { ControlPacket } from '../../../protocol/controlPacket';
import type { SeenConnection, SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, Subjects } from './finding';

/** Fewer may be several programs. */
const fewestConnections = 3;
/** Devices whose topics hold their identifiers come back by and by; where of so many connections none did, it is made up. */
const fewestNamed = 8;
const mostIdentifiers = 64;
/** Packets of a connection in whose topics its identifier is looked for. */
const mostLooks = 16;
/** Shorter ones are in a topic by chance. */
const shortestNamed = 3;

interface Origin {
  readonly place: string;
  readonly identifiers: Set<string>;
  readonly evidence: Evidence;
  connections: number;
  open: number;
  /** Two were connected at once, or as two users, so they are not one device that comes back. */
  several: boolean;
  userName: string | undefined;
  /** Connections with topics that hold their identifier: whoever listens to those may have to know it, so it may stay. */
  named: number;
}

/** A connection whose topics are looked at. */
interface Counted {
  readonly origin: Origin;
  readonly identifier: string;
  looks: number;
}

/**
 * A device that connects with another Client Identifier each time: every session it had stays behind. Several devices behind
 * one address that come one after another look alike, but for user names and topics.
 */
export class ClientIdentifiers implements FindingFamily {
  private readonly origins = new Subjects<Origin>();
  readonly subjects = [this.origins];
  private readonly counted = new Map<number, Counted>();

  packet({ row, connection, packet, sender }: SeenPacket): void {
    if (packet && sender === 'client') this.lookAtTopics(packet, row.topic, connection);
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
        userName: packet.userName,
        named: 0,
      },
    }));
    if (!origin || this.counted.has(connection.number)) return;
    this.counted.set(connection.number, { origin, identifier: packet.clientIdentifier, looks: 0 });
    this.lookAtTopics(packet, undefined, connection);
    origin.several ||= origin.open > 0 || origin.userName !== packet.userName;
    origin.open++;
    origin.connections++;
    if (origin.identifiers.size < mostIdentifiers) origin.identifiers.add(packet.clientIdentifier);
    origin.evidence.add(row.sequence);
  }

  ended(connection: SeenConnection): void {
    const counted = this.counted.get(connection.number);
    if (counted) counted.origin.open--;
    this.counted.delete(connection.number);
  }

  private lookAtTopics(packet: ControlPacket, topic: string | undefined, { number }: SeenConnection): void {
    const counted = this.counted.get(number);
    if (!counted || counted.looks >= mostLooks) return;
    const topics = topicsOf(packet, topic);
    if (topics.length === 0) return;
    counted.looks++;
    const { identifier, origin } = counted;
    if (identifier.length < shortestNamed || !topics.some((each) => each.includes(identifier))) return;
    counted.looks = mostLooks;
    origin.named++;
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [key, origin] of this.origins) {
      const { identifiers, evidence, connections, several, named } = origin;
      const all = [...identifiers];
      const changes = identifiers.size === Math.min(connections, mostIdentifiers);
      if (several || (2 * named > connections && connections < fewestNamed)) continue;
      if (connections < fewestConnections || !changes || !areAlike(all)) continue;
      const { place } = origin;
      found.push({
        id: `identifierChanges:${key}`,
        kind: 'identifierChanges',
        // With their identifiers in their topics they may as well be several devices, each of which came once.
        severity: 2 * named > connections ? 'hint' : 'warning',
        title: `Each connection from ${place} has another identifier`,
        sentence: `${counted(connections, 'connection')} from ${place}, one after another, had as many Client Identifiers, such as “${all[0] ?? ''}” and “${all[1] ?? ''}”. Either one client makes up another each time, or several take turns behind one address. The server takes each for a new client (3.1.3.1): of one that makes it up, sessions, subscriptions and queued messages of before are never found again, and pile up where they do not expire. It needs one that stays, such as one made of its serial number.`,
        packets: evidence.packets,
        count: connections,
        client: undefined,
      });
    }
    return found;
  }
}

function topicsOf(packet: ControlPacket, topic: string | undefined): readonly string[] {
  switch (packet.type) {
    case 'PUBLISH':
      return [topic ?? packet.topicName];
    case 'CONNECT':
      return packet.will ? [packet.will.topicName] : [];
    case 'SUBSCRIBE':
      return packet.subscriptions.map(({ topicFilter }) => topicFilter);
    default:
      return [];
  }
}

/** Whether the identifiers have a beginning in common, or are all of one length and of random characters. */
function areAlike(identifiers: readonly string[]): boolean {
  const [first = '', ...others] = identifiers;
  let common = 0;
  while (common < first.length && others.every((each) => each[common] === first[common])) common++;
  return common >= 2 || others.every(({ length }) => length === first.length);
}
