import type { SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, mostSubjects } from './finding';

interface Retained {
  readonly sequence: number;
  readonly client: string;
}

/** A retained message that an empty one deleted: meant by who cleans up, and a bug where an empty payload got out by mistake. */
export class RetainedMessages implements FindingFamily {
  private readonly topics = new Map<string, Retained>();
  private readonly cleared = new Map<string, { readonly evidence: Evidence; by: string }>();

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type !== 'PUBLISH' || !packet.retain || sender !== 'client' || row.topic === undefined)
      return;
    const { topic, sequence } = row;
    if (packet.payload.length > 0) {
      if (this.topics.size < mostSubjects || this.topics.has(topic)) {
        this.topics.set(topic, { sequence, client: connection.label });
      }
      return;
    }
    const before = this.topics.get(topic);
    if (!before) return;
    this.topics.delete(topic);
    const cleared = this.cleared.get(topic) ?? { evidence: new Evidence(), by: '' };
    if (this.cleared.size < mostSubjects) this.cleared.set(topic, cleared);
    cleared.by = connection.label;
    cleared.evidence.add(before.sequence, sequence);
  }

  findings(): readonly Finding[] {
    return Array.from(this.cleared, ([topic, { evidence, by }]) => ({
      id: `retainedCleared:${topic}`,
      kind: 'retainedCleared' as const,
      severity: 'hint' as const,
      title: `The retained message of “${topic}” was deleted`,
      sentence: `“${by}” published an empty retained message to “${topic}”, which deletes the one that was there (3.3.1.3), ${counted(evidence.count, 'time')}: who subscribes later gets nothing. Where that is not meant, look for a payload that is empty by mistake, such as a reading that failed, or a buffer whose length is 0.`,
      packets: evidence.packets,
      count: evidence.count,
      client: by,
    }));
  }
}
