import type { PacketType, ProtocolVersion } from './controlPacket';
import type { Properties, PropertyKey, PropertyScope } from './properties';
import type { ClauseSubject, ViolationId } from './violations';

/** A named piece of a packet: the label people see and the section that defines it come from the same place. */
export interface Field {
  readonly name: string;
  /** What 3.1.1 calls it, where that differs. */
  readonly name311?: string;
  /** Section of 5.0. */
  readonly section: string;
  /** Section of 3.1.1, where it differs. */
  readonly section311?: string;
  /** The value of a number in words, next to the number itself. */
  readonly show?: (value: number) => string | undefined;
  /** What a group says of its content: the value of its first field, or its second field named by the first. */
  readonly group?: 'showsFirst' | 'namedByFirst';
  /** Of a topic that is not PUBLISH's: the violation of having a wildcard in it. */
  readonly wildcard?: ViolationId;
}

/** A field that holds the length of what follows it, and the violation of announcing more than there is. */
export interface LengthField extends Field {
  readonly beyond: ViolationId;
}

export function field(name: string, section: string, more: Omit<Field, 'name' | 'section'> = {}): Field {
  return { name, section, ...more };
}

/**
 * What a {@link Layout} is written against. Three interpreters exist: a reader (ignores the arguments, returns what it
 * read), an annotating reader (a reader that also records fields, spans and every violation) and a writer (writes the
 * arguments and returns them). A layout names each field once, in the order of the specification.
 */
export interface Wire {
  /** The rules in force; CONNECT sets it from its protocol level. */
  version: ProtocolVersion;

  uint8(field: Field, value: number): number;
  /** Two Byte Integer (1.5.2). */
  uint16(field: Field, value: number): number;
  /** Four Byte Integer (1.5.3). */
  uint32(field: Field, value: number): number;
  /** Variable Byte Integer (1.5.5), 0 to 268,435,455. */
  variableByteInteger(field: Field, value: number): number;
  /** UTF-8 Encoded String (1.5.4). */
  utf8(field: Field, value: string): string;
  /** A UTF-8 Encoded String without wildcards (4.7.1). It may be empty: who allows that knows why. */
  topicName(field: Field, value: string): string;
  /** A UTF-8 Encoded String that keeps to the rules of 4.7.1 and 4.8.2. */
  topicFilter(field: Field, value: string): string;
  /** Binary Data (1.5.6). */
  binary(field: Field, value: Uint8Array): Uint8Array;
  /** Everything up to the end of the region. */
  rest(field: Field, value: Uint8Array): Uint8Array;
  /** A reason code of this packet in this version (2.4). */
  reasonCode(field: Field, packet: PacketType, value: number): number;
  /** Property Length and Properties (2.2.2); nothing at all before 5.0. */
  properties(scope: PropertyScope, value: Properties): Properties;

  /** One byte of flags: `bits` and `flag` until `endBits` share it and must cover all eight bits. */
  beginBits(field: Field): void;
  bits(field: Field, high: number, low: number, value: number): number;
  flag(field: Field, bit: number, value: boolean): boolean;
  endBits(): void;

  /** A Variable Byte Integer that counts the bytes up to `endLength`. `expected` is a writer's guess of that count. */
  beginLength(field: LengthField, expected: number): number;
  endLength(mark: number): void;

  /** Whether another element follows: for a reader that bytes are left, for a writer `wanted`. */
  more(wanted: boolean): boolean;
  /** Groups the fields up to `leave` under a heading. */
  enter(field: Field): void;
  leave(): void;
  /** Where the field read or written last starts, for a rule that is broken only by what follows it. */
  readonly fieldStart: number;
  /** The same for a property of the packet at hand: where its identifier is. */
  propertyStart(key: PropertyKey): number;
  /** Reports a broken rule, of the field read or written last unless `at` says another. Decoding and encoding stop here. */
  violate(id: ViolationId, value?: string | number, at?: number, subject?: ClauseSubject): void;
  /** Reports what dissection shows but nobody is disconnected for. */
  note(id: ViolationId, value?: string | number, at?: number): void;
}

/** The two-way description of one packet: called with an interpreter and the packet that is filled in or written. */
export type Layout<P> = (io: Wire, packet: P) => void;
