import type { SeenConnection } from '../seen';
import { willIsPublished } from '../timeline/timeline';
import { Evidence, type Finding, type FindingFamily, Subjects, times } from './finding';

/** Once is what a will is for. */
const fewestWills = 2;

interface ClientWills {
  readonly label: string;
  topic: string;
  readonly published: Evidence;
  /** How often it left with DISCONNECT. */
  left: number;
}

/** A client whose Will Message is published whenever its connection ends, since it never sends DISCONNECT. */
export class Wills implements FindingFamily {
  private readonly clients = new Subjects<ClientWills>();
  readonly subjects = [this.clients];

  ended(connection: SeenConnection): void {
    const { connect, connack } = connection;
    if (!connect?.will || connack?.reasonCode !== 0) return;
    const { topicName } = connect.will;
    const client = this.clients.of(connection.client, () => ({
      ...{ label: connection.label, topic: topicName, published: new Evidence(), left: 0 },
    }));
    if (!client) return;
    client.topic = topicName;
    if (willIsPublished(connection)) client.published.add(connect.sequence, connection.last.sequence);
    else client.left++;
  }

  findings(): readonly Finding[] {
    const found: Finding[] = [];
    for (const [id, { label, topic, published, left }] of this.clients) {
      const { count, packets } = published;
      if (count < fewestWills || left > 0) continue;
      found.push({
        id: `willAtEveryDisconnect:${id}`,
        kind: 'willAtEveryDisconnect',
        severity: 'warning',
        title: `The will of “${label}” is sent whenever it disconnects`,
        sentence: `All ${count} connections of “${label}” ended without the DISCONNECT that cancels its Will Message, so the server published it to “${topic}” ${times(count)} (3.1.2.5). Send DISCONNECT before closing the connection on purpose, such as before deep sleep or a restart; if it was not on purpose, look for what ends the connections.`,
        packets,
        count,
        client: label,
      });
    }
    return found;
  }
}
