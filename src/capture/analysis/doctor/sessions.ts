import type { SeenConnection, SeenPacket } from '../seen';
import { ClientSubjects, Evidence, patience, times } from './finding';
import type { DoctorContext, Finding, FindingFamily } from './finding';

interface ClientSession {
  /** The last SUBSCRIBE of a connection that is over. */
  subscribed: number | undefined;
  current:
    | {
        readonly connection: SeenConnection;
        readonly connack: number;
        readonly at: number;
        subscribed: boolean;
        last: number | undefined;
      }
    | undefined;
  readonly lost: Evidence;
  cleanStart: boolean;
}

/** A client that subscribed, came back to a new session, and did not subscribe again. */
export class Sessions implements FindingFamily {
  private readonly clients = new ClientSubjects<ClientSession>(() => ({
    ...{ subscribed: undefined, current: undefined, lost: new Evidence(), cleanStart: false },
  }));
  readonly subjects = [this.clients];

  packet({ row, connection, packet }: SeenPacket): void {
    if (packet?.type === 'CONNACK' && packet.reasonCode === 0 && connection.connect) {
      const client = this.clients.ofConnection(connection);
      if (!client) return;
      this.settle(client, row.at);
      const newSession = !packet.sessionPresent;
      // A session that goes on has its subscriptions.
      client.current = {
        connection,
        connack: row.sequence,
        at: row.at,
        subscribed: !newSession,
        last: newSession ? undefined : client.subscribed,
      };
    }
    if (packet?.type !== 'SUBSCRIBE') return;
    const current = this.clients.get(connection.client)?.current;
    if (current?.connection !== connection) return;
    current.subscribed = true;
    current.last = row.sequence;
  }

  ended(connection: SeenConnection): void {
    const client = this.clients.get(connection.client);
    if (client?.current?.connection === connection)
      this.settle(client, connection.endedAt ?? connection.last.at);
  }

  findings({ now }: DoctorContext): readonly Finding[] {
    const found: Finding[] = [];
    for (const [id, client] of this.clients) {
      const { current, subscribed, lost } = client;
      const open =
        current !== undefined &&
        !current.subscribed &&
        subscribed !== undefined &&
        now - current.at > patience;
      const count = lost.count + (open ? 1 : 0);
      if (count === 0) continue;
      const packets = open
        ? [...lost.packets, subscribed, current.connection.connect?.sequence ?? current.connack]
        : lost.packets;
      const clean = open ? (current.connection.connect?.cleanStart ?? false) : client.cleanStart;
      found.push(finding(id, client.label, [...new Set(packets)], count, clean));
    }
    return found;
  }

  /** A connection is over, or another one of the client has begun. */
  private settle(client: ClientSession, at: number): void {
    const { current, subscribed } = client;
    if (!current) return;
    if (!current.subscribed && subscribed !== undefined && at - current.at > patience) {
      client.lost.add(subscribed, current.connection.connect?.sequence ?? current.connack);
      client.cleanStart = current.connection.connect?.cleanStart ?? false;
    }
    if (current.last !== undefined) client.subscribed = current.last;
    client.current = undefined;
  }
}

function finding(
  id: string,
  label: string,
  packets: readonly number[],
  count: number,
  clean: boolean,
): Finding {
  const why = clean
    ? 'It connects with Clean Start (Clean Session), which throws away the session with all its subscriptions (3.1.2.4)'
    : 'The server no longer had its session: it had expired, or the server does not keep sessions (3.2.2.1.1)';
  return {
    id: `subscriptionsLost:${id}`,
    kind: 'subscriptionsLost',
    severity: 'problem',
    title: `“${label}” lost its subscriptions when it reconnected`,
    sentence: `“${label}” had subscribed, came back to a new session ${times(count)}, and did not subscribe again, so nothing is delivered to it. ${why}. Subscribe after every CONNACK whose Session Present is 0, or connect without Clean Start and with a Session Expiry Interval.`,
    packets,
    count,
    client: label,
  };
}
