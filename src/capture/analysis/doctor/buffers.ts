import { decodeUtf8 } from '../../../base/utf8';
import type { SeenPacket } from '../seen';
import { counted, Evidence, type Finding, type FindingFamily, subject } from './finding';

/** Sizes of buffers that client libraries have if nobody changes them, in bytes. */
const bufferSizes = [128, 256, 512, 1024, 4096];
/** How far below its buffer a cut message ends: headers, and a zero at the end of a string. */
const slack = 16;

interface Cut {
  readonly evidence: Evidence;
  readonly client: string;
  readonly buffer: number;
  length: number;
}

/** Payloads that end in the middle, where a buffer of a usual size was full. */
export class Buffers implements FindingFamily {
  private readonly topics = new Map<string, Cut>();

  packet({ row, connection, sender, packet }: SeenPacket): void {
    if (packet?.type !== 'PUBLISH' || sender === 'server' || row.topic === undefined) return;
    const { payload } = packet;
    const buffer = bufferSizes.find((size) => isNear(payload.length, size) || isNear(row.length, size));
    if (buffer === undefined || !isCutOff(payload)) return;
    const cut = subject(this.topics, row.topic, () => ({
      ...{ evidence: new Evidence(), client: connection.label, buffer, length: payload.length },
    }));
    cut?.evidence.add(row.sequence);
  }

  findings(): readonly Finding[] {
    return Array.from(this.topics, ([topic, { evidence, client, buffer, length }]) => ({
      id: `payloadCut:${topic}`,
      kind: 'payloadCut' as const,
      severity: 'problem' as const,
      title: `Payloads of “${topic}” are cut at about ${buffer.toLocaleString('en')} bytes`,
      sentence: `${counted(evidence.count, 'message')} of “${client}” to “${topic}” ended in the middle, such as one of ${length.toLocaleString('en')} bytes: close to ${buffer.toLocaleString('en')} bytes, which is a usual size of a client's buffer. Make the buffer larger (in PubSubClient: setBufferSize), or send the payload in parts, and check what the publish function returns.`,
      packets: evidence.packets,
      count: evidence.count,
      client,
    }));
  }
}

function isNear(length: number, buffer: number): boolean {
  return length <= buffer && length >= buffer - slack;
}

/** Whether bytes are the beginning of a JSON value that goes on, or end within a character. */
function isCutOff(payload: Uint8Array): boolean {
  const [first] = payload;
  if (first !== 0x7b && first !== 0x5b) return false;
  let end = payload.length;
  // Strings of C end with a zero, which belongs to no payload.
  while (end > 0 && payload[end - 1] === 0) end--;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < end; at++) {
    const byte = payload[at] as number;
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return false;
  }
  // Binary payloads may begin with a brace too: what is no text is no JSON.
  const text = decodeUtf8(payload, 0, Math.max(0, end - 4));
  return depth > 0 && text !== undefined;
}
