import { grouped } from '../../../base/grouped';
import { decodeUtf8 } from '../../../base/utf8';
import type { SeenConnection, SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, mostSubjects, Subjects } from './finding';
import { beginsJson, endOf, Pieces, readOn, unfinishedCharacter } from './pieces';

/** Sizes of buffers that client libraries have if nobody changes them, in bytes. */
const bufferSizes = [128, 256, 512, 1024, 4096];
/** How far below its buffer a cut message ends: headers, and a zero at the end of a string. */
const slack = 16;

interface Cut {
  readonly evidence: Evidence;
  /** Who sent them; undefined where only the server's copies were seen. */
  readonly client: string | undefined;
  readonly buffer: number;
  length: number;
}

/** A message that ended in the middle, and what may come after it. */
interface OpenEnd {
  readonly cut: Cut;
  readonly topic: string;
  readonly sequence: number;
  readonly pieces: Pieces;
  /** Something did: it was sent in pieces, not cut. */
  goesOn: boolean;
}

/** Payloads that end in the middle, where a buffer of a usual size was full. */
export class Buffers implements FindingFamily {
  private readonly sent = new Subjects<Cut>();
  /** What servers passed on, which tells nothing new of a topic whose sender is seen. */
  private readonly received = new Subjects<Cut>();
  readonly subjects = [this.sent, this.received];
  /** What ended in the middle last, by who sent it and the topic above its own: the next message may go on with it. */
  private readonly ends = new Map<string, OpenEnd>();

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type !== 'PUBLISH' || row.topic === undefined) return;
    const { payload } = packet;
    const isCopy = sender === 'server';
    if (this.ends.size > 0 && this.goesOn(openEndKey(connection, isCopy, row.topic), row.topic, payload))
      return;
    const buffer = bufferSizes.find((size) => isNear(payload.length, size) || isNear(row.length, size));
    if (buffer === undefined || !isCutOff(payload)) return;
    const cut = (isCopy ? this.received : this.sent).of(row.topic, () => ({
      ...{ evidence: new Evidence(), client: isCopy ? undefined : connection.label },
      ...{ buffer, length: payload.length },
    }));
    if (!cut) return;
    const key = openEndKey(connection, isCopy, row.topic);
    confirm(this.ends.get(key));
    this.ends.delete(key);
    this.ends.set(key, {
      ...{ cut, topic: row.topic, sequence: row.sequence },
      pieces: new Pieces(payload),
      goesOn: false,
    });
    const [oldest] = this.ends;
    if (this.ends.size <= mostSubjects || !oldest) return;
    this.ends.delete(oldest[0]);
    confirm(oldest[1]);
  }

  findings(): readonly Finding[] {
    // So far nothing goes on with these.
    const last = new Map<Cut, Evidence>();
    for (const { cut, sequence, goesOn } of this.ends.values()) {
      if (goesOn) continue;
      const evidence = last.get(cut) ?? cut.evidence.copy();
      evidence.add(sequence);
      last.set(cut, evidence);
    }
    const all = new Map(
      [...this.received, ...this.sent]
        .map(([topic, cut]) => [topic, { ...cut, evidence: last.get(cut) ?? cut.evidence }] as const)
        .filter(([, { evidence }]) => evidence.count > 0),
    );
    return Array.from(all, ([topic, { evidence, client, buffer, length }]) => ({
      id: `payloadCut:${topic}`,
      kind: 'payloadCut' as const,
      severity: 'problem' as const,
      title: `Payloads of “${topic}” are cut at about ${grouped(buffer)} bytes`,
      sentence: `${counted(evidence.count, 'message')} ${client === undefined ? 'with the topic' : `of “${client}” to`} “${topic}” ended in the middle, such as one of ${grouped(length)} bytes: close to ${grouped(buffer)} bytes, which is a usual size of a client's buffer${client === undefined ? ', here of the one that publishes them' : ''}. Make the buffer larger (in PubSubClient: setBufferSize), or send the payload in parts, and check what the publish function returns.`,
      packets: evidence.packets,
      count: evidence.count,
      client,
    }));
  }

  /** Whether a payload goes on with one that ended in the middle. */
  private goesOn(key: string, topic: string, payload: Uint8Array): boolean {
    const end = this.ends.get(key);
    if (!end) return false;
    const next = end.pieces.goesOn(payload);
    if (next) end.goesOn = true;
    // Others of the same level may come in between.
    else if (end.topic === topic) confirm(end);
    if (next === 'over' || (!next && end.topic === topic)) this.ends.delete(key);
    return next !== undefined;
  }
}

/** Nothing went on with it. */
function confirm(end: OpenEnd | undefined): void {
  if (end && !end.goesOn) end.cut.evidence.add(end.sequence);
}

/** Pieces are sent to one topic, or to topics that differ in their last level. */
function openEndKey({ client }: SeenConnection, isCopy: boolean, topic: string): string {
  return `${client}\n${isCopy ? 'received' : 'sent'}\n${topic.slice(0, topic.lastIndexOf('/') + 1)}`;
}

function isNear(length: number, buffer: number): boolean {
  return length <= buffer && length >= buffer - slack;
}

/** Whether bytes are the beginning of a JSON value that goes on, or text that ends within a character. */
function isCutOff(payload: Uint8Array): boolean {
  const end = endOf(payload);
  const whole = end - unfinishedCharacter(payload, end);
  // Binary payloads may begin with a brace or end with any byte too: what is no text was not cut as one.
  if (whole === 0 || (whole === end && !isOpenJson(payload, end))) return false;
  return decodeUtf8(payload, 0, whole) !== undefined;
}

/** Whether bytes begin with a brace or bracket that nothing closes. */
function isOpenJson(bytes: Uint8Array, end: number): boolean {
  return beginsJson(bytes) && readOn({ depth: 0, inString: false, escaped: false }, bytes, end) < 0;
}
