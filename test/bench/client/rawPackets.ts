import type { QoS } from '../../../src/protocol/controlPacket';

/*
 * MQTT 3.1.1 by hand, for the ends of a benchmark that may cost nothing: the plain server and the socket that is the
 * ceiling. Nothing here is checked.
 */

/** Packet types as bits 7-4 of the first byte have them. */
export const Type = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  pingreq: 12,
} as const;

export type OnFrame = (bytes: Buffer, start: number, content: number, end: number) => void;

/** Walks over the packets of a stream without making anything; `content` is where the variable header starts. */
export class FrameWalker {
  private held: Buffer | undefined;

  push(chunk: Buffer, onFrame: OnFrame): void {
    const bytes = this.held ? Buffer.concat([this.held, chunk]) : chunk;
    this.held = undefined;
    let start = 0;
    while (start < bytes.length) {
      let length = 0;
      let at = start + 1;
      let byte = 0x80;
      for (let shift = 0; byte >= 0x80 && at < bytes.length; shift += 7) {
        byte = bytes[at++] as number;
        length |= (byte & 0x7f) << shift;
      }
      if (byte >= 0x80 || at + length > bytes.length) break;
      onFrame(bytes, start, at, at + length);
      start = at + length;
    }
    if (start < bytes.length) this.held = Buffer.from(bytes.subarray(start));
  }
}

export const connackBytes = Buffer.from([0x20, 2, 0, 0]);

export function connectBytes(clientIdentifier: string): Buffer {
  const variableHeader = Buffer.from([0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60]);
  return packet(0x10, Buffer.concat([variableHeader, text(clientIdentifier)]));
}

export function subscribeBytes(topicFilter: string, qos: QoS): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(topicFilter), Buffer.from([qos])]));
}

export function publishBytes(topic: string, qos: QoS, payloadBytes: number, identifier: number): Buffer {
  const numbered = qos > 0 ? Buffer.from([identifier >> 8, identifier & 0xff]) : Buffer.alloc(0);
  return packet(0x30 | (qos << 1), Buffer.concat([text(topic), numbered, Buffer.alloc(payloadBytes, 'x')]));
}

/** So many PUBLISH packets one after another, numbered from 1 and again from 1 after `identifiers`. */
export class PublishStream {
  readonly packetBytes: number;
  private readonly bytes: Buffer;
  private next = 0;

  constructor(
    topic: string,
    private readonly qos: QoS,
    payloadBytes: number,
    private readonly identifiers: number,
  ) {
    // A hundred publishers have one each: a packet made of parts for every identifier would take minutes.
    const packet = publishBytes(topic, this.qos, payloadBytes, 0);
    this.bytes = Buffer.alloc(packet.length * identifiers, packet);
    const identifierAt = packet.length - payloadBytes - 2;
    for (let index = 0; this.qos > 0 && index < identifiers; index++) {
      this.bytes.writeUInt16BE(index + 1, index * packet.length + identifierAt);
    }
    this.packetBytes = packet.length;
  }

  /** The next packets as a view: at most `count` and at most 64 KiB of them, but one. */
  take(count: number): { readonly bytes: Buffer; readonly count: number } {
    const fitting = Math.max(1, Math.floor(65_536 / this.packetBytes));
    const taken = Math.min(count, fitting, this.identifiers - this.next);
    const start = this.next * this.packetBytes;
    this.next = (this.next + taken) % this.identifiers;
    return { bytes: this.bytes.subarray(start, start + taken * this.packetBytes), count: taken };
  }
}

/** Acknowledgements of one chunk, so that they leave in one write. */
export class Acknowledgements {
  private bytes = Buffer.alloc(64 * 1024);
  private at = 0;

  add(type: number, bytes: Buffer, identifierAt: number): void {
    if (this.at + 4 > this.bytes.length) this.bytes = Buffer.concat([this.bytes, this.bytes]);
    this.bytes[this.at++] = (type << 4) | (type === Type.pubrel ? 2 : 0);
    this.bytes[this.at++] = 2;
    this.bytes[this.at++] = bytes[identifierAt] as number;
    this.bytes[this.at++] = bytes[identifierAt + 1] as number;
  }

  /** What was added since the last time, as bytes of their own; undefined where that is nothing. */
  take(): Buffer | undefined {
    if (this.at === 0) return undefined;
    const taken = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return taken;
  }
}

function packet(first: number, content: Buffer): Buffer {
  const header = [first];
  let length = content.length;
  do {
    header.push((length & 0x7f) | (length > 127 ? 0x80 : 0));
    length >>>= 7;
  } while (length > 0);
  return Buffer.concat([Buffer.from(header), content]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
