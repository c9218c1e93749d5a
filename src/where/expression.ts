import type { Span } from '../base/spans';
import type { Comparison, FieldName } from './fieldTable';
import type { LinearPattern } from './pattern/linearPattern';

export type Scalar = string | number | bigint | boolean | null;

/** A field, with members, a level or a property's name behind it. Offsets are in UTF-16 code units of the text. */
export interface FieldReference extends Span {
  readonly name: FieldName;
  readonly path: readonly (string | number)[];
}

export type Expression =
  | { readonly kind: 'all' | 'any'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | Term;

/** What is asked of one field. */
export type Term =
  | {
      readonly kind: 'compare';
      readonly field: FieldReference;
      readonly operator: Comparison;
      readonly value: Scalar;
    }
  | { readonly kind: 'contains'; readonly field: FieldReference; readonly value: Scalar }
  | { readonly kind: 'matches'; readonly field: FieldReference; readonly pattern: LinearPattern }
  | { readonly kind: 'filter'; readonly field: FieldReference; readonly topicFilter: string }
  | { readonly kind: 'exists'; readonly field: FieldReference };

/** The member of `time`'s path that stands for milliseconds since local midnight. */
export const timeOfDay = 'day';
