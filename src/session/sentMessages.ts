import type { OutboundMessage } from './inflightStore';

/** How many places there are at first, and how many an empty one keeps at most. */
const fewestPlaces = 8;
const mostKept = 4096;
/** Up to this many places the rings grow fourfold: what is in them moves each time, in every connection that begins to receive. */
const mostFourfold = 512;
/** Which part of the rings is taken at most before they grow. */
const mostTaken = 3 / 4;

/** Of all that have none in flight. */
const noMessages: undefined[] = [];
const noIdentifiers = new Uint16Array(0);
const noTurns = new Float64Array(0);

/**
 * The messages that were sent and not acknowledged, by Packet Identifier. Identifiers come one after another, so that a
 * ring of places serves where a Map would be made anew over and over; those that are still there when their place is
 * needed again go into a Map.
 */
export class SentMessages {
  /** Rings whose size is a power of two; none before there is something in them. An identifier of 0 is a free place. */
  private messages: (OutboundMessage | undefined)[] = noMessages;
  private identifiers = noIdentifiers;
  /** Which of them was sent when: numbers that grow. */
  private turns = noTurns;
  private turn = 0;
  private inRing = 0;
  private late: Map<number, { readonly message: OutboundMessage; readonly turn: number }> | undefined;

  get size(): number {
    return this.inRing + (this.late?.size ?? 0);
  }

  has(identifier: number): boolean {
    return this.get(identifier) !== undefined;
  }

  get(identifier: number): OutboundMessage | undefined {
    const at = identifier & (this.messages.length - 1);
    if (this.identifiers[at] === identifier) return this.messages[at];
    return this.late?.get(identifier)?.message;
  }

  /** Adds a message as the one that was sent last. */
  set(identifier: number, message: OutboundMessage): void {
    this.delete(identifier);
    const size = this.messages.length;
    if (this.inRing >= size * mostTaken)
      this.resize(Math.max(fewestPlaces, size * (size < mostFourfold ? 4 : 2)));
    this.place(identifier, message, this.turn++);
    this.inRing++;
  }

  delete(identifier: number): OutboundMessage | undefined {
    const at = identifier & (this.messages.length - 1);
    if (this.identifiers[at] === identifier) {
      const message = this.messages[at];
      this.identifiers[at] = 0;
      this.messages[at] = undefined;
      if (--this.inRing === 0 && this.messages.length > mostKept) this.empty();
      return message;
    }
    const late = this.late?.get(identifier);
    if (late) this.late?.delete(identifier);
    return late?.message;
  }

  clear(): void {
    this.empty();
    this.inRing = 0;
    this.late = undefined;
  }

  /** In the order of sending. */
  *[Symbol.iterator](): Iterator<readonly [identifier: number, message: OutboundMessage]> {
    const all: { identifier: number; message: OutboundMessage; turn: number }[] = [];
    for (const [identifier, each] of this.late ?? []) all.push({ identifier, ...each });
    this.messages.forEach((message, at) => {
      const identifier = this.identifiers[at] ?? 0;
      if (message) all.push({ identifier, message, turn: this.turns[at] ?? 0 });
    });
    for (const { identifier, message } of all.sort((one, other) => one.turn - other.turn)) {
      yield [identifier, message];
    }
  }

  /** In the order of sending. */
  *values(): Iterable<OutboundMessage> {
    for (const [, message] of this) yield message;
  }

  private empty(): void {
    this.messages = noMessages;
    this.identifiers = noIdentifiers;
    this.turns = noTurns;
  }

  /** Who has the place goes elsewhere. */
  private place(identifier: number, message: OutboundMessage, turn: number): void {
    const at = identifier & (this.messages.length - 1);
    const before = this.identifiers[at] ?? 0;
    const other = this.messages[at];
    if (other) {
      (this.late ??= new Map()).set(before, { message: other, turn: this.turns[at] ?? 0 });
      this.inRing--;
    }
    this.messages[at] = message;
    this.identifiers[at] = identifier;
    this.turns[at] = turn;
  }

  /** The former ring is emptied: thrown away with messages in it, it would keep them in memory once it is old. */
  private resize(places: number): void {
    const { messages, identifiers, turns } = this;
    this.messages = new Array<OutboundMessage | undefined>(places).fill(undefined);
    this.identifiers = new Uint16Array(places);
    this.turns = new Float64Array(places);
    messages.forEach((message, at) => {
      if (message) this.place(identifiers[at] ?? 0, message, turns[at] ?? 0);
    });
    messages.fill(undefined);
  }
}
