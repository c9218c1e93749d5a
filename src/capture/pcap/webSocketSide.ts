import { noBytes } from '../../base/bytes';
import { plausibleStart } from './plausiblePacket';
import type { GapCause } from './tcpSide';

/** What one side of a WebSocket sends. Views are good until the call returns; bytes are unmasked in a copy. */
export interface WebSocketBytes {
  data(bytes: Uint8Array, at: number): void;
  /** Bytes of the connection are missing. Where `hasHeaders`, nobody knows how many of them were payload. */
  gap(missing: number, cause: GapCause, at: number, hasHeaders: boolean): void;
  /** A message is compressed, and so is what follows. */
  compressed(at: number): void;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const known: ReadonlySet<number> = new Set(Object.values(opcodes));
const longestHeader = 14;

/**
 * Whether a segment is a frame of a WebSocket with whole packets of MQTT in it, and whether a client sent it (5.1: only
 * clients mask); undefined where it is anything else.
 */
export function mqttFrame(bytes: Uint8Array): { readonly fromClient: boolean } | undefined {
  const [first, second = 0] = bytes;
  if (first !== (0x80 | opcodes.binary)) return undefined;
  let payload: Uint8Array | undefined;
  let isOne = true;
  const side = new WebSocketSide({
    data: (part) => {
      isOne = payload === undefined;
      payload = part;
    },
    gap: () => undefined,
    compressed: () => undefined,
  });
  side.push(bytes, 0);
  const isWhole = payload !== undefined && isOne && side.isBetweenFrames;
  return isWhole && plausibleStart(payload ?? noBytes, undefined) === 0
    ? { fromClient: second >= 0x80 }
    : undefined;
}

/** Takes the frames of one side of a WebSocket apart (RFC 6455, 5.2), behind its HTTP head. */
export class WebSocketSide {
  /** The beginning of a frame's header that is not all there. */
  private readonly header = new Uint8Array(longestHeader);
  private held = 0;
  /** Bytes of the frame's payload that are still to come. */
  private left = 0;
  private isData = false;
  private isCompressed = false;
  private readonly mask = new Uint8Array(4);
  private isMasked = false;
  private position = 0;
  private state: 'frames' | 'searching' | 'left' = 'frames';

  constructor(private readonly output: WebSocketBytes) {}

  /** What came ends with a frame. */
  get isBetweenFrames(): boolean {
    return this.left === 0 && this.held === 0;
  }

  push(bytes: Uint8Array, at: number): void {
    if (this.state === 'searching' && this.mayBeginFrame(bytes)) this.state = 'frames';
    if (this.state !== 'frames') return;
    let next = 0;
    while (next < bytes.length && !this.isCompressed) {
      if (this.left > 0) {
        const end = Math.min(bytes.length, next + this.left);
        this.payload(bytes.subarray(next, end), at);
        next = end;
        continue;
      }
      this.header[this.held++] = bytes[next++] as number;
      if (this.held >= 2 && this.held === this.headerLength()) this.begin(at);
    }
  }

  gap(missing: number, cause: GapCause, at: number): void {
    if (this.state === 'left') return;
    if (this.state === 'frames' && this.held === 0 && this.left >= missing) {
      this.left -= missing;
      this.position += missing;
      if (this.isData) this.output.gap(missing, cause, at, false);
      return;
    }
    this.state = 'searching';
    this.held = 0;
    this.left = 0;
    this.output.gap(missing, cause, at, true);
  }

  private payload(bytes: Uint8Array, at: number): void {
    this.left -= bytes.length;
    if (this.isData) this.output.data(this.isMasked ? this.unmasked(bytes) : bytes, at);
    this.position += bytes.length;
  }

  private unmasked(bytes: Uint8Array): Uint8Array {
    const { mask, position } = this;
    const plain = new Uint8Array(bytes.length);
    for (let index = 0; index < bytes.length; index++) {
      plain[index] = (bytes[index] as number) ^ (mask[(position + index) & 3] as number);
    }
    return plain;
  }

  private headerLength(): number {
    const second = this.header[1] as number;
    const short = second & 0x7f;
    return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + (second >= 0x80 ? 4 : 0);
  }

  /** The header is all there. */
  private begin(at: number): void {
    const { header, held } = this;
    const first = header[0] as number;
    const second = header[1] as number;
    const view = new DataView(header.buffer);
    const short = second & 0x7f;
    this.left =
      short === 127
        ? view.getUint32(2) * 2 ** 32 + view.getUint32(6)
        : short === 126
          ? view.getUint16(2)
          : short;
    this.isMasked = second >= 0x80;
    if (this.isMasked) this.mask.set(header.subarray(held - 4, held));
    this.position = 0;
    this.held = 0;
    const opcode = first & 0xf;
    this.isData = opcode <= opcodes.binary;
    if (!this.isData || (first & 0x40) === 0) return;
    this.isCompressed = true;
    this.state = 'left';
    this.output.compressed(at);
  }

  /** After a gap nothing says where a frame begins; mostly a segment does. */
  private mayBeginFrame(bytes: Uint8Array): boolean {
    const [first = 0xff, second = 0] = bytes;
    if ((first & 0x30) !== 0 || !known.has(first & 0xf)) return false;
    const length = second & 0x7f;
    return length < 126 ? bytes.length >= 2 + length : bytes.length > 4;
  }
}
