import type { SeenPacket } from '../seen';

/** How many topics are followed, of each client that publishes or receives them. */
const mostTopics = 2_000;
/** How many of its messages are remembered of a topic, the last ones. */
const mostMessages = 256;
const fewestMessages = 8;
/** A topic is periodic where so many of its intervals are within this fraction of the middle one. */
const neededShare = 0.7;
const allowedSpread = 0.3;
/** From so many periods on an interval is a gap. */
const gapPeriods = 2;
/** How many gaps are named of a topic, the longest ones. */
const mostGaps = 5;

/** A time without a message that a topic with a period should have had. */
export interface TopicGap {
  /** The message that ended it. */
  readonly sequence: number;
  /** When the message before it came. */
  readonly from: number;
  readonly milliseconds: number;
  /** How many messages are missing, going by the period. */
  readonly missing: number;
}

export interface PeriodicTopic {
  readonly topic: string;
  /** Who published or received it. */
  readonly client: string;
  /** Whether the client published it. */
  readonly fromClient: boolean;
  /** The last messages, on which all of this rests. */
  readonly messages: number;
  /** All in milliseconds. */
  readonly period: number;
  /** How far an interval is beside the period: half of them by at most, 99 of 100 by at most; gaps are not counted. */
  readonly jitterMedian: number;
  readonly jitterP99: number;
  readonly gaps: readonly TopicGap[];
  readonly gapCount: number;
  readonly last: number;
}

interface Messages {
  readonly topic: string;
  readonly client: string;
  readonly fromClient: boolean;
  /** A ring of times and sequence numbers, which doubles until it has {@link mostMessages} places. */
  at: Float64Array;
  sequence: Float64Array;
  count: number;
}

/** Which topics have their messages at regular times, how regular those are, and where one was left out. */
export class PeriodicTopics {
  private readonly topics = new Map<string, Messages>();
  private first = 0;

  note({ row, connection, sender, packet }: SeenPacket): void {
    // A retained message is not sent when it is published, and a copy not at a time of its own.
    if (packet?.type !== 'PUBLISH' || row.topic === undefined || packet.dup) return;
    const fromClient = sender === 'client';
    if (packet.retain && !fromClient) return;
    const key = `${fromClient ? 1 : 0}${connection.lane}\n${row.topic}`;
    let messages = this.topics.get(key);
    if (!messages) {
      if (this.topics.size === mostTopics) return;
      const room = fewestMessages;
      const [at, sequence] = [new Float64Array(room), new Float64Array(room)];
      messages = { topic: row.topic, client: connection.label, fromClient, at, sequence, count: 0 };
      this.topics.set(key, messages);
    }
    if (messages.count === messages.at.length && messages.count < mostMessages) grow(messages);
    const place = messages.count++ % messages.at.length;
    messages.at[place] = row.at;
    messages.sequence[place] = row.sequence;
  }

  forgetBefore(first: number): void {
    this.first = first;
    for (const [key, { sequence, count }] of this.topics) {
      if ((sequence[(count - 1) % sequence.length] ?? 0) < first) this.topics.delete(key);
    }
  }

  /** The periodic ones. Yields where its caller may rest. */
  *found(): Generator<undefined, readonly PeriodicTopic[]> {
    const found: PeriodicTopic[] = [];
    let looked = 0;
    for (const messages of this.topics.values()) {
      const topic = messages.count < fewestMessages ? undefined : periodic(messages, this.first);
      if (topic) found.push(topic);
      if (++looked % 16 === 0) yield undefined;
    }
    return found;
  }
}

function grow(messages: Messages): void {
  const room = messages.at.length * 2;
  const [at, sequence] = [new Float64Array(room), new Float64Array(room)];
  at.set(messages.at);
  sequence.set(messages.sequence);
  Object.assign(messages, { at, sequence });
}

function periodic(messages: Messages, first: number): PeriodicTopic | undefined {
  const { at, sequence, count } = messages;
  const room = at.length;
  const intervals: TopicGap[] = [];
  let kept = 0;
  let before: number | undefined;
  for (let index = Math.max(0, count - room); index < count; index++) {
    const [time, of] = [at[index % room] ?? 0, sequence[index % room] ?? 0];
    if (of < first) continue;
    kept++;
    if (before !== undefined)
      intervals.push({ sequence: of, from: before, milliseconds: time - before, missing: 0 });
    before = time;
  }
  if (kept < fewestMessages) return undefined;
  const sorted = intervals.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const period = quantile(sorted, 0.5);
  if (!(period > 0)) return undefined;
  const near = sorted.filter((each) => Math.abs(each - period) <= period * allowedSpread).length;
  if (near < sorted.length * neededShare) return undefined;
  const isGap = (milliseconds: number): boolean =>
    milliseconds >= period * gapPeriods * (1 - allowedSpread / 3);
  const gaps = intervals
    .filter(({ milliseconds }) => isGap(milliseconds))
    .map((gap) => ({ ...gap, missing: Math.max(1, Math.round(gap.milliseconds / period) - 1) }));
  const off = sorted
    .filter((each) => !isGap(each))
    .map((each) => Math.abs(each - period))
    .sort((a, b) => a - b);
  const { topic, client, fromClient } = messages;
  return {
    ...{ topic, client, fromClient, period },
    messages: kept,
    jitterMedian: quantile(off, 0.5),
    jitterP99: quantile(off, 0.99),
    gaps: [...gaps].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, mostGaps),
    gapCount: gaps.length,
    last: sequence[(count - 1) % room] ?? 0,
  };
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0;
}
