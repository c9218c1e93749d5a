import type { BitRange, Span } from '../base/spans';

/**
 * One field of a dissected packet. Offsets are in bytes from the start of the packet. Fields without children tile the
 * packet without a gap or an overlap; those with `bits` tile their byte.
 */
export interface FieldNode extends Span {
  readonly label: string;
  /** Section of the specification that defines the field, in the version of the packet. */
  readonly section: string;
  /** Of a field that shares its byte with others. */
  readonly bits: BitRange | undefined;
  /** The value in human form; a group may have none. */
  readonly value: string | undefined;
  readonly children: readonly FieldNode[];
  /** The packet ended, or a length was wrong, before all of the field was read. */
  readonly unfinished: boolean;
}

interface Tree<T> {
  readonly label: string;
  readonly children: readonly T[];
}

/** The fields of that label, in their order. */
export function fieldsNamed<T extends Tree<T>>(fields: readonly T[], label: string): readonly T[] {
  return fields.flatMap((node) => (node.label === label ? [node] : fieldsNamed(node.children, label)));
}

/** What could be read of a packet: `complete` says that nothing is missing. */
export interface ReadFields {
  readonly fields: readonly FieldNode[];
  readonly complete: boolean;
}

/**
 * Whether it is known what the packet says in that field, or says by leaving it out. What could not be read has a default
 * value in the packet, which nobody may be held to.
 */
export function isKnown({ fields, complete }: ReadFields, label: string): boolean {
  const [first, ...others] = fieldsNamed(fields, label);
  return first === undefined ? complete : ![first, ...others].some(({ unfinished }) => unfinished);
}
