import { assertNever } from '../base/assert';

/*
 * JSON (RFC 8259) as tokens over its text. Nothing is turned into numbers or objects: a device's 64-bit counters, repeated
 * keys and the order of members are shown as they were sent, and a payload nested a million deep needs no stack.
 */

export type JsonTokenKind = 'open' | 'close' | 'colon' | 'comma' | 'key' | 'scalar';

/** What would have continued the text, in words that fit `... is expected`. */
const expectations = {
  value: 'a value',
  valueOrEnd: "a value or ']'",
  key: 'a name in double quotes',
  keyOrEnd: "a name in double quotes or '}'",
  colon: "':'",
  commaInObject: "',' or '}'",
  commaInArray: "',' or ']'",
  end: 'the end of the text',
  quote: "'\"' at the end of the string",
  escape: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000',
  printable: 'an escape such as \\n in place of a control character',
} as const;

export type JsonExpectation = keyof typeof expectations;

export interface JsonProblem {
  /** Where it stops being JSON, in UTF-16 code units. */
  readonly offset: number;
  readonly expected: JsonExpectation;
}

export function describeJsonExpectation(expected: JsonExpectation): string {
  return expectations[expected];
}

export type JsonVisitor = (kind: JsonTokenKind, start: number, end: number) => void;

/** Calls `visit` for each token in order, as far as the text is JSON, and returns where it is not. */
export function scanJson(text: string, visit: JsonVisitor): JsonProblem | undefined {
  const scanner = new Scanner(text, visit);
  return scanner.run();
}

const whiteSpace = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literal = /(?:true|false|null)/y;
const unescaped = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come between two tokens; the others are inside of a string. */
type State = Exclude<JsonExpectation, 'quote' | 'escape' | 'printable'>;

class Scanner {
  private at = 0;
  private expected: State = 'value';
  /** The closing brackets that are still to come. */
  private readonly closing: string[] = [];

  constructor(
    private readonly text: string,
    private readonly visit: JsonVisitor,
  ) {}

  run(): JsonProblem | undefined {
    for (;;) {
      this.at = this.after(whiteSpace, this.at);
      if (this.at === this.text.length && this.expected === 'end') return undefined;
      const problem = this.token();
      if (problem) return problem;
    }
  }

  private token(): JsonProblem | undefined {
    const { expected } = this;
    const character = this.text[this.at];
    if (character === undefined) return this.problem();
    switch (expected) {
      case 'valueOrEnd':
        return character === ']' ? this.close() : this.value(character);
      case 'value':
        return this.value(character);
      case 'keyOrEnd':
        return character === '}' ? this.close() : this.key(character);
      case 'key':
        return this.key(character);
      case 'colon':
        return character === ':' ? this.accept('colon', 'value') : this.problem();
      case 'commaInObject':
        return this.commaOrClose(character, 'key');
      case 'commaInArray':
        return this.commaOrClose(character, 'value');
      case 'end':
        return this.problem();
      default:
        return assertNever(expected);
    }
  }

  private value(character: string): JsonProblem | undefined {
    if (character === '{' || character === '[') {
      this.closing.push(character === '{' ? '}' : ']');
      return this.accept('open', character === '{' ? 'keyOrEnd' : 'valueOrEnd');
    }
    if (character === '"') return this.string('scalar', this.afterValue());
    const end = Math.max(this.after(number, this.at), this.after(literal, this.at));
    return end === this.at ? this.problem() : this.accept('scalar', this.afterValue(), end);
  }

  private key(character: string): JsonProblem | undefined {
    return character === '"' ? this.string('key', 'colon') : this.problem();
  }

  private commaOrClose(character: string, next: State): JsonProblem | undefined {
    if (character === ',') return this.accept('comma', next);
    return character === this.closing[this.closing.length - 1] ? this.close() : this.problem();
  }

  private close(): undefined {
    this.closing.pop();
    return this.accept('close', this.afterValue());
  }

  private afterValue(): State {
    const closing = this.closing[this.closing.length - 1];
    if (closing === undefined) return 'end';
    return closing === '}' ? 'commaInObject' : 'commaInArray';
  }

  private string(kind: JsonTokenKind, next: State): JsonProblem | undefined {
    let end = this.at + 1;
    for (;;) {
      end = this.after(unescaped, end);
      const character = this.text[end];
      if (character === '"') return this.accept(kind, next, end + 1);
      if (character === undefined) return { offset: end, expected: 'quote' };
      if (character !== '\\') return { offset: end, expected: 'printable' };
      const escaped = this.after(escape, end);
      if (escaped === end) return { offset: end, expected: 'escape' };
      end = escaped;
    }
  }

  private accept(kind: JsonTokenKind, next: State, end = this.at + 1): undefined {
    this.visit(kind, this.at, end);
    this.at = end;
    this.expected = next;
    return undefined;
  }

  private problem(): JsonProblem {
    return { offset: this.at, expected: this.expected };
  }

  /** The offset after what a sticky expression matches at `from`; `from` where it matches nothing. */
  private after(expression: RegExp, from: number): number {
    expression.lastIndex = from;
    return expression.test(this.text) ? expression.lastIndex : from;
  }
}
