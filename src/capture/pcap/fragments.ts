import type { InternetPacket } from './internetPacket';

interface Part {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Datagram {
  parts: Part[];
  /** Known once the last part is there. */
  length: number | undefined;
  held: number;
}

/** Datagrams that wait for parts at the same time, and the bytes that one can have, and that may wait of it. */
const mostDatagrams = 256;
const longestDatagram = 65_535;

/** Puts the fragments of IP packets together (RFC 815), within a bound. */
export class FragmentReassembly {
  private readonly datagrams = new Map<string, Datagram>();
  private lost = 0;
  private held = 0;

  /** Datagrams of which a part never came, so far. */
  get incomplete(): number {
    return this.lost + this.datagrams.size;
  }

  /** Bytes of parts that wait for others. */
  get heldBytes(): number {
    return this.held;
  }

  /** The content of the datagram that this part makes whole, else undefined. */
  add(packet: InternetPacket, bytes: Uint8Array): Uint8Array | undefined {
    const { fragment, start, end, missing } = packet;
    if (!fragment) return bytes.subarray(start, end);
    const key = keyOf(packet, fragment.identification);
    const { offset, more } = fragment;
    let datagram = this.datagrams.get(key);
    if (!datagram) {
      datagram = { parts: [], length: undefined, held: 0 };
      this.datagrams.set(key, datagram);
      this.forgetOldest();
    }
    const part = { offset, bytes: bytes.slice(start, end) };
    if (offset + part.bytes.length > longestDatagram || missing > 0) return undefined;
    if (datagram.parts.some((other) => other.offset === offset)) return undefined;
    datagram.parts.push(part);
    if (!more) datagram.length = offset + part.bytes.length;
    datagram.held += part.bytes.length;
    this.held += part.bytes.length;
    // Parts that lie over one another, which only who means harm makes so many.
    if (datagram.held > longestDatagram) {
      this.forget(key, datagram);
      this.lost++;
      return undefined;
    }
    if (datagram.length === undefined || datagram.held < datagram.length) return undefined;
    const whole = joined(datagram.parts, datagram.length);
    if (whole) this.forget(key, datagram);
    return whole;
  }

  private forgetOldest(): void {
    if (this.datagrams.size <= mostDatagrams) return;
    for (const [key, oldest] of this.datagrams) {
      this.forget(key, oldest);
      this.lost++;
      return;
    }
  }

  private forget(key: string, { held }: Datagram): void {
    this.datagrams.delete(key);
    this.held -= held;
  }
}

/** The parts as one, or undefined where they leave a hole. Where two overlap, the one that begins later counts. */
function joined(parts: readonly Part[], length: number): Uint8Array | undefined {
  const whole = new Uint8Array(length);
  let reached = 0;
  for (const { offset, bytes } of [...parts].sort((a, b) => a.offset - b.offset)) {
    if (offset > reached) return undefined;
    whole.set(bytes.subarray(0, length - offset), offset);
    reached = Math.max(reached, offset + bytes.length);
  }
  return reached >= length ? whole : undefined;
}

function keyOf({ source, destination, protocol }: InternetPacket, identification: number): string {
  return String.fromCharCode(...source, ...destination, protocol) + String(identification);
}
