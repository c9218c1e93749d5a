import type { CarriedMessage, LogObserver, SeenHandshake, SeenPacket } from '../seen';
import { otherKeys, StatisticsBlock, type Tally } from './block';
import type { Histogram } from './histogram';
import { PeriodicTopics } from './periodicTopics';
import type { HandshakeRow, Sizes, StatisticsReport, TallyRow, ViolationRow } from './report';

/** Packets of a block at first, and how many blocks there are at most before they are joined in twos. */
const firstBlockPackets = 8_192;
const mostBlocks = 48;
/** How many rows a table has at most, those with the most packets. */
const mostRows = 1_000;

/**
 * Counts what goes over all connections, in blocks of consecutive packets: with the packets that leave the log their block
 * is forgotten, as soon as all of it has left.
 */
export class Statistics implements LogObserver {
  private readonly blocks: StatisticsBlock[] = [];
  private blockPackets = firstBlockPackets;
  private periodic = new PeriodicTopics();

  packet(seen: SeenPacket): void {
    this.blockFor(seen.row.sequence).note(seen);
    this.periodic.note(seen);
  }

  handshake(handshake: SeenHandshake): void {
    this.blockFor(handshake.end.sequence).noteHandshake(handshake);
  }

  resumed({ kind }: CarriedMessage): void {
    this.blocks.at(-1)?.noteResumed(kind);
  }

  forgetBefore(first: number): void {
    const kept = this.blocks.findIndex(({ end }) => end > first);
    this.blocks.splice(0, kept < 0 ? this.blocks.length : kept);
    this.periodic.forgetBefore(first);
  }

  /** What there is so far. Yields where its caller may rest; packets that come meanwhile may be in it in part. */
  *report(): Generator<undefined, StatisticsReport> {
    const [oldest] = this.blocks;
    const all = new StatisticsBlock(oldest?.first ?? 0);
    for (const block of [...this.blocks]) {
      all.absorb(block);
      yield undefined;
    }
    const periodic = yield* this.periodic.found();
    const duration = all.packets === 0 ? 0 : all.lastAt - all.firstAt;
    const { first, end, packets, bytes, qos, retained, duplicates } = all;
    return {
      ...{ first, end, packets, bytes, duration, qos, retained, duplicates, periodic },
      clients: rows(all.clientsByName(), duration),
      topics: rows(all.topics, duration),
      types: rows(all.types, duration),
      packetSizes: sizes(all.packetSizes),
      payloadSizes: sizes(all.payloadSizes),
      handshakes: Array.from(all.handshakes, ([kind, { latencies, ...counts }]): HandshakeRow => {
        const { median, p99, maximum } = sizes(latencies);
        // What it began with may have left the log meanwhile, with the count of it.
        const unanswered = Math.max(0, counts.unanswered);
        return { kind, ...counts, unanswered, median, p99, maximum };
      }),
      violations: Array.from(all.violations, ([id, tally]): ViolationRow => ({ id, ...tally })).sort(
        (a, b) => b.count - a.count,
      ),
    };
  }

  private blockFor(sequence: number): StatisticsBlock {
    const newest = this.blocks.at(-1);
    if (newest && newest.packets < this.blockPackets) return newest;
    if (this.blocks.length >= mostBlocks) this.join();
    const block = new StatisticsBlock(sequence);
    this.blocks.push(block);
    return block;
  }

  private join(): void {
    this.blockPackets *= 2;
    for (let index = 0; index < this.blocks.length - 1; index++) {
      const [next] = this.blocks.splice(index + 1, 1);
      if (next) this.blocks[index]?.absorb(next);
    }
  }
}

function rows<K extends string>(
  tallies: ReadonlyMap<K, Tally>,
  duration: number,
): readonly (TallyRow & { readonly name: K | undefined })[] {
  // What came at one moment has no rate.
  const seconds = duration > 0 ? duration / 1000 : undefined;
  return Array.from(tallies, ([key, tally]) => ({
    name: key === otherKeys ? undefined : key,
    ...tally,
    packetsPerSecond: seconds && tally.packets / seconds,
    bytesPerSecond: seconds && tally.bytes / seconds,
  }))
    .sort((a, b) => b.packets - a.packets)
    .slice(0, mostRows);
}

function sizes(histogram: Histogram): Sizes {
  const { count, minimum, maximum } = histogram;
  if (count === 0)
    return { count, minimum: undefined, median: undefined, p99: undefined, maximum: undefined };
  return { count, minimum, median: histogram.quantile(0.5), p99: histogram.quantile(0.99), maximum };
}
