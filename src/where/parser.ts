import {
  fieldNames,
  fieldTable,
  operatorsOf,
  operatorTable,
  type FieldName,
  type Operator,
} from './fieldTable';
import type { Expression, FieldReference } from './expression';
import { NoExpression } from './noExpression';
import { similarName } from './similar';
import { stringValue, tokens, type Token } from './tokens';
import { readValue } from './values';
import type { Vocabulary } from './vocabulary';
import { foreignWord, unquotedRun } from './otherSpellings';
import { wantedValue, type Expectation, type WhereProblem } from './whereProblem';

/** An expression longer than this is no one's own work. */
export const longestExpression = 4096;
const deepest = 100;

export type ParsedWhere = { readonly expression: Expression } | { readonly problem: WhereProblem };

/** Reads an expression, or says at which character it stops being one. Never throws. */
export function parseWhere(text: string, vocabulary: Vocabulary): ParsedWhere {
  if (text.length > longestExpression) {
    return {
      problem: { code: 'tooLong', most: longestExpression, start: longestExpression, end: text.length },
    };
  }
  try {
    return { expression: new Parser(text, vocabulary).whole() };
  } catch (error) {
    if (error instanceof NoExpression) return { problem: error.problem };
    throw error;
  }
}

class Parser {
  private at = 0;
  private readonly list: readonly Token[];

  constructor(
    private readonly text: string,
    private readonly vocabulary: Vocabulary,
  ) {
    this.list = tokens(text);
  }

  whole(): Expression {
    const expression = this.any(0);
    if (this.token.kind !== 'end') this.fail({ of: 'connective', inBrackets: false });
    return expression;
  }

  private any(depth: number): Expression {
    const operands = [this.all(depth)];
    while (this.takeWord('or')) operands.push(this.all(depth));
    return operands.length === 1 && operands[0] ? operands[0] : { kind: 'any', operands };
  }

  private all(depth: number): Expression {
    const operands = [this.operand(depth)];
    while (this.takeWord('and')) operands.push(this.operand(depth));
    return operands.length === 1 && operands[0] ? operands[0] : { kind: 'all', operands };
  }

  private operand(depth: number): Expression {
    if (depth > deepest) throw new NoExpression({ code: 'tooDeep', ...this.span() });
    if (this.takeWord('not')) return { kind: 'not', operand: this.operand(depth + 1) };
    if (!this.take('(')) return this.term();
    const inside = this.any(depth + 1);
    if (!this.take(')')) this.fail({ of: 'connective', inBrackets: true });
    return inside;
  }

  private term(): Expression {
    const field = this.field();
    const operator = this.operator(field);
    if (operator === 'exists') return { kind: 'exists', field };
    const value = this.token;
    if (value.kind === 'end' || (value.kind === 'symbol' && '()'.includes(value.text)))
      this.fail({ of: 'value', field: field.name, operator });
    // One of few needs no quotes, and a property may be a number.
    const isOther = fieldTable[field.name].kind === 'choice' || field.name === 'property';
    const run = isOther ? undefined : unquotedRun(this.text, value, wantedValue(field.name, operator));
    if (!run) this.refuse(value);
    const term = readValue(field, operator, run ?? value, this.vocabulary);
    this.at++;
    return term;
  }

  private field(): FieldReference {
    const { token } = this;
    if (token.kind !== 'word' || token.text === 'and' || token.text === 'or') this.fail({ of: 'term' });
    const name = fieldNames.find((each) => each === token.text);
    if (name === undefined) {
      this.refuseForeign(['not'], token);
      const similar = similarName(token.text, fieldNames);
      throw new NoExpression({ code: 'unknownField', name: token.text, similar, ...this.span() });
    }
    this.at++;
    const path = this.path(name);
    return { name, path, start: token.start, end: this.before.end };
  }

  private path(name: FieldName): readonly (string | number)[] {
    switch (fieldTable[name].path) {
      case 'members':
        return this.members();
      case 'level':
        return this.take('[') ? [this.index('level')] : [];
      case 'property':
        return this.property();
      case 'none':
        return [];
    }
  }

  private members(): readonly (string | number)[] {
    const path: (string | number)[] = [];
    for (;;) {
      if (this.take('.')) path.push(this.member());
      else if (this.take('[')) path.push(this.index('index'));
      else return path;
    }
  }

  private member(): string {
    const { token } = this;
    if (token.kind === 'number' && /^\d+(\.\d+)?$/.test(token.text)) {
      const instead = token.text.replace(/\d+/g, '[$&]').replace('.', '');
      const { start } = this.before;
      const found = `.${token.text}`;
      throw new NoExpression({ code: 'foreignWord', found, instead, start, end: token.end });
    }
    return this.name({ of: 'member' });
  }

  private property(): readonly string[] {
    if (!this.take('.')) this.fail({ of: 'property' });
    const { token } = this;
    const name = this.name({ of: 'property' });
    if (name === 'user') {
      if (this.take('.')) return ['user', this.name({ of: 'userProperty' })];
      if (!this.take('[')) this.fail({ of: 'userProperty' });
      return ['user', String(this.index('index'))];
    }
    const names = [...this.vocabulary.properties.map((each) => each.name), 'user'];
    if (names.includes(name)) return [name];
    const { start, end } = token;
    throw new NoExpression({ code: 'unknownProperty', name, similar: similarName(name, names), start, end });
  }

  private name(expected: Expectation): string {
    if (this.token.kind !== 'word') this.fail(expected);
    return this.next().text;
  }

  private index(of: 'index' | 'level'): string | number {
    const { token } = this;
    const isIndex = token.kind === 'number' && /^\d+$/.test(token.text);
    if (!isIndex && (of === 'level' || token.kind !== 'string')) this.fail({ of });
    this.at++;
    if (!this.take(']')) this.fail({ of: 'closingBracket' });
    return isIndex ? Number(token.text) : stringValue(token);
  }

  private operator({ name, path }: FieldReference): Operator {
    const { token } = this;
    const operator = (Object.keys(operatorTable) as Operator[]).find((each) => each === token.text);
    if (operator === undefined) this.fail({ of: 'operator', field: name, path });
    // A level of a topic is a text: no filter matches it.
    const allowed =
      operatorsOf[fieldTable[name].kind].includes(operator) && !(operator === '~' && path.length > 0);
    if (!allowed) throw new NoExpression({ code: 'operatorOfOther', field: name, operator, ...this.span() });
    this.at++;
    return operator;
  }

  private get token(): Token {
    // The last token is the end, which nothing takes.
    return this.list[Math.min(this.at, this.list.length - 1)] as Token;
  }

  private get before(): Token {
    return this.list[Math.max(0, this.at - 1)] as Token;
  }

  private next(): Token {
    const { token } = this;
    this.at++;
    return token;
  }

  private take(symbol: string): boolean {
    const { kind, text } = this.token;
    if (kind !== 'symbol' || text !== symbol) return false;
    this.at++;
    return true;
  }

  private takeWord(word: string): boolean {
    const { kind, text } = this.token;
    if (kind !== 'word' || text !== word) return false;
    this.at++;
    return true;
  }

  private span(): { readonly start: number; readonly end: number } {
    const { start, end } = this.token;
    return { start, end };
  }

  /** What can stand nowhere is told as what it is. */
  private refuse(token: Token): void {
    const { kind, text, start, end } = token;
    if (kind === 'unterminated')
      throw new NoExpression({ code: 'unterminated', quote: text.charAt(0), start, end });
    const foreign = foreignWord(this.text, token);
    if (foreign) throw new NoExpression({ code: 'foreignWord', ...foreign });
  }

  /** Words are written small. */
  private refuseForeign(words: readonly string[], { kind, text: found, start, end }: Token): void {
    const instead = kind === 'word' && words.find((word) => word === found.toLowerCase());
    if (instead) throw new NoExpression({ code: 'foreignWord', found, instead, start, end });
  }

  private fail(expected: Expectation): never {
    this.refuse(this.token);
    if (expected.of === 'connective') this.refuseForeign(['and', 'or'], this.token);
    throw new NoExpression({ code: 'expected', expected, found: this.token.text, ...this.span() });
  }
}
