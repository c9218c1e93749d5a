import { decodeUtf8, findIllFormedUtf8, utf8Length } from '../base/utf8';
import { scanJson, type JsonTokenKind } from './json';
import { cutTo, listOfLines, onOneLine, type PayloadFormat, type PayloadLine } from './payloadFormat';

/** How far before the end of a sample its cut may be what breaks the syntax: inside a number or a word. */
const cutReach = 32;

/** JSON: indented, with every name and number as it was sent. */
export const jsonPayload: PayloadFormat = {
  id: 'json',
  name: 'JSON',

  read(bytes) {
    const text = decodeUtf8(bytes);
    if (text === undefined) return { code: 'notUtf8', offset: findIllFormedUtf8(bytes, 0, bytes.length) };
    const lines = new IndentedLines(text);
    const problem = scanJson(text, (kind, start, end) => lines.add(kind, start, end));
    if (problem) {
      const { offset, expected } = problem;
      return { code: 'notJson', offset: utf8Length(text.slice(0, offset)), expected };
    }
    return listOfLines(lines.finishLine());
  },

  oneLine({ text, complete }, limit) {
    // A lone number or word reads the same as text; JSON is what begins as an object or an array.
    if (text === undefined || !/^[ \t\n\r]*[{[]/.test(text)) return undefined;
    let line = '';
    const problem = scanJson(text, (_, start, end) => {
      if (line.length <= limit) line += text.slice(start, end);
    });
    if (problem && (complete || problem.offset < text.length - cutReach)) return undefined;
    return cutTo(limit, onOneLine(line), complete);
  },
};

/** Tokens as lines in the usual form: one for each member or element, empty brackets together. */
class IndentedLines {
  private readonly lines: PayloadLine[] = [];
  private depth = 0;
  private indent = 0;
  private text = '';
  private before: JsonTokenKind | undefined;

  constructor(private readonly source: string) {}

  add(kind: JsonTokenKind, start: number, end: number): void {
    if (kind === 'close') this.depth--;
    const opened = this.before === 'open';
    if (this.before === 'comma' || (kind === 'close' ? !opened : opened)) this.finishLine();
    this.text += kind === 'colon' ? ': ' : this.source.slice(start, end);
    if (kind === 'open') this.depth++;
    this.before = kind;
  }

  finishLine(): readonly PayloadLine[] {
    this.lines.push({ indent: this.indent, text: this.text });
    this.text = '';
    this.indent = this.depth;
    return this.lines;
  }
}
