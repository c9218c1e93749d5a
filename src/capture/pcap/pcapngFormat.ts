import { decodeUtf8 } from '../../base/utf8';
import type { ByteQueue } from './byteQueue';
import { longestRecord } from './captureFormat';
import type { CaptureFormat, CaptureFrame, Step } from './captureFormat';

/** Block types and option codes of draft-ietf-opsawg-pcapng. */
export const blockTypes = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  packet: 2,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;
export const optionCodes = {
  end: 0,
  comment: 1,
  userApplication: 4,
  timeResolution: 9,
  timeOffset: 14,
} as const;
export const byteOrderMagic = 0x1a2b3c4d;

/** Those that a block found again after damage may have, name resolutions, statistics and secrets besides. */
const knownTypes: ReadonlySet<number> = new Set([...Object.values(blockTypes), 4, 5, 9, 10]);

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  /** The unit of time stamps: so many in a second, as a power of 10 or 2. */
  readonly power: number;
  readonly isBinary: boolean;
  /** Seconds that are added to every time stamp. */
  readonly offset: number;
}

const noComments: readonly string[] = [];

/** pcapng: sections, each with a byte order and interfaces of its own. Blocks nobody knows are passed over. */
export class PcapngFormat implements CaptureFormat {
  private littleEndian = true;
  private interfaces: Interface[] = [];
  private lastTime = 0;

  read(queue: ByteQueue, frame: (frame: CaptureFrame) => void): Step {
    if (queue.length < 12) return 'more';
    const isSection = queue.uint32(0, true) === blockTypes.sectionHeader;
    const littleEndian = isSection ? byteOrderAt(queue, 8) : this.littleEndian;
    if (littleEndian === undefined) return 'damaged';
    const type = queue.uint32(0, littleEndian);
    const length = queue.uint32(4, littleEndian);
    if (length < 12 || length % 4 !== 0) return 'damaged';
    if (!isRead(type)) return length > longestRecord ? length : this.whole(queue, length, littleEndian);
    if (length > longestRecord) return 'damaged';
    const whole = this.whole(queue, length, littleEndian);
    if (whole !== length) return whole;
    this.littleEndian = littleEndian;
    return this.block(queue, type, length, frame);
  }

  readCut(queue: ByteQueue, frame: (frame: CaptureFrame) => void): void {
    const header = queue.length >= 32 && queue.uint32(0, this.littleEndian) === blockTypes.enhancedPacket;
    if (header && queue.uint32(4, this.littleEndian) <= longestRecord)
      this.enhancedPacket(queue, queue.length, frame);
  }

  mayBegin(queue: ByteQueue, at: number): boolean | undefined {
    if (queue.length < at + 12) return undefined;
    const isSection = queue.uint32(at, true) === blockTypes.sectionHeader;
    const littleEndian = isSection ? byteOrderAt(queue, at + 8) : this.littleEndian;
    if (littleEndian === undefined || !knownTypes.has(queue.uint32(at, littleEndian))) return false;
    const length = queue.uint32(at + 4, littleEndian);
    if (length < 12 || length % 4 !== 0 || length > longestRecord) return false;
    if (queue.length < at + length) return undefined;
    return queue.uint32(at + length - 4, littleEndian) === length;
  }

  /** The length of a block that is all there and says the same at both its ends. */
  private whole(queue: ByteQueue, length: number, littleEndian: boolean): Step {
    if (queue.length < length) return 'more';
    return queue.uint32(length - 4, littleEndian) === length ? length : 'damaged';
  }

  private block(queue: ByteQueue, type: number, length: number, frame: (frame: CaptureFrame) => void): Step {
    switch (type) {
      case blockTypes.sectionHeader:
        this.interfaces = [];
        return length < 28 ? 'damaged' : length;
      case blockTypes.interfaceDescription:
        return length < 20 ? 'damaged' : this.interfaceDescription(queue, length);
      case blockTypes.enhancedPacket:
        return length < 32 ? 'damaged' : this.enhancedPacket(queue, length, frame);
      case blockTypes.packet:
        return length < 32 ? 'damaged' : this.packet(queue, length, frame);
      case blockTypes.simplePacket:
        return length < 16 ? 'damaged' : this.simplePacket(queue, length, frame);
      default:
        return length;
    }
  }

  private interfaceDescription(queue: ByteQueue, length: number): Step {
    let resolution = 6;
    let offset = 0;
    this.options(queue, 16, length - 4, (code, at, size) => {
      if (code === optionCodes.timeResolution && size >= 1) resolution = queue.byte(at);
      else if (code === optionCodes.timeOffset && size >= 8) {
        const low = this.uint32(queue, this.littleEndian ? at : at + 4);
        const high = this.uint32(queue, this.littleEndian ? at + 4 : at) | 0;
        offset = high * 2 ** 32 + low;
      }
    });
    const snapLength = this.uint32(queue, 12);
    this.interfaces.push({
      linkType: queue.uint16(8, this.littleEndian),
      snapLength: snapLength === 0 ? longestRecord : snapLength,
      power: resolution & 0x7f,
      isBinary: resolution >= 0x80,
      offset,
    });
    return length;
  }

  private enhancedPacket(queue: ByteQueue, length: number, frame: (frame: CaptureFrame) => void): Step {
    return this.timed(queue, length, this.uint32(queue, 8), frame);
  }

  private packet(queue: ByteQueue, length: number, frame: (frame: CaptureFrame) => void): Step {
    return this.timed(queue, length, queue.uint16(8, this.littleEndian), frame);
  }

  /** What is the same in Enhanced Packet Blocks and in the obsolete Packet Blocks. */
  private timed(
    queue: ByteQueue,
    length: number,
    interfaceNumber: number,
    frame: (frame: CaptureFrame) => void,
  ): Step {
    const captured = this.uint32(queue, 20);
    const isCut = queue.uint32(4, this.littleEndian) > length;
    if (captured > length - 32 && !isCut) return 'damaged';
    const from = this.interfaces[interfaceNumber];
    if (!from) return { length, code: 'unknownInterface' };
    this.lastTime = timeOf(from, this.uint32(queue, 12), this.uint32(queue, 16));
    const optionsAt = 28 + captured + ((4 - (captured % 4)) % 4);
    const comments = optionsAt < length - 4 ? this.comments(queue, optionsAt, length - 4) : noComments;
    frame({
      linkType: from.linkType,
      at: this.lastTime,
      bytes: queue.view(28, Math.min(28 + captured, length)),
      originalLength: this.uint32(queue, 24),
      endsEarly: isCut,
      comments,
    });
    return length;
  }

  private simplePacket(queue: ByteQueue, length: number, frame: (frame: CaptureFrame) => void): Step {
    const [from] = this.interfaces;
    if (!from) return { length, code: 'unknownInterface' };
    const originalLength = this.uint32(queue, 8);
    const captured = Math.min(originalLength, from.snapLength, length - 16);
    const bytes = queue.view(12, 12 + captured);
    const { linkType } = from;
    frame({
      ...{ linkType, at: this.lastTime, bytes, originalLength },
      ...{ endsEarly: false, comments: noComments },
    });
    return length;
  }

  private comments(queue: ByteQueue, from: number, to: number): readonly string[] {
    const found: string[] = [];
    this.options(queue, from, to, (code, at, size) => {
      if (code !== optionCodes.comment) return;
      const text = decodeUtf8(queue.view(at, at + size));
      if (text !== undefined) found.push(text);
    });
    return found;
  }

  private options(
    queue: ByteQueue,
    from: number,
    to: number,
    option: (code: number, at: number, size: number) => void,
  ): void {
    let at = from;
    while (at + 4 <= to) {
      const code = queue.uint16(at, this.littleEndian);
      const size = queue.uint16(at + 2, this.littleEndian);
      if (code === optionCodes.end || at + 4 + size > to) return;
      option(code, at + 4, size);
      at += 4 + size + ((4 - (size % 4)) % 4);
    }
  }

  private uint32(queue: ByteQueue, at: number): number {
    return queue.uint32(at, this.littleEndian);
  }
}

function isRead(type: number): boolean {
  return (
    type === blockTypes.enhancedPacket ||
    type === blockTypes.sectionHeader ||
    type === blockTypes.interfaceDescription ||
    type === blockTypes.simplePacket ||
    type === blockTypes.packet
  );
}

function byteOrderAt(queue: ByteQueue, at: number): boolean | undefined {
  if (queue.uint32(at, true) === byteOrderMagic) return true;
  return queue.uint32(at, false) === byteOrderMagic ? false : undefined;
}

/** Milliseconds since the epoch, to the microsecond. */
function timeOf({ power, isBinary, offset }: Interface, high: number, low: number): number {
  const milliseconds = microsecondsOf(power, isBinary, high, low) / 1000 + offset * 1000;
  return Math.max(-lastDay, Math.min(milliseconds, lastDay));
}

/** Beyond this no calendar reaches (ECMA-262, 21.4.1.1). */
const lastDay = 8.64e15;

function microsecondsOf(power: number, isBinary: boolean, high: number, low: number): number {
  if (!isBinary && power === 6) return high * 2 ** 32 + low;
  // Beyond 53 bits: nanoseconds since the epoch need 61.
  const units = ((BigInt(high) << 32n) | BigInt(low)) * 1_000_000n;
  return Number(isBinary ? units >> BigInt(power) : units / 10n ** BigInt(power));
}
