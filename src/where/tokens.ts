import type { Span } from '../base/spans';

export type TokenKind =
  'word' | 'number' | 'string' | 'pattern' | 'symbol' | 'unterminated' | 'unknown' | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  readonly text: string;
}

const spaces = /\s*/y;
const rules: readonly (readonly [TokenKind, RegExp])[] = [
  ['word', /[\p{L}_$][\p{L}\p{N}_$-]*/uy],
  ['number', /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\p{L}\p{N}_$])/uy],
  ['string', /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'/y],
  ['pattern', /\/(?:[^/\\[]|\\[^]|\[(?:[^\]\\]|\\[^])*\])+\/[a-z]*/y],
  ['unterminated', /["'/][^]*/y],
  ['symbol', /[=!<>]=|[<>~()[\].]/y],
  // Words of other languages as one token, so that they are named as a whole.
  ['unknown', /&&?|\|\|?|=|!|-?\d[\p{L}\p{N}_$]*|[^]/uy],
];

/** The tokens of a text with one `end` after them. Every character that is no white space is in one of them. */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  let at = after(spaces, text, 0);
  while (at < text.length) {
    const token = tokenAt(text, at);
    found.push(token);
    at = after(spaces, text, token.end);
  }
  found.push({ kind: 'end', text: '', start: text.length, end: text.length });
  return found;
}

function tokenAt(text: string, start: number): Token {
  for (const [kind, expression] of rules) {
    const end = after(expression, text, start);
    if (end > start) return { kind, text: text.slice(start, end), start, end };
  }
  return { kind: 'unknown', text: text.slice(start, start + 1), start, end: start + 1 };
}

/** The offset after what a sticky expression matches at `from`; `from` where it matches nothing. */
function after(expression: RegExp, text: string, from: number): number {
  expression.lastIndex = from;
  return expression.test(text) ? expression.lastIndex : from;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' };

/** What a string token stands for: escapes as in JSON, any other escaped character stands for itself. */
export function stringValue(token: Token): string {
  return token.text
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code: string | undefined, character: string) =>
      code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
    );
}

/** A text as a string token. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
