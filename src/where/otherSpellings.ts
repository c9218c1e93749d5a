import type { Span } from '../base/spans';
import { quoted, type Token } from './tokens';
import type { WantedValue } from './whereProblem';

/** What people write who come from other languages. */
const foreignWords: Readonly<Record<string, string>> = {
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
  '=': '==',
};

/** Quotes as editors of letters set them, up to the next one. */
const typographic = /[“”„‟‘’‚‛«»‹›]([^“”„‟‘’‚‛«»‹›"]*)[“”„‟‘’‚‛«»‹›]?/y;

/** A token that this language has otherwise: what was written, and what to write in its place. */
export function foreignWord(
  source: string,
  { kind, text, start, end }: Token,
): (Span & { readonly found: string; readonly instead: string }) | undefined {
  if (kind !== 'unknown') return undefined;
  const instead = foreignWords[text];
  if (instead !== undefined) return { found: text, instead, start, end };
  typographic.lastIndex = start;
  const match = typographic.exec(source);
  if (!match) return undefined;
  const [found, inside = ''] = match;
  return { found, instead: quoted(inside), start, end: start + found.length };
}

/**
 * A value that should stand in quotes and does not, with all that belongs to it: up to white space or a closing bracket,
 * whatever tokens that would be. Undefined where the token is a value by itself, or one of another language.
 */
export function unquotedRun(source: string, token: Token, wanted: WantedValue): Token | undefined {
  if (wanted !== 'text' && wanted !== 'time') return undefined;
  const { kind, text, start } = token;
  const isPath = text.startsWith('/') && (kind === 'unterminated' || kind === 'pattern');
  const isWildcard = kind === 'unknown' && (text === '#' || text === '+');
  if (kind !== 'word' && kind !== 'number' && !isPath && !isWildcard && !/^-?\d/.test(text)) return undefined;
  const [run = text] = /^[^\s)]+/.exec(source.slice(start)) ?? [];
  return { kind: 'word', text: run, start, end: start + run.length };
}
