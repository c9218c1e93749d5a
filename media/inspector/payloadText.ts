import { decodePayload, describePayloadProblem, type PayloadChoice } from '../../src/payload/payloadDecoder';
import type { PayloadFormatId } from '../../src/payload/payloadFormat';

export const payloadModes = ['auto', 'json', 'text', 'hex'] as const satisfies readonly PayloadChoice[];
export type PayloadMode = (typeof payloadModes)[number];

/** Bytes shown as text; a longer payload is shown up to here, and as a whole in hex. */
export const longestText = 1024 * 1024;

/** Lines shown; a payload may consist of line breaks alone. */
export const mostLines = 100_000;

/** Characters of one line on screen: a payload of one endless line must not become one endless element. */
const longestLine = 2000;

export interface TextLine {
  /** Levels of nesting. */
  readonly indent: number;
  readonly text: string;
  /** Whether it continues the line before, which was too long for one. */
  readonly continued: boolean;
}

export interface PayloadText {
  /** For `hex` there are no lines: bytes are shown as bytes. */
  readonly form: PayloadFormatId;
  readonly lines: readonly TextLine[];
  /** What the person must know about what is shown: cut short, or not what was chosen. */
  readonly notices: readonly string[];
}

export type TokenKind = 'name' | 'string' | 'number' | 'literal' | 'punctuation' | 'plain';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** A payload as lines for the screen, within bounds that keep any payload from freezing the view. */
export function payloadText(payload: Uint8Array, mode: PayloadMode): PayloadText {
  if (mode === 'hex') return { form: 'hex', lines: [], notices: [] };
  const cut = payload.length > longestText;
  const shown = cut ? wholeCharacters(payload) : payload;
  const decoded = decodePayload(shown, cut ? (mode === 'auto' ? 'auto' : 'text') : mode);
  const notices = decoded.problem === undefined ? [] : [describePayloadProblem(decoded.problem)];
  if (decoded.format === 'hex') return { form: 'hex', lines: [], notices };
  if (cut && mode === 'json') notices.push('Too long to be laid out as JSON: shown as text.');
  const lines: TextLine[] = [];
  let index = 0;
  for (; index < decoded.lineCount && lines.length < mostLines; index++) {
    const { indent, text } = decoded.line(index);
    for (const [part, piece] of pieces(text).entries())
      lines.push({ indent, text: piece, continued: part > 0 });
  }
  if (cut)
    notices.push(
      `The first ${count(shown.length)} of ${count(payload.length)} bytes. Hex shows all of them.`,
    );
  if (index < decoded.lineCount) {
    notices.push(`The first ${count(index)} of ${count(decoded.lineCount)} lines. Hex shows all bytes.`);
  }
  return { form: decoded.format, lines, notices };
}

const jsonToken = /("(?:[^"\\]|\\.)*"?)(?=(\s*:)?)|[{}[\],:]+|\s+|[^\s{}[\],:"]+/g;

/** A line cut into what has a colour of its own. */
export function lineTokens({ text, continued }: TextLine, form: PayloadFormatId): readonly Token[] {
  if (form !== 'json') return [{ kind: 'plain', text: visible(text) }];
  // Only strings are long enough to be continued.
  if (continued) return [{ kind: 'string', text: visible(text) }];
  return Array.from(text.matchAll(jsonToken), ([token, string, colon]) => ({
    kind: string === undefined ? kindOf(token) : colon === undefined ? 'string' : 'name',
    text: visible(token),
  }));
}

function kindOf(token: string): TokenKind {
  if (/^[{}[\],:\s]/.test(token)) return 'punctuation';
  return /^[-\d]/.test(token) ? 'number' : 'literal';
}

function pieces(line: string): readonly string[] {
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
  let end = longestText;
  for (let back = 0; back < 3 && ((payload[end] ?? 0) & 0xc0) === 0x80; back++) end--;
  return payload.subarray(0, end);
}

/**
 * Control characters as their pictures, and those that reorder text by their number: a payload comes from the network
 * and may not disguise itself.
 */
function visible(text: string): string {
  return text.replace(/[\0-\x08\x0a-\x1f\x7f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`;
  });
}

function count(value: number): string {
  return value.toLocaleString('en');
}
