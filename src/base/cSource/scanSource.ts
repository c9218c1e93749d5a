/** A piece of source text in C or a language like it. Offsets count from 0 in the scanned text. */
export interface SourceToken {
  /** `unclosed` is a string whose end is missing: the rest of its line. */
  readonly kind: 'word' | 'string' | 'unclosed' | 'open' | 'close';
  /** Of a string: what stands between its quotes, escapes as written. */
  readonly text: string;
  readonly start: number;
  /** Of a string: the quote. `'` is a character in C and a string in Python and JavaScript. */
  readonly quote?: string;
}

/** White space and what separates numbers; a bracket or a parenthesis says nothing about bytes. */
const separators = /[\s,;[\]()]/;
const endsWord = /[\s,;[\]()"'{}]/;
/** `b"…"` and `rb'…'` of Python and Rust, `u8"…"` and `L"…"` of C: no byte of the string. */
const stringPrefix = /^(?:b|u8|L|u|U)$/;

/** The text with every comment as blanks, so that lines and columns stay what they were. Linear in the text. */
export function withoutComments(source: string): string {
  if (!source.includes('/')) return source;
  const parts: string[] = [];
  let kept = 0;
  // Once no end is left there is none for any later beginning either.
  let endless = false;
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (isQuote(character)) at = stringEnd(source, at);
    if (character !== '/') continue;
    const end = source[at + 1] === '/' ? lineEnd(source, at) : endless ? -1 : commentEnd(source, at);
    if (source[at + 1] === '*' && end < 0) endless = true;
    if (end < 0) continue;
    parts.push(source.slice(kept, at), source.slice(at, end).replace(/[^\n]/g, ' '));
    kept = end;
    at = end - 1;
  }
  parts.push(source.slice(kept));
  return parts.join('');
}

/** Strings, braces and what stands between them, one after the other. Linear in the text. */
export function scanSource(source: string): readonly SourceToken[] {
  const tokens: SourceToken[] = [];
  for (let at = 0; at < source.length;) {
    const character = source[at] as string;
    if (separators.test(character)) at++;
    else if (character === '{' || character === '}') {
      tokens.push({ kind: character === '{' ? 'open' : 'close', text: character, start: at++ });
    } else if (isQuote(character)) {
      const end = stringEnd(source, at);
      const prefix = tokens.at(-1);
      if (
        prefix?.kind === 'word' &&
        prefix.start + prefix.text.length === at &&
        stringPrefix.test(prefix.text)
      ) {
        tokens.pop();
      }
      const kind = source[end] === character ? 'string' : 'unclosed';
      tokens.push({ kind, text: source.slice(at + 1, end), start: at, quote: character });
      at = end + 1;
    } else {
      const start = at++;
      while (at < source.length && !endsWord.test(source[at] as string)) at++;
      tokens.push({ kind: 'word', text: source.slice(start, at), start });
    }
  }
  return tokens;
}

function isQuote(character: string | undefined): boolean {
  return character === '"' || character === "'";
}

/** Where the string that begins at `start` has its closing quote, or where its line ends without one. */
function stringEnd(source: string, start: number): number {
  const quote = source[start];
  for (let at = start + 1; at < source.length; at++) {
    const character = source[at];
    if (character === quote || character === '\n') return at;
    if (character === '\\') at++;
  }
  return source.length;
}

function commentEnd(source: string, start: number): number {
  if (source[start + 1] !== '*') return -1;
  const end = source.indexOf('*/', start + 2);
  return end < 0 ? -1 : end + 2;
}

function lineEnd(source: string, start: number): number {
  const end = source.indexOf('\n', start);
  return end < 0 ? source.length : end;
}
