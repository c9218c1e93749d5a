import type { SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, Subjects } from './finding';

const oddities = ['slash', 'space'] as const;

type Oddity = (typeof oddities)[number];

interface Odd {
  readonly evidence: Evidence;
  /** Who uses it; undefined where a server delivered it, and nobody who uses it was seen so far. */
  client: string | undefined;
  /** What is odd about it: it may be both. */
  readonly what: readonly Oddity[];
}

/** Topics that are odd in one way, with what is known of each. */
type Group = (readonly [topic: string, odd: Odd])[];

/** How many hints there are of one oddity, each for the topics of one first level, before one is for all of them. */
const mostGroups = 20;

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
    return oddities.flatMap((oddity) => {
      const groups = new Map<string, Group>();
      for (const [topic, odd] of this.topics) {
        if (!odd.what.includes(oddity)) continue;
        const level = firstLevel(topic);
        const group = groups.get(level);
        if (group) group.push([topic, odd]);
        else groups.set(level, [[topic, odd]]);
      }
      // So many have a device or a room as their first level, and say one thing.
      if (groups.size > mostGroups) return [hint(oddity, undefined, [...groups.values()].flat())];
      return Array.from(groups, ([level, group]) => hint(oddity, level, group));
    });
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

/** The first level of a topic that is not empty, with the slashes before it. */
function firstLevel(topic: string): string {
  return /^\/*[^/]*/.exec(topic)?.[0] ?? '';
}

/** @param level what the topics begin with; undefined where they have many first levels */
function hint(oddity: Oddity, level: string | undefined, group: Group): Finding {
  const evidence = new Evidence();
  const clients = new Set(group.map(([, { client }]) => client));
  evidence.rest(...group.flatMap(([, odd]) => odd.evidence.packets).sort((a, b) => a - b));
  const [topic = ''] = group[0] ?? [];
  const isOne = group.length === 1;
  const which = isOne
    ? `“${topic}”`
    : `${counted(group.length, 'topic')}${level === undefined ? '' : ` under “${level}”`}`;
  const verb = oddity === 'slash' ? (isOne ? 'begins' : 'begin') : isOne ? 'holds' : 'hold';
  const example = isOne ? '' : `, as that of the others,`;
  return {
    id: `topicShape:${oddity}:${level ?? '*'}`,
    kind: 'topicShape',
    severity: 'hint',
    title: `${which} ${verb} ${oddity === 'slash' ? 'with a slash' : 'a space'}`,
    sentence:
      oddity === 'slash'
        ? `The first level of “${topic}”${example} is empty, so it is another topic than “${topic.replace(/^\/+/, '')}” and “+/…” matches it one level deeper than expected (4.7.1.1, 4.7.3). Leave the leading slash out, in publishers and subscribers alike.`
        : `Spaces${isOne ? '' : `, such as in “${topic}”,`} are allowed in topics and seldom meant (4.7.3): they are hard to see, and a topic with one is another topic than the same without. Look for a space at the end, and replace others by “-” or “_”.`,
    packets: evidence.packets,
    count: group.reduce((sum, [, odd]) => sum + odd.evidence.count, 0),
    client: clients.size === 1 ? [...clients][0] : undefined,
  };
}
