/** Bytes of one row at most. */
const longestRow = 1024 * 1024;
/** What may be gathered in all connections of a capture together. */
const mostOfAll = 64 * 1024 * 1024;
const smallestBuffer = 4096;

/** Memory in which the connections of one capture gather such bytes, now. */
export interface GatheredBytes {
  bytes: number;
}

/** Takes bytes that are good until the call returns. */
type EnterRest = (bytes: Uint8Array, at: number, isSecret: boolean) => void;

/**
 * Gathers what is left of a packet whose beginning was not captured into one row of at most 1 MiB, as long as nothing else
 * comes in between: by itself each segment would be one, of which a firmware image has a thousand.
 */
export class PacketRest {
  private buffer = new Uint8Array(0);
  private length = 0;
  private at = 0;
  private isSecret = false;

  constructor(
    private readonly gathered: GatheredBytes,
    private readonly enter: EnterRest,
  ) {}

  add(bytes: Uint8Array, at: number, isSecret: boolean): void {
    if (bytes.length === 0) return;
    if (isSecret !== this.isSecret || this.length + bytes.length > longestRow) this.flush();
    if (bytes.length > longestRow) {
      this.enter(bytes, at, isSecret);
      return;
    }
    this.makeRoom(this.length + bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
    this.at = at;
    this.isSecret = isSecret;
    if (this.gathered.bytes > mostOfAll) this.flush();
  }

  /** Something else comes: the row has the time of its last bytes, as a packet has. */
  flush(): void {
    if (this.length === 0) return;
    const bytes = this.buffer.subarray(0, this.length);
    this.gathered.bytes -= this.buffer.length;
    this.buffer = new Uint8Array(0);
    this.length = 0;
    this.enter(bytes, this.at, this.isSecret);
  }

  private makeRoom(length: number): void {
    if (length <= this.buffer.length) return;
    const larger = new Uint8Array(
      Math.min(longestRow, Math.max(smallestBuffer, length, 2 * this.buffer.length)),
    );
    larger.set(this.buffer.subarray(0, this.length));
    this.gathered.bytes += larger.length - this.buffer.length;
    this.buffer = larger;
  }
}
