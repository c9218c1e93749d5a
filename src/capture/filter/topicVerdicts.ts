import { decodeUtf8 } from '../../base/utf8';
import type { PacketSegment } from '../packetSegment';
import { topicInBytes } from '../packetSegment';
import { afterVariableByteInteger } from '../publishTopics';

/** Topics that are remembered, and bytes of their names; a log with more asks again, as one with longer names does. */
const mostTopics = 16_384;
const mostBytes = 1024 * 1024;
const longestName = 1024;
/** Entries of the table, of which so at most a quarter is used. */
const tableSize = mostTopics * 4;
/** Entries that are looked at for one name: more are taken only where somebody chose names to that end. */
const mostProbes = 16;

interface Known {
  readonly name: Uint8Array;
  readonly verdict: boolean;
  /** What came after it when it was asked for last: devices publish their topics in turns, so it mostly comes next. */
  next: Known | undefined;
}

/** What an expression says of topics, asked once for each topic: by the bytes of its name, so that none is made a text twice. */
export class TopicVerdicts {
  private table: (Known | undefined)[] = [];
  private count = 0;
  private bytes = 0;
  private last: Known | undefined;
  private readonly byText = new Map<string | undefined, boolean>();
  private characters = 0;

  constructor(private readonly decide: (topic: string | undefined) => boolean) {}

  of(segment: PacketSegment, row: number): boolean {
    const identifier = segment.topic[row] as number;
    if (identifier !== topicInBytes) return this.ofText(segment.topics[identifier - 1]);
    return this.ofPublish(segment.bytes, segment.startOf(row), segment.end[row] as number);
  }

  /** As `narrow` of a predicate. */
  narrow(segment: PacketSegment, rows: Uint32Array, count: number): number {
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index] as number;
      if (this.of(segment, row)) rows[kept++] = row;
    }
    return kept;
  }

  private ofPublish(bytes: Uint8Array, start: number, end: number): boolean {
    // Most packets are short: their Remaining Length is one byte.
    const isShort = start + 1 < end && (bytes[start + 1] as number) < 0x80;
    const nameAt = 2 + (isShort ? start + 2 : afterVariableByteInteger(bytes, start + 1, end));
    const isThere = nameAt <= end;
    const length = isThere ? ((bytes[nameAt - 2] as number) << 8) | (bytes[nameAt - 1] as number) : 0;
    return length > 0 && nameAt + length <= end
      ? this.ofBytes(bytes, nameAt, nameAt + length)
      : this.ofText(undefined);
  }

  private ofText(topic: string | undefined): boolean {
    const length = topic?.length ?? 0;
    if (length > longestName) return this.decide(topic);
    const known = this.byText.get(topic);
    if (known !== undefined) return known;
    if (this.byText.size >= mostTopics || this.characters + length > mostBytes) {
      this.byText.clear();
      this.characters = 0;
    }
    this.characters += length;
    const verdict = this.decide(topic);
    this.byText.set(topic, verdict);
    return verdict;
  }

  private ofBytes(bytes: Uint8Array, start: number, end: number): boolean {
    const expected = this.last?.next;
    if (expected !== undefined && isSame(expected.name, bytes, start, end)) {
      this.last = expected;
      return expected.verdict;
    }
    if (end - start > longestName) return this.decide(decodeUtf8(bytes, start, end));
    const first = slotOf(bytes, start, end);
    for (let probe = 0; probe < mostProbes; probe++) {
      const slot = (first + probe) & (tableSize - 1);
      const known = this.table[slot];
      if (known === undefined) return this.enter(slot, bytes, start, end);
      if (isSame(known.name, bytes, start, end)) return this.follow(known);
    }
    return this.decide(decodeUtf8(bytes, start, end));
  }

  private enter(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    const verdict = this.decide(decodeUtf8(bytes, start, end));
    if (this.count >= mostTopics || this.bytes + end - start > mostBytes) {
      this.table = [];
      this.count = this.bytes = 0;
      this.last = undefined;
    }
    this.count++;
    this.bytes += end - start;
    if (this.table.length === 0) this.table = new Array<Known | undefined>(tableSize).fill(undefined);
    return this.follow((this.table[slot] = { name: bytes.slice(start, end), verdict, next: undefined }));
  }

  /** What was asked last is followed by this. */
  private follow(known: Known): boolean {
    if (this.last) this.last.next = known;
    this.last = known;
    return known.verdict;
  }
}

/** Where a name is looked for first. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  // Names that differ in two places must not come to the same as easily as with a sum of multiples.
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return (hash ^ (hash >>> 13)) & (tableSize - 1);
}

function isSame(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  // Topics differ at their ends more often than at their beginnings.
  for (let index = name.length - 1; index >= 0; index--)
    if (name[index] !== bytes[start + index]) return false;
  return true;
}
