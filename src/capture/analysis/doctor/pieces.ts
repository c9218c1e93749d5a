/** Bytes in front by which a message that begins anew is told from one that goes on. */
const prefixBytes = 4;

/** Where JSON stands after the bytes so far. */
export interface JsonState {
  depth: number;
  inString: boolean;
  /** The next byte belongs to a backslash. */
  escaped: boolean;
}

/**
 * Goes on with JSON. Returns where it is over, which is the index after the brace or bracket that closes it; -1 where it
 * goes on.
 */
export function readOn(state: JsonState, bytes: Uint8Array, end: number): number {
  for (let at = 0; at < end; at++) {
    const byte = bytes[at] as number;
    if (state.escaped) state.escaped = false;
    else if (state.inString) {
      if (byte === 0x5c) state.escaped = true;
      else if (byte === 0x22) state.inString = false;
    } else if (byte === 0x22) state.inString = true;
    else if (byte === 0x7b || byte === 0x5b) state.depth++;
    else if ((byte === 0x7d || byte === 0x5d) && --state.depth === 0) return at + 1;
  }
  return -1;
}

/** How many bytes are left without the zeros at the end: strings of C end with one, which belongs to no payload. */
export function endOf(payload: Uint8Array): number {
  let end = payload.length;
  while (end > 0 && payload[end - 1] === 0) end--;
  return end;
}

/** Whether bytes begin as a JSON object or array does. */
export function beginsJson([first]: Uint8Array): boolean {
  return first === 0x7b || first === 0x5b;
}

/**
 * What is sent in pieces, beginning with a payload that ends in the middle: the next message may go on where it ended, as
 * those of a large document do that a device sends chunk by chunk.
 */
export class Pieces {
  private readonly prefix: Uint8Array;
  private readonly length: number;
  private readonly json: JsonState | undefined;
  private inCharacter = false;

  constructor(payload: Uint8Array) {
    this.prefix = payload.slice(0, prefixBytes);
    this.length = payload.length;
    this.json = beginsJson(payload) ? { depth: 0, inString: false, escaped: false } : undefined;
    this.take(payload);
  }

  /**
   * Whether a payload goes on where the one before ended: `over` where it ends what was sent in pieces, `on` where more has
   * to come, undefined where it is another message.
   */
  goesOn(payload: Uint8Array): 'on' | 'over' | undefined {
    const [first = 0] = payload;
    if (this.inCharacter && (first < 0x80 || first >= 0xc0)) return undefined;
    if (!this.inCharacter && (!this.json || this.prefix.every((byte, index) => payload[index] === byte)))
      return undefined;
    const before = this.json && { ...this.json };
    const isPiece = payload.length === this.length;
    const isOver = this.take(payload);
    // Only the last piece is of another length than the others.
    if (isOver || isPiece) return isOver ? 'over' : 'on';
    if (this.json && before) Object.assign(this.json, before);
    return undefined;
  }

  /** Returns whether nothing more has to come. */
  private take(payload: Uint8Array): boolean {
    const end = endOf(payload);
    this.inCharacter = unfinishedCharacter(payload, end) > 0;
    if (!this.json) return !this.inCharacter;
    const over = readOn(this.json, payload, end);
    return (
      over >= 0 && payload.subarray(over, end).every((byte) => byte === 0x20 || (byte >= 9 && byte <= 13))
    );
  }
}

/** How many bytes at the end are the beginning of a character of UTF-8 that has more (RFC 3629). */
export function unfinishedCharacter(bytes: Uint8Array, end: number): number {
  for (let length = 1; length <= 3 && length <= end; length++) {
    const byte = bytes[end - length] as number;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const needed = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return byte < 0xf5 && needed > length ? length : 0;
  }
  return 0;
}
