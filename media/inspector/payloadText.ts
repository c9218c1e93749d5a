import { decodeUtf8 } from '../../src/base/utf8';

export const payloadModes = ['auto', 'json', 'text', 'hex'] as const;
export type PayloadMode = (typeof payloadModes)[number];
export type PayloadForm = Exclude<PayloadMode, 'auto'>;

/** Bytes shown as JSON or text; a longer payload is shown up to here, and as a whole in hex. */
export const longestText = 1024 * 1024;

/** Characters of one line on screen: a payload of one endless line must not become one endless element. */
const longestLine = 2000;

export type TokenKind = 'name' | 'string' | 'number' | 'literal' | 'punctuation' | 'plain';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

export interface TextLine {
  /** Levels of nesting. */
  readonly indent: number;
  readonly tokens: readonly Token[];
}

export interface PayloadText {
  readonly lines: readonly TextLine[];
  /** What the person must know about what is shown: cut short, not UTF-8, not JSON. */
  readonly notices: readonly string[];
}

/** What a payload looks like: JSON when it parses as an object, an array or another whole JSON text, text when it is readable. */
export function automaticForm(payload: Uint8Array): PayloadForm {
  if (payload.length === 0) return 'text';
  if (payload.length > longestText)
    return decodeUtf8(wholeCharacters(payload)) === undefined ? 'hex' : 'text';
  const text = decodeUtf8(payload);
  if (text === undefined || /[\0-\x08\x0e-\x1f\x7f]/.test(text)) return 'hex';
  return isJson(text) ? 'json' : 'text';
}

/** JSON laid out anew from its own text, never from parsed values: a number of twenty digits keeps them all. */
export function jsonText(payload: Uint8Array): PayloadText {
  const text = payload.length > longestText ? undefined : decodeUtf8(payload);
  if (text !== undefined && isJson(text)) return { lines: jsonLines(text), notices: [] };
  const plain = plainText(payload);
  const notice =
    payload.length > longestText
      ? 'Too long to be laid out as JSON: shown as text.'
      : 'Not JSON: shown as text.';
  return { lines: plain.lines, notices: [notice, ...plain.notices] };
}

export function plainText(payload: Uint8Array): PayloadText {
  const notices: string[] = [];
  let shown = payload;
  if (payload.length > longestText) {
    shown = wholeCharacters(payload);
    notices.push(
      `The first ${shown.length.toLocaleString('en')} of ${payload.length.toLocaleString('en')} bytes. Hex shows all of them.`,
    );
  }
  let text = decodeUtf8(shown);
  if (text === undefined) {
    text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(shown);
    notices.push('Not UTF-8: what could not be read is shown as \ufffd.');
  }
  const lines: TextLine[] = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    for (const part of cut(line))
      lines.push({ indent: 0, tokens: [{ kind: 'plain', text: showControls(part) }] });
  }
  return { lines, notices };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const jsonToken = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function jsonLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let indent = 0;
  let line: Token[] = [];
  const flush = (): void => {
    if (line.length > 0) lines.push({ indent, tokens: line });
    line = [];
  };
  const tokens = text.match(jsonToken) ?? [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === '{' || token === '[') {
      line.push({ kind: 'punctuation', text: token });
      if (next === '}' || next === ']') continue;
      flush();
      indent++;
    } else if (token === '}' || token === ']') {
      const previous = tokens[index - 1];
      if (previous !== '{' && previous !== '[') {
        flush();
        indent--;
      }
      line.push({ kind: 'punctuation', text: token });
    } else if (token === ',') {
      line.push({ kind: 'punctuation', text: ',' });
      flush();
    } else if (token === ':') {
      line.push({ kind: 'punctuation', text: ': ' });
    } else {
      const kind = kindOf(token, next);
      for (const [part, piece] of cut(token).entries()) {
        if (part > 0) flush();
        line.push({ kind, text: showControls(piece) });
      }
    }
  }
  flush();
  return lines;
}

function kindOf(token: string, next: string | undefined): TokenKind {
  if (token.startsWith('"')) return next === ':' ? 'name' : 'string';
  return /^[-\d]/.test(token) ? 'number' : 'literal';
}

function cut(line: string): string[] {
  if (line.length <= longestLine) return [line];
  const parts: string[] = [];
  for (let at = 0; at < line.length;) {
    const unit = line.charCodeAt(at + longestLine - 1);
    // Not between the two halves of a character outside the basic plane.
    const length = unit >= 0xd800 && unit <= 0xdbff ? longestLine - 1 : longestLine;
    parts.push(line.slice(at, at + length));
    at += length;
  }
  return parts;
}

/** As much of the start of a long payload as is shown, not ending inside a UTF-8 sequence. */
function wholeCharacters(payload: Uint8Array): Uint8Array {
  let end = Math.min(payload.length, longestText);
  for (let back = 0; back < 3 && ((payload[end] ?? 0) & 0xc0) === 0x80; back++) end--;
  return payload.subarray(0, end);
}

/**
 * Control characters as their pictures, and those that reorder text by their number: a payload comes from the network
 * and may not disguise itself.
 */
function showControls(text: string): string {
  return text.replace(/[\0-\x08\x0a-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}
