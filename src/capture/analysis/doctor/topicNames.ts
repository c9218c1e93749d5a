import type { SeenPacket } from '../seen';
import { Evidence, type Finding, type FindingFamily, Subjects } from './finding';

type Oddity = 'slash' | 'space';

interface Odd {
  readonly evidence: Evidence;
  /** Who uses it; undefined where a server delivered it, and nobody who uses it was seen so far. */
  client: string | undefined;
  /** What is odd about it: it may be both. */
  readonly what: readonly Oddity[];
}

/** Topic Names, also of wills, and Topic Filters that begin with a slash or hold spaces. */
export class TopicNames implements FindingFamily {
  private readonly topics = new Subjects<Odd>();
  readonly subjects = [this.topics];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type === 'PUBLISH' && row.topic !== undefined) {
      this.note(row.topic, row.sequence, sender === 'server' ? undefined : connection.label);
    }
    if (packet?.type === 'CONNECT' && packet.will)
      this.note(packet.will.topicName, row.sequence, connection.label);
    if (packet?.type !== 'SUBSCRIBE') return;
    for (const { topicFilter } of packet.subscriptions)
      this.note(topicFilter, row.sequence, connection.label);
  }

  findings(): readonly Finding[] {
    return [...this.topics].flatMap(([topic, { evidence, client, what }]) =>
      what.map((oddity) => ({
        id: `topicShape:${oddity}:${topic}`,
        kind: 'topicShape' as const,
        severity: 'hint' as const,
        title: oddity === 'slash' ? `“${topic}” begins with a slash` : `“${topic}” holds a space`,
        sentence:
          oddity === 'slash'
            ? `The first level of “${topic}” is empty, so it is another topic than “${topic.replace(/^\/+/, '')}” and “+/…” matches it one level deeper than expected (4.7.1.1, 4.7.3). Leave the leading slash out, in publishers and subscribers alike.`
            : `Spaces are allowed in topics and seldom meant (4.7.3): they are hard to see, and a topic with one is another topic than the same without. Look for a space at the end, and replace others by “-” or “_”.`,
        packets: evidence.packets,
        count: evidence.count,
        client,
      })),
    );
  }

  private note(topic: string, sequence: number, client: string | undefined): void {
    const what: readonly Oddity[] = [
      ...(topic.startsWith('/') ? (['slash'] as const) : []),
      ...(topic.includes(' ') ? (['space'] as const) : []),
    ];
    if (what.length === 0) return;
    const odd = this.topics.of(topic, () => ({ evidence: new Evidence(), client, what }));
    if (!odd) return;
    // What a server passes on is evidence only where nobody was seen who sent it.
    if (odd.client !== undefined && client === undefined) return;
    odd.client ??= client;
    odd.evidence.add(sequence);
  }
}
