import { decodeUtf8 } from '../../../base/utf8';
import type { SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, Subjects } from './finding';

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

/** Payloads that end in the middle, where a buffer of a usual size was full. */
export class Buffers implements FindingFamily {
  private readonly sent = new Subjects<Cut>();
  /** What servers passed on, which tells nothing new of a topic whose sender is seen. */
  private readonly received = new Subjects<Cut>();
  readonly subjects = [this.sent, this.received];

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type !== 'PUBLISH' || row.topic === undefined) return;
    const { payload } = packet;
    const buffer = bufferSizes.find((size) => isNear(payload.length, size) || isNear(row.length, size));
    if (buffer === undefined || !isCutOff(payload)) return;
    const isCopy = sender === 'server';
    const cut = (isCopy ? this.received : this.sent).of(row.topic, () => ({
      ...{ evidence: new Evidence(), client: isCopy ? undefined : connection.label },
      ...{ buffer, length: payload.length },
    }));
    cut?.evidence.add(row.sequence);
  }

  findings(): readonly Finding[] {
    const all = new Map([...this.received, ...this.sent]);
    return Array.from(all, ([topic, { evidence, client, buffer, length }]) => ({
      id: `payloadCut:${topic}`,
      kind: 'payloadCut' as const,
      severity: 'problem' as const,
      title: `Payloads of “${topic}” are cut at about ${buffer.toLocaleString('en')} bytes`,
      sentence: `${counted(evidence.count, 'message')} ${client === undefined ? 'with the topic' : `of “${client}” to`} “${topic}” ended in the middle, such as one of ${length.toLocaleString('en')} bytes: close to ${buffer.toLocaleString('en')} bytes, which is a usual size of a client's buffer${client === undefined ? ', here of the one that publishes them' : ''}. Make the buffer larger (in PubSubClient: setBufferSize), or send the payload in parts, and check what the publish function returns.`,
      packets: evidence.packets,
      count: evidence.count,
      client,
    }));
  }
}

function isNear(length: number, buffer: number): boolean {
  return length <= buffer && length >= buffer - slack;
}

/** Whether bytes are the beginning of a JSON value that goes on, or text that ends within a character. */
function isCutOff(payload: Uint8Array): boolean {
  let end = payload.length;
  // Strings of C end with a zero, which belongs to no payload.
  while (end > 0 && payload[end - 1] === 0) end--;
  const whole = end - unfinishedCharacter(payload, end);
  // Binary payloads may begin with a brace or end with any byte too: what is no text was not cut as one.
  if (whole === 0 || (whole === end && !isOpenJson(payload, end))) return false;
  return decodeUtf8(payload, 0, whole) !== undefined;
}

/** Whether bytes begin with a brace or bracket that nothing closes. */
function isOpenJson(bytes: Uint8Array, end: number): boolean {
  const [first] = bytes;
  if (first !== 0x7b && first !== 0x5b) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] as number;
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return false;
  }
  return depth > 0;
}

/** How many bytes at the end are the beginning of a character of UTF-8 that has more (RFC 3629). */
function unfinishedCharacter(bytes: Uint8Array, end: number): number {
  for (let length = 1; length <= 3 && length <= end; length++) {
    const byte = bytes[end - length] as number;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const needed = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return byte < 0xf5 && needed > length ? length : 0;
  }
  return 0;
}
