import { assertNever } from '../base/assert';
import type { Expression, FieldReference, Scalar, Term } from './expression';
import type { Comparison } from './fieldTable';

/** A value of a field: a scalar, or what a payload has inside: lists, and objects with members. */
export type FieldValue = Scalar | readonly unknown[] | object;

/** What an expression is asked of. Nothing is read before it is asked for. */
export interface Fields {
  /**
   * Every value of a field, none where it is not there. It may have several: a User Property that is repeated, a Reason
   * Code by number and by name.
   */
  values(field: FieldReference): readonly FieldValue[];
  /** Whether a Topic Filter matches the topic; false where there is none. */
  isMatchedBy(topicFilter: string): boolean;
}

/**
 * Whether an expression holds. A comparison with a field that is not there does not, `!=` neither; of several values it
 * is enough that one compares, and with `!=` none may be equal. Values of different kinds are never equal.
 */
export function holds(expression: Expression, fields: Fields): boolean {
  switch (expression.kind) {
    case 'all':
      return expression.operands.every((operand) => holds(operand, fields));
    case 'any':
      return expression.operands.some((operand) => holds(operand, fields));
    case 'not':
      return !holds(expression.operand, fields);
    case 'compare':
    case 'contains':
    case 'matches':
    case 'filter':
    case 'exists':
      return termHolds(expression, fields);
    default:
      return assertNever(expression);
  }
}

function termHolds(term: Term, fields: Fields): boolean {
  if (term.kind === 'filter') return fields.isMatchedBy(term.topicFilter);
  const values = fields.values(term.field);
  switch (term.kind) {
    case 'exists':
      return values.length > 0;
    case 'compare':
      return comparesAny(values, term.operator, term.value);
    case 'contains': {
      const { value } = term;
      if (term.field.name === 'hex') return values.some((each) => hasWholeBytes(each, value));
      return values.some((each) => has(each, value));
    }
    case 'matches':
      return values.some((each) => isText(each) && term.pattern.test(String(each)));
    default:
      return assertNever(term);
  }
}

function comparesAny(values: readonly FieldValue[], operator: Comparison, value: Scalar): boolean {
  switch (operator) {
    case '==':
      return values.some((each) => isEqual(each, value));
    case '!=':
      return values.length > 0 && !values.some((each) => isEqual(each, value));
    case '<':
      return values.some((each) => order(each, value) < 0);
    case '<=':
      return values.some((each) => order(each, value) <= 0);
    case '>':
      return values.some((each) => order(each, value) > 0);
    case '>=':
      return values.some((each) => order(each, value) >= 0);
    default:
      return assertNever(operator);
  }
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Numbers are equal whether they are large or not. */
function isEqual(value: unknown, other: Scalar): boolean {
  if (isNumber(value) && isNumber(other)) return order(value, other) === 0;
  return value === other;
}

/** Below, at or above 0 as `value` is to `other`; NaN, which is none of them, where they are not of one kind. */
function order(value: unknown, other: unknown): number {
  if (isNumber(value) && isNumber(other)) return value < other ? -1 : value > other ? 1 : 0;
  if (typeof value === 'string' && typeof other === 'string')
    return value < other ? -1 : value > other ? 1 : 0;
  return Number.NaN;
}

function isText(value: FieldValue): value is string | number | bigint | boolean {
  return value !== null && typeof value !== 'object';
}

function has(value: FieldValue, part: Scalar): boolean {
  if (typeof value === 'string') return typeof part === 'string' && value.includes(part);
  if (Array.isArray(value)) return value.some((each) => isEqual(each, part));
  return (
    typeof value === 'object' && value !== null && typeof part === 'string' && Object.hasOwn(value, part)
  );
}

/** Whether hexadecimal digits have others in them that begin with a byte. */
function hasWholeBytes(value: FieldValue, part: Scalar): boolean {
  if (typeof value !== 'string' || typeof part !== 'string') return false;
  let at = value.indexOf(part);
  while (at % 2 === 1) at = value.indexOf(part, at + 1);
  return at >= 0;
}

/** The fields an expression asks for. */
export function fieldsOf(expression: Expression): readonly FieldReference[] {
  switch (expression.kind) {
    case 'all':
    case 'any':
      return expression.operands.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(expression.operand);
    case 'compare':
    case 'contains':
    case 'matches':
    case 'filter':
    case 'exists':
      return [expression.field];
    default:
      return assertNever(expression);
  }
}
