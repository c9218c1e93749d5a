import { fromHex, toHex } from '../base/bytes';
import { timeOfDay, type Expression, type FieldReference, type Scalar, type Term } from './expression';
import { directions, fieldTable, type Comparison, type Operator } from './fieldTable';
import { NoExpression } from './noExpression';
import { LinearPattern } from './pattern/linearPattern';
import { PatternProblem } from './pattern/patternSyntax';
import { parseTime } from './timeLiteral';
import { quoted, stringValue, type Token } from './tokens';
import type { Vocabulary } from './vocabulary';
import { wantedValue, type WantedValue } from './whereProblem';

/** The term that a field, an operator and the token of a value make. Throws NoExpression. */
export function readValue(
  field: FieldReference,
  operator: Exclude<Operator, 'exists'>,
  token: Token,
  vocabulary: Vocabulary,
): Expression {
  switch (operator) {
    case 'matches':
      return { kind: 'matches', field, pattern: pattern(field, token) };
    case '~':
      return { kind: 'filter', field, topicFilter: topicFilter(field, token, vocabulary) };
    case 'contains':
      return { kind: 'contains', field, value: scalar(field, operator, token, vocabulary) };
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      if (field.name === 'time') return timeComparison(field, operator, token);
      return { kind: 'compare', field, operator, value: scalar(field, operator, token, vocabulary) };
  }
}

function scalar(field: FieldReference, operator: Operator, token: Token, vocabulary: Vocabulary): Scalar {
  const { kind } = fieldTable[field.name];
  // What is in a payload's path may be anything; properties are numbers, texts or bytes.
  const wanted: WantedValue = field.name === 'property' ? 'value' : wantedValue(field.name, operator);
  if (kind === 'choice') return choice(field, token, vocabulary);
  switch (wanted) {
    case 'number':
      return token.kind === 'number' ? numberOf(token.text) : wrong(field, wanted, token);
    case 'boolean':
      return token.text === 'true' || token.text === 'false'
        ? token.text === 'true'
        : wrong(field, wanted, token);
    case 'text':
      return token.kind === 'string' ? stringValue(token) : wrong(field, wanted, token);
    case 'hex': {
      const bytes = token.kind === 'string' ? fromHex(stringValue(token)) : undefined;
      return bytes ? toHex(bytes) : wrong(field, wanted, token);
    }
    case 'reason':
      return reason(field, token, vocabulary);
    case 'value':
      return anyValue(field, token);
    case 'time':
    case 'pattern':
      return wrong(field, wanted, token);
  }
}

function anyValue(field: FieldReference, token: Token): Scalar {
  if (token.kind === 'number') return numberOf(token.text);
  if (token.kind === 'string') return stringValue(token);
  if (token.text === 'true') return true;
  if (token.text === 'false') return false;
  return token.text === 'null' ? null : wrong(field, 'value', token);
}

/** A word or a text that is one of few, whatever its case. */
function choice(field: FieldReference, token: Token, { packets }: Vocabulary): string {
  if (token.kind !== 'word' && token.kind !== 'string') return wrong(field, 'text', token);
  const name = token.kind === 'string' ? stringValue(token) : token.text;
  const known: readonly { readonly name: string; readonly also?: string }[] =
    field.name === 'direction' ? directions : packets;
  const typed = name.toLowerCase();
  const found = known.find((each) => each.name.toLowerCase() === typed || each.also === typed);
  if (found) return found.name;
  const { start, end } = token;
  throw new NoExpression({ code: 'unknownValue', name, values: known.map((each) => each.name), start, end });
}

/** A number, or the name of a code in its own spelling. */
function reason(field: FieldReference, token: Token, { reasons }: Vocabulary): Scalar {
  if (token.kind === 'number') return numberOf(token.text);
  if (token.kind !== 'string') return wrong(field, 'reason', token);
  const name = stringValue(token).toLowerCase();
  const known = reasons.find((each) => each.name.toLowerCase() === name);
  return known?.name ?? wrong(field, 'reason', token);
}

/** A whole number beyond what a double holds stays exact. */
function numberOf(text: string): number | bigint {
  const value = Number(text.replace(/^-0x/i, '0x'));
  const signed = /^-0x/i.test(text) ? -value : value;
  if (Number.isSafeInteger(signed) || !/^-?\d+$/.test(text)) return signed;
  return BigInt(text);
}

/** A time stands for as long as its last digit: `time == "14:02:11"` is the whole second. */
function timeComparison(field: FieldReference, operator: Comparison, token: Token): Expression {
  const time = token.kind === 'string' ? parseTime(stringValue(token)) : undefined;
  if (!time) return wrong(field, 'time', token);
  const timed: FieldReference = time.of === 'day' ? { ...field, path: [timeOfDay] } : field;
  const compare = (as: Comparison, value: number): Term => ({
    kind: 'compare',
    field: timed,
    operator: as,
    value,
  });
  const end = time.value + time.precision;
  switch (operator) {
    case '==':
      return { kind: 'all', operands: [compare('>=', time.value), compare('<', end)] };
    case '!=':
      return { kind: 'any', operands: [compare('<', time.value), compare('>=', end)] };
    case '<':
    case '>=':
    case '>':
      return compare(operator, time.value);
    case '<=':
      // Through to the end of what was written.
      return time.precision < 1 ? compare('<=', time.value) : compare('<', end);
  }
}

function topicFilter(field: FieldReference, token: Token, vocabulary: Vocabulary): string {
  if (token.kind !== 'string') return wrong(field, 'text', token);
  const value = stringValue(token);
  const why = vocabulary.topicFilterProblem(value);
  if (why === undefined) return value;
  const { start, end } = token;
  throw new NoExpression({ code: 'topicFilter', why, start, end });
}

/** `/…/i`, or a string of which only the quote is escaped: backslashes belong to the expression. */
function pattern(field: FieldReference, token: Token): LinearPattern {
  const { kind, text, start } = token;
  if (kind !== 'string' && kind !== 'pattern') return wrong(field, 'pattern', token);
  const close = kind === 'pattern' ? text.lastIndexOf('/') : text.length - 1;
  const flags = text.slice(close + 1);
  const inside = text.slice(1, close);
  if (flags !== '' && flags !== 'i') {
    const why = 'of the flags only i is known';
    throw new NoExpression({ code: 'pattern', why, start: start + close + 1, end: token.end });
  }
  try {
    return new LinearPattern(inside, flags === 'i');
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    const at = start + 1 + Math.min(error.offset, inside.length);
    throw new NoExpression({
      code: 'pattern',
      why: error.message,
      start: at,
      end: Math.min(at + 1, token.end),
    });
  }
}

function wrong(field: FieldReference, wanted: WantedValue, token: Token): never {
  const { kind, text, start, end } = token;
  const small = text.toLowerCase();
  if (
    (wanted === 'boolean' && isBoolean(small)) ||
    (wanted === 'value' && (isBoolean(small) || small === 'null'))
  )
    throw new NoExpression({ code: 'foreignWord', found: text, instead: small, start, end });
  const isBare = kind === 'word' || kind === 'number';
  const instead = isBare && canBeQuoted(wanted, text) ? quoted(text) : undefined;
  const cause = { code: 'valueOfOther', field: field.name, wanted } as const;
  throw new NoExpression({ ...cause, ...(instead !== undefined && { instead }), start, end });
}

function isBoolean(text: string): boolean {
  return text === 'true' || text === 'false';
}

/** Whether a value would be one in quotes. */
function canBeQuoted(wanted: WantedValue, text: string): boolean {
  return wanted === 'text' || (wanted === 'time' && parseTime(text) !== undefined);
}
