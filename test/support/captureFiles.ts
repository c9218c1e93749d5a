import { concatBytes } from '../../src/base/bytes';

/* Capture files and the frames in them, made by hand: every layer is a function from what it carries to its bytes. */

export const bytes = (...values: readonly (number | string | Uint8Array)[]): Uint8Array =>
  concatBytes(
    values.map((value) =>
      typeof value === 'number'
        ? Uint8Array.of(value)
        : typeof value === 'string'
          ? Uint8Array.from(value, (character) => character.charCodeAt(0))
          : value,
    ),
  );

export const uint16 = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 0xff);
export const uint32 = (value: number): Uint8Array => bytes(uint16(value >>> 16), uint16(value & 0xffff));

const none: Uint8Array = new Uint8Array(0);

/** One end as IPv4 has it, or as IPv6 where there are 16 bytes. */
export interface End {
  readonly address: readonly number[];
  readonly port: number;
}

export const client: End = { address: [10, 0, 0, 7], port: 50_123 };
export const server: End = { address: [10, 0, 0, 1], port: 1883 };
export const client6: End = { address: [0xfe, 0x80, ...Array<number>(13).fill(0), 7], port: 50_123 };
export const server6: End = { address: [0xfe, 0x80, ...Array<number>(13).fill(0), 1], port: 1883 };

export interface SegmentOptions {
  readonly sequence?: number;
  readonly acknowledged?: number;
  /** Of S, A, F, R, P. Default: PA. */
  readonly flags?: string;
  readonly options?: Uint8Array;
}

const flagBits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, A: 16 };

export function tcp(from: End, to: End, payload: Uint8Array, options: SegmentOptions = {}): Uint8Array {
  const { sequence = 1, acknowledged = 1, flags = 'PA', options: own = none } = options;
  const bits = Array.from(flags).reduce((sum, flag) => sum | (flagBits[flag] ?? 0), 0);
  return bytes(
    ...[uint16(from.port), uint16(to.port), uint32(sequence), uint32(acknowledged)],
    ...[((20 + own.length) / 4) << 4, bits, uint16(0xffff), uint16(0), uint16(0), own, payload],
  );
}

export interface Ipv4Options {
  readonly identification?: number;
  /** In bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly protocol?: number;
  readonly options?: Uint8Array;
}

export function ipv4(from: End, to: End, content: Uint8Array, options: Ipv4Options = {}): Uint8Array {
  const { identification = 0, offset = 0, more = false, protocol = 6, options: own = none } = options;
  const header = 20 + own.length;
  return bytes(
    ...[0x40 | (header / 4), 0, uint16(header + content.length), uint16(identification)],
    ...[uint16((more ? 0x2000 : 0) | (offset / 8)), 64, protocol, uint16(0)],
    ...[Uint8Array.from(from.address), Uint8Array.from(to.address), own, content],
  );
}

/** @param extensions bytes of extension headers; the last one's Next Header is TCP. */
export function ipv6(
  from: End,
  to: End,
  content: Uint8Array,
  first = 6,
  extensions: Uint8Array = none,
): Uint8Array {
  return bytes(
    ...[0x60, 0, 0, 0, uint16(extensions.length + content.length), first, 64],
    ...[Uint8Array.from(from.address), Uint8Array.from(to.address), extensions, content],
  );
}

const addresses = new Uint8Array(12);

export const ethernet = (content: Uint8Array, type = 0x0800): Uint8Array =>
  bytes(addresses, uint16(type), content);

export interface Frame {
  readonly bytes: Uint8Array;
  /** Microseconds since the epoch. */
  readonly at?: number;
  readonly originalLength?: number;
  readonly comment?: string;
}

/** Frames one millisecond apart from the same moment on, where they have no time of their own. */
export const firstFrameAt = 1_700_000_000_000_000;
const timeOf = ({ at }: Frame, index: number): number => at ?? firstFrameAt + index * 1000;

export interface PcapOptions {
  readonly linkType?: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
}

export function pcapFile(frames: readonly Frame[], options: PcapOptions = {}): Uint8Array {
  const { linkType = 101, littleEndian = true, nanoseconds = false } = options;
  const number = (value: number, size: 2 | 4): Uint8Array => inOrder(value, size, littleEndian);
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const header = [
    number(magic, 4),
    number(2, 2),
    number(4, 2),
    number(0, 4),
    number(0, 4),
    number(262_144, 4),
  ];
  const records = frames.map((frame, index) => {
    const at = timeOf(frame, index);
    const fraction = (at % 1e6) * (nanoseconds ? 1000 : 1);
    const { length } = frame.bytes;
    const head = [Math.floor(at / 1e6), fraction, length, frame.originalLength ?? length];
    return bytes(...head.map((value) => number(value, 4)), frame.bytes);
  });
  return bytes(...header, number(linkType, 4), ...records);
}

export interface InterfaceOptions {
  readonly linkType?: number;
  /** As in if_tsresol. */
  readonly resolution?: number;
  /** Seconds. */
  readonly offset?: number;
  readonly snapLength?: number;
}

/** The blocks of pcapng, in one byte order. */
export function pcapngBlocks(littleEndian = true) {
  const number = (value: number, size: 2 | 4): Uint8Array => inOrder(value, size, littleEndian);
  const padded = (content: Uint8Array): Uint8Array =>
    bytes(content, new Uint8Array((4 - (content.length % 4)) % 4));
  const option = (code: number, value: Uint8Array): Uint8Array =>
    bytes(number(code, 2), number(value.length, 2), padded(value));
  const block = (type: number, body: Uint8Array): Uint8Array => {
    const length = number(12 + padded(body).length, 4);
    return bytes(number(type, 4), length, padded(body), length);
  };
  const unknownLength = bytes(number(0xffff_ffff, 4), number(0xffff_ffff, 4));
  return {
    block,
    section: (): Uint8Array =>
      block(0x0a0d0d0a, bytes(number(0x1a2b3c4d, 4), number(1, 2), number(0, 2), unknownLength)),
    interface: ({
      linkType = 101,
      resolution,
      offset,
      snapLength = 0,
    }: InterfaceOptions = {}): Uint8Array => {
      const high = Math.floor((offset ?? 0) / 2 ** 32);
      const words = [number((offset ?? 0) >>> 0, 4), number(high >>> 0, 4)];
      const options = [
        ...(resolution === undefined ? [] : [option(9, Uint8Array.of(resolution))]),
        ...(offset === undefined ? [] : [option(14, bytes(...(littleEndian ? words : words.reverse())))]),
        ...(resolution === undefined && offset === undefined ? [] : [option(0, new Uint8Array(0))]),
      ];
      return block(1, bytes(number(linkType, 2), number(0, 2), number(snapLength, 4), ...options));
    },
    /** `units` since the epoch in the interface's resolution. */
    packet: (frame: Frame, units: bigint, from = 0): Uint8Array => {
      const { length } = frame.bytes;
      const comment =
        frame.comment === undefined ? [] : [option(1, bytes(frame.comment)), option(0, new Uint8Array(0))];
      const times = [Number(units >> 32n), Number(units & 0xffff_ffffn)];
      const head = [from, ...times, length, frame.originalLength ?? length].map((value) => number(value, 4));
      return block(6, bytes(...head, padded(frame.bytes), ...comment));
    },
    obsoletePacket: (frame: Frame, units: bigint, from = 0): Uint8Array => {
      const { length } = frame.bytes;
      const times = [Number(units >> 32n), Number(units & 0xffff_ffffn)];
      const rest = [...times, length, frame.originalLength ?? length].map((value) => number(value, 4));
      return block(2, bytes(number(from, 2), number(0, 2), ...rest, frame.bytes));
    },
    simplePacket: (frame: Frame): Uint8Array =>
      block(3, bytes(number(frame.originalLength ?? frame.bytes.length, 4), frame.bytes)),
  };
}

export function pcapngFile(frames: readonly Frame[], linkType = 101): Uint8Array {
  const { section, interface: description, packet } = pcapngBlocks();
  const packets = frames.map((frame, index) => packet(frame, BigInt(timeOf(frame, index))));
  return concatBytes([section(), description({ linkType }), ...packets]);
}

function inOrder(value: number, size: 2 | 4, littleEndian: boolean): Uint8Array {
  const whole = size === 2 ? uint16(value) : uint32(value);
  return littleEndian ? whole.reverse() : whole;
}
