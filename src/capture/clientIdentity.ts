import { namesOf, readConnectionName, shortName, steadyName } from '../base/connectionName';
import type { ControlPacket } from '../protocol/controlPacket';
import { QuickReader } from '../protocol/quickReading';
import type { Direction } from '../session/effects';
import type { PacketLog } from './packetLog';

/** What is known of a connection of which somebody asks whose it is. */
export interface ClientEvidence {
  /** Its number in the log. */
  readonly number: number;
  readonly name: string;
  /** Of its CONNECT, or as CONNACK assigned it. */
  readonly clientIdentifier: string | undefined;
  /** Which way packets of its client go; undefined where nothing told yet. */
  readonly clientDirection: Direction | undefined;
}

/** Whose a connection is: the one notion of a client that all analyses have. */
export interface ClientIdentity {
  /**
   * The same for all connections that share a session: those with one Client Identifier at one server. The local broker is
   * one server, so is each connection of our own by its name, and in a capture of another program each address with its
   * port. Its own where no CONNECT was captured.
   */
  readonly client: string;
  /** Whether its Client Identifier is known: another connection may be of the same client. */
  readonly isKnown: boolean;
  /**
   * The same for all connections that are drawn as one client: as `client`, but for our own connections their name alone,
   * since one that was given no Client Identifier has another with each window. A connection whose CONNECT could not be read
   * is drawn with those of the Client Identifier that its name has.
   */
  readonly lane: string;
  /** The server, as `client` tells it from others. */
  readonly server: string;
  /** What people call the client; the filter's `client` has it for each of its connections. */
  readonly label: string;
  /** The same with its server where that has a name of its own, for whoever sees two clients of one label. */
  readonly longLabel: string;
  /** Where it comes from: an address without a port, or the name of a connection of our own. */
  readonly origin: string;
}

/** Whose a connection is, as far as that is known. */
export function clientIdentity(evidence: ClientEvidence): ClientIdentity {
  const { number, name, clientIdentifier, clientDirection } = evidence;
  const read = readConnectionName(name);
  const isOurs = clientDirection === 'out' && read.server === undefined;
  const server = read.server ?? (isOurs ? name : '');
  const isKnown = clientIdentifier !== undefined;
  const client = isKnown ? `${clientDirection ?? ''}\n${server}\n${clientIdentifier}` : `#${number}`;
  if (isOurs)
    return { client, isKnown, lane: `out\n${name}`, server, label: name, longLabel: name, origin: name };
  const label = shortName(name);
  const longLabel = steadyName(name);
  // The address in front of a port is all that the name of a connection is before its CONNECT came.
  const origin = read.origin ?? name.replace(/:\d+$/, '');
  // Only of devices of the local broker and in captures of other programs does a name have an identifier.
  const direction = clientDirection ?? (read.server === undefined ? 'in' : 'out');
  const isNamed = !isKnown && read.identifier !== undefined;
  const lane = isNamed ? `${direction}\n${server}\n${read.identifier}` : client;
  return { client, isKnown, lane, server, label, longLabel, origin };
}

/** Whose a connection is, as its CONNECT and CONNACK say that are still in the log. */
export function clientOfConnection(log: PacketLog, connection: number): ClientIdentity {
  const { clientIdentifier, clientDirection } = openingOf(log, connection);
  const name = log.connectionName(connection) ?? `connection ${connection}`;
  return clientIdentity({ number: connection, name, clientIdentifier, clientDirection });
}

/**
 * What stays of the name of a connection from one to the next of its client, also where its CONNECT has left the log. A
 * connection of our own has its whole name, whatever that looks like.
 */
export function steadyNameOf(log: PacketLog, connection: number): string {
  const name = log.connectionName(connection) ?? `connection ${connection}`;
  return isOurs(log, connection, name) ? name : steadyName(name);
}

/** The shortest name that all connections of its client answer to; of a connection of our own its whole name, as above. */
export function shortNameOf(log: PacketLog, connection: number): string {
  const name = log.connectionName(connection) ?? `connection ${connection}`;
  return isOurs(log, connection, name) ? name : shortName(name);
}

/** All that the connection answers to in a filter; of a connection of our own its whole name alone, as above. */
export function namesOfConnection(log: PacketLog, connection: number): readonly string[] {
  const name = log.connectionName(connection) ?? `connection ${connection}`;
  return isOurs(log, connection, name) ? [name] : namesOf(name);
}

function isOurs(log: PacketLog, connection: number, name: string): boolean {
  return readConnectionName(name).server === undefined && log.isFromClient(connection, 'out');
}

/** What each of several clients is called, one of each lane: the long label where two have the same short one. */
export function distinctLabels(
  clients: Iterable<Pick<ClientIdentity, 'label' | 'longLabel'>>,
): (client: Pick<ClientIdentity, 'label' | 'longLabel'>) => string {
  const counts = new Map<string, number>();
  for (const { label } of clients) counts.set(label, (counts.get(label) ?? 0) + 1);
  return ({ label, longLabel }) => ((counts.get(label) ?? 0) > 1 ? longLabel : label);
}

type KnownOfClient = Pick<ClientEvidence, 'clientIdentifier' | 'clientDirection'>;

/** What CONNECT and CONNACK of a connection tell, wherever in its rows they are. */
export function openingOf(log: PacketLog, connection: number): KnownOfClient {
  const reader = new QuickReader();
  let known: KnownOfClient = { clientIdentifier: undefined, clientDirection: undefined };
  for (const sequence of log.milestones(connection)) {
    const row = log.row(sequence);
    const bytes = log.bytesAt(sequence);
    if (!row || !bytes) continue;
    // One that cannot be read still tells which way it went.
    const isFirst = row.packetType === 'CONNECT' && known.clientDirection === undefined;
    if (isFirst) known = { ...known, clientDirection: row.direction };
    const { packet } = reader.read(bytes.subarray(0, longestOpening), { version: row.version });
    if (isFirst && packet?.type === 'CONNECT' && packet.clientIdentifier !== '')
      return { ...known, clientIdentifier: packet.clientIdentifier };
    const assigned = assignedBy(packet);
    if (assigned === undefined || known.clientIdentifier !== undefined) continue;
    known = { clientIdentifier: assigned, clientDirection: row.direction === 'in' ? 'out' : 'in' };
  }
  return known;
}

function assignedBy(packet: ControlPacket | undefined): string | undefined {
  return packet?.type === 'CONNACK' ? packet.properties.assignedClientIdentifier : undefined;
}

/** Bytes of a CONNECT or CONNACK that are read. */
const longestOpening = 65_536;
