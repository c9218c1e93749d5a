import { assertNever } from '../base/assert';
import { grouped } from '../base/grouped';
import type { Span } from '../base/spans';
import { fieldTable, operatorsOf, type FieldName, type Operator } from './fieldTable';

/** What may stand at a place of an expression. */
export type Expectation =
  | { readonly of: 'term' }
  | { readonly of: 'operator'; readonly field: FieldName; readonly path: readonly (string | number)[] }
  | { readonly of: 'value'; readonly field: FieldName; readonly operator: Operator }
  | { readonly of: 'connective'; readonly inBrackets: boolean }
  | { readonly of: 'member' | 'property' | 'userProperty' | 'index' | 'level' | 'closingBracket' };

type Cause =
  | { readonly code: 'expected'; readonly expected: Expectation; readonly found: string }
  | {
      readonly code: 'unknownField' | 'unknownProperty';
      readonly name: string;
      readonly similar: string | undefined;
    }
  | { readonly code: 'unknownValue'; readonly name: string; readonly values: readonly string[] }
  | { readonly code: 'foreignWord'; readonly found: string; readonly instead: string }
  | { readonly code: 'unterminated'; readonly quote: string }
  | { readonly code: 'operatorOfOther'; readonly field: FieldName; readonly operator: string }
  | {
      readonly code: 'valueOfOther';
      readonly field: FieldName;
      readonly wanted: WantedValue;
      readonly instead?: string;
    }
  | { readonly code: 'topicFilter' | 'pattern'; readonly why: string }
  | { readonly code: 'tooLong'; readonly most: number }
  | { readonly code: 'tooDeep' };

export type WantedValue = 'text' | 'number' | 'boolean' | 'hex' | 'time' | 'reason' | 'value' | 'pattern';

/** Why a text is no expression, and the characters it is about: UTF-16 code units; empty at the end of the text. */
export type WhereProblem = Span & Cause;

const valueWords: Readonly<Record<WantedValue, string>> = {
  text: 'a text in quotes',
  number: 'a number',
  boolean: 'true or false',
  hex: 'whole bytes as hexadecimal digits in quotes, such as "de ad"',
  time: 'a time in quotes, such as "14:02:11" or "2026-11-22T14:02:11"',
  reason: 'a Reason Code such as 0x87, or its name in quotes',
  value: 'a text in quotes, a number, true, false or null',
  pattern: 'a regular expression, such as /^v\\d+/i or "^v\\d+"',
};

/** The problem in a sentence. */
export function describeWhereProblem(problem: WhereProblem): string {
  switch (problem.code) {
    case 'expected': {
      const wanted = describeExpectation(problem.expected);
      return problem.found === ''
        ? `${capital(wanted)} is missing here.`
        : `${capital(wanted)} is expected here, not ${problem.found}.`;
    }
    case 'unknownField':
      return `There is no field “${problem.name}”${didYouMean(problem.similar)}`;
    case 'unknownProperty':
      return `MQTT 5.0 has no property “${problem.name}”${didYouMean(problem.similar)}`;
    case 'unknownValue':
      return `“${problem.name}” is none of its values: ${problem.values.join(', ')}.`;
    case 'foreignWord':
      return `Write ${problem.instead} in place of ${problem.found}.`;
    case 'unterminated':
      return `The closing ${problem.quote} is missing.`;
    case 'operatorOfOther':
      return `“${problem.operator}” does not go with ${problem.field}; these do: ${operatorsOf[fieldTable[problem.field].kind].join(' ')}.`;
    case 'valueOfOther':
      return `${problem.field} is compared with ${valueWords[problem.wanted]}${problem.instead === undefined ? '' : `: write ${problem.instead}`}.`;
    case 'topicFilter':
      return `This is no Topic Filter: ${problem.why}`;
    case 'pattern':
      return `The regular expression cannot be used: ${problem.why}.`;
    case 'tooLong':
      return `An expression may have ${grouped(problem.most)} characters.`;
    case 'tooDeep':
      return 'Brackets and “not” are nested too deep.';
    default:
      return assertNever(problem);
  }
}

function describeExpectation(expected: Expectation): string {
  switch (expected.of) {
    case 'term':
      return 'a field, “not” or “(”';
    case 'operator':
      return `an operator after ${expected.field}, such as ${operatorsOf[fieldTable[expected.field].kind].slice(0, 2).join(' or ')},`;
    case 'value':
      return `${valueWords[wantedValue(expected.field, expected.operator)]}`;
    case 'connective':
      return expected.inBrackets ? '“and”, “or” or “)”' : '“and” or “or”';
    case 'member':
      return 'the name of a member';
    case 'property':
      return 'the name of a property, such as contentType or user.name,';
    case 'userProperty':
      return 'the name of a User Property, as in property.user.name,';
    case 'index':
      return 'a number, or a name in quotes,';
    case 'level':
      return 'the number of a level, from 0 on,';
    case 'closingBracket':
      return '“]”';
    default:
      return assertNever(expected);
  }
}

/** What a field is compared with by an operator. */
export function wantedValue(field: FieldName, operator: Operator): WantedValue {
  if (operator === 'matches') return 'pattern';
  const { kind } = fieldTable[field];
  switch (kind) {
    case 'any':
      return 'value';
    case 'topic':
    case 'choice':
      return 'text';
    case 'code':
      return operator === 'contains' ? 'text' : 'reason';
    case 'text':
    case 'hex':
    case 'number':
    case 'boolean':
    case 'time':
      return kind;
    default:
      return assertNever(kind);
  }
}

function didYouMean(similar: string | undefined): string {
  return similar === undefined ? '.' : `; did you mean ${similar}?`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
