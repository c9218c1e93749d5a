import { concatBytes } from '../../../src/base/bytes';

/** The client's end of a connection as a script plays it, whatever carries the bytes. */
export class ScriptLink {
  /** Packets that came and were not asked for yet. */
  private readonly packets: Uint8Array[] = [];
  private rest: Uint8Array = new Uint8Array(0);
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(
    readonly send: (bytes: Uint8Array) => void,
    /** Ends the connection in order. */
    readonly end: () => void,
    /** Breaks the connection off. */
    readonly drop: () => void,
  ) {}

  get isClosed(): boolean {
    return this.closed;
  }

  get waiting(): Uint8Array | undefined {
    return this.packets[0];
  }

  /** Bytes came. */
  received(chunk: Uint8Array): void {
    this.rest = concatBytes([this.rest, chunk]);
    for (let length = packetLength(this.rest); length !== undefined; length = packetLength(this.rest)) {
      this.packets.push(this.rest.slice(0, length));
      this.rest = this.rest.slice(length);
    }
    this.wake?.();
  }

  /** The connection is over; a packet that was cut is told as it is. */
  ended(): void {
    if (this.rest.length > 0) this.packets.push(this.rest);
    this.rest = new Uint8Array(0);
    this.closed = true;
    this.wake?.();
  }

  /** Takes the next packet, `closed` behind the last one, or `nothing` where neither comes in time. */
  async next(milliseconds: number): Promise<Uint8Array | 'closed' | 'nothing'> {
    if (this.packets.length === 0 && !this.closed) await this.activity(milliseconds);
    return this.packets.shift() ?? (this.closed ? 'closed' : 'nothing');
  }

  private async activity(milliseconds: number): Promise<void> {
    const timeOver = Date.now() + milliseconds;
    while (this.packets.length === 0 && !this.closed && Date.now() < timeOver) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, timeOver - Date.now());
      });
      clearTimeout(timer);
    }
  }
}

/** How long the packet at the start is, if it is whole. */
function packetLength(bytes: Uint8Array): number | undefined {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    const byte = bytes[at] ?? 0;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte < 0x80) return at + 1 + length <= bytes.length ? at + 1 + length : undefined;
  }
  return undefined;
}
