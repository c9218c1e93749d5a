import { anyCharacter, classRanges, type CharacterSet, type Range } from './characterSet';

export type PatternNode =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'noBoundary' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly least: number; readonly most: number };

/** A regular expression that cannot be used: where, in UTF-16 code units, and why in words. */
export class PatternProblem extends Error {
  override readonly name = 'PatternProblem';

  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
  }
}

const deepest = 50;
const mostRepetitions = 1000;
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, '0': 0 };

/** Reads a regular expression in the syntax of JavaScript, without what takes going back: `\1` and `(?=`. Throws {@link PatternProblem}. */
export function parsePattern(text: string): PatternNode {
  const reader = new PatternReader(text);
  const node = reader.choice(0);
  reader.expectEnd();
  return node;
}

class PatternReader {
  private at = 0;

  constructor(private readonly text: string) {}

  choice(depth: number): PatternNode {
    if (depth > deepest) this.fail('groups are nested too deep');
    const parts = [this.sequence(depth)];
    while (this.take('|')) parts.push(this.sequence(depth));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  }

  expectEnd(): void {
    if (this.at < this.text.length) this.fail("this ')' closes nothing");
  }

  private sequence(depth: number): PatternNode {
    const parts: PatternNode[] = [];
    while (this.at < this.text.length && !'|)'.includes(this.peek())) parts.push(this.repeated(depth));
    return { kind: 'sequence', parts };
  }

  private repeated(depth: number): PatternNode {
    const start = this.at;
    const part = this.atom(depth);
    const counts = this.counts();
    if (!counts) return part;
    if (
      part.kind === 'start' ||
      part.kind === 'end' ||
      part.kind === 'boundary' ||
      part.kind === 'noBoundary'
    )
      this.fail('there is nothing to repeat', start);
    // Greedy or not: whether there is a match is the same.
    this.take('?');
    return { kind: 'repeat', part, ...counts };
  }

  private counts(): { least: number; most: number } | undefined {
    const start = this.at;
    if (this.take('*')) return { least: 0, most: Infinity };
    if (this.take('+')) return { least: 1, most: Infinity };
    if (this.take('?')) return { least: 0, most: 1 };
    const braces = this.match(/\{(\d+)(,(\d*))?\}/y);
    if (!braces) return undefined;
    const least = Number(braces[1]);
    const most = braces[2] === undefined ? least : braces[3] === '' ? Infinity : Number(braces[3]);
    if (least > most) this.fail('the counts are in the wrong order', start);
    if (least > mostRepetitions || (most > mostRepetitions && most !== Infinity))
      this.fail(`more than ${mostRepetitions} repetitions`, start);
    return { least, most };
  }

  private atom(depth: number): PatternNode {
    const start = this.at;
    const character = this.next();
    switch (character) {
      case '(':
        return this.group(depth, start);
      case '[':
        return { kind: 'set', set: this.set(start) };
      case '.':
        return { kind: 'set', set: anyCharacter };
      case '^':
        return { kind: 'start' };
      case '$':
        return { kind: 'end' };
      case '\\':
        return this.escape(start);
      case '*':
      case '+':
      case '?':
        return this.fail('there is nothing to repeat', start);
      default:
        return single(character.codePointAt(0) ?? 0);
    }
  }

  private group(depth: number, start: number): PatternNode {
    if (this.take('?') && !this.take(':')) {
      const name = this.match(/<[\p{L}_$][\p{L}\p{N}_$]*>/uy);
      if (!name) this.fail('looking ahead or behind is not possible here', start);
    }
    const node = this.choice(depth + 1);
    if (!this.take(')')) this.fail("this '(' is not closed", start);
    return node;
  }

  private escape(start: number): PatternNode {
    if (this.take('b')) return { kind: 'boundary' };
    if (this.take('B')) return { kind: 'noBoundary' };
    const ranges = this.classEscape();
    return ranges ? { kind: 'set', set: { ranges, negated: false } } : single(this.characterEscape(start));
  }

  private classEscape(): readonly Range[] | undefined {
    const ranges = classRanges(this.peek());
    if (ranges) this.at++;
    return ranges;
  }

  /** What follows a backslash that stands for one character. */
  private characterEscape(start: number): number {
    const code = this.match(/x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}/y);
    if (code) {
      const point = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
      return point <= 0x10ffff ? point : this.fail('there is no such character', start);
    }
    if (this.at === this.text.length) this.fail('nothing follows the backslash', start);
    const character = this.next();
    const control = controls[character];
    if (control !== undefined) return control;
    if (/[1-9]/.test(character))
      return this.fail('what a group has matched cannot be asked for again', start);
    if (/[A-Za-z]/.test(character)) return this.fail(`'\\${character}' is not known`, start);
    return character.codePointAt(0) ?? 0;
  }

  private set(start: number): CharacterSet {
    const negated = this.take('^');
    const ranges: Range[] = [];
    while (!this.take(']')) {
      if (this.at === this.text.length) this.fail("this '[' is not closed", start);
      const from = this.at;
      const low = this.member();
      if (typeof low !== 'number') {
        ranges.push(...low);
        continue;
      }
      if (this.peek() !== '-' || this.text[this.at + 1] === ']' || this.at + 1 >= this.text.length) {
        ranges.push([low, low]);
        continue;
      }
      this.at++;
      const high = this.member();
      if (typeof high !== 'number' || high < low) return this.fail('the range is in the wrong order', from);
      ranges.push([low, high]);
    }
    return { ranges, negated };
  }

  private member(): number | readonly Range[] {
    const start = this.at;
    const character = this.next();
    if (character !== '\\') return character.codePointAt(0) ?? 0;
    if (this.take('b')) return 8;
    return this.classEscape() ?? this.characterEscape(start);
  }

  private peek(): string {
    return this.text.charAt(this.at);
  }

  private next(): string {
    const character = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    this.at += character.length;
    return character;
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  private match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (found) this.at = expression.lastIndex;
    return found;
  }

  private fail(message: string, offset = this.at): never {
    throw new PatternProblem(offset, message);
  }
}

function single(point: number): PatternNode {
  return { kind: 'set', set: { ranges: [[point, point]], negated: false } };
}
