import { decodeUtf8 } from '../../base/utf8';
import type { PacketSegment } from '../packetSegment';
import { topicInBytes } from '../packetSegment';
import { afterVariableByteInteger, uint16 } from '../publishTopics';

/** Topics that are remembered; a log with more asks again. */
const mostTopics = 16_384;
/** Entries of the table, of which so at most a quarter is used. */
const tableSize = mostTopics * 4;

interface Known {
  readonly name: Uint8Array;
  readonly verdict: boolean;
}

/** What an expression says of topics, asked once for each topic: by the bytes of its name, so that none is made a text twice. */
export class TopicVerdicts {
  private table: (Known | undefined)[] = [];
  private count = 0;
  private readonly byText = new Map<string | undefined, boolean>();

  constructor(private readonly decide: (topic: string | undefined) => boolean) {}

  of(segment: PacketSegment, row: number): boolean {
    const identifier = segment.topic[row] as number;
    if (identifier !== topicInBytes) return this.ofText(segment.topics[identifier - 1]);
    const { bytes } = segment;
    const end = segment.end[row] as number;
    const nameAt = afterVariableByteInteger(bytes, segment.startOf(row) + 1, end) + 2;
    const nameEnd = nameAt + uint16(bytes, nameAt - 2, end);
    return nameEnd <= end && nameEnd > nameAt ? this.ofBytes(bytes, nameAt, nameEnd) : this.ofText(undefined);
  }

  private ofText(topic: string | undefined): boolean {
    const known = this.byText.get(topic);
    if (known !== undefined) return known;
    if (this.byText.size >= mostTopics) this.byText.clear();
    const verdict = this.decide(topic);
    this.byText.set(topic, verdict);
    return verdict;
  }

  private ofBytes(bytes: Uint8Array, start: number, end: number): boolean {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    hash ^= hash >>> 15;
    let slot = hash & (tableSize - 1);
    for (let known = this.table[slot]; known !== undefined; known = this.table[slot]) {
      if (isSame(known.name, bytes, start, end)) return known.verdict;
      slot = (slot + 1) & (tableSize - 1);
    }
    const verdict = this.decide(decodeUtf8(bytes, start, end));
    if (this.count++ >= mostTopics) {
      this.table = [];
      this.count = 1;
    }
    if (this.table.length === 0) this.table = new Array<Known | undefined>(tableSize).fill(undefined);
    this.table[slot] = { name: bytes.slice(start, end), verdict };
    return verdict;
  }
}

function isSame(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) if (name[index] !== bytes[start + index]) return false;
  return true;
}
