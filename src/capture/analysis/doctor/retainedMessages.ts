import type { SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, Subjects } from './finding';

interface Kept {
  /** The last retained message that was not empty. */
  sequence: number;
}

interface Cleared {
  readonly topic: string;
  readonly evidence: Evidence;
  by: string;
}

/**
 * A retained message that an empty one deleted: meant by who cleans up, and a bug where an empty payload got out by mistake.
 * Each server keeps its own.
 */
export class RetainedMessages implements FindingFamily {
  private readonly topics = new Subjects<Kept>();
  private readonly cleared = new Subjects<Cleared>();
  readonly subjects = [this.topics, this.cleared];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type !== 'PUBLISH' || !packet.retain || sender !== 'client' || row.topic === undefined)
      return;
    const { topic, sequence } = row;
    const key = `${connection.server}\n${topic}`;
    if (packet.payload.length > 0) {
      const kept = this.topics.of(key, () => ({ sequence }));
      if (kept) kept.sequence = sequence;
      return;
    }
    const before = this.topics.get(key)?.sequence;
    this.topics.delete(key);
    if (before === undefined) return;
    const cleared = this.cleared.of(key, () => ({ topic, evidence: new Evidence(), by: '' }));
    if (!cleared) return;
    cleared.by = connection.label;
    cleared.evidence.add(before, sequence);
  }

  findings(): readonly Finding[] {
    return Array.from(this.cleared, ([key, { topic, evidence, by }]) => ({
      id: `retainedCleared:${key}`,
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
