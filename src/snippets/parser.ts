import type { Span } from '../base/spans';
import { problem, type SnippetProblem } from './problems';
import {
  verbs,
  type Block,
  type Header,
  type Metadata,
  type Part,
  type PartKind,
  type RequestLine,
  type SnippetDocument,
  type VariableDefinition,
  type Verb,
  type Word,
} from './syntax';

/** A line: `end` is before its line break, `next` after it. */
interface Line extends Span {
  readonly next: number;
}

/** Reads any text; what is wrong with it is among the problems of the result. */
export function parse(text: string): SnippetDocument {
  const lines = linesOf(text);
  const problems: SnippetProblem[] = [];
  const blocks: Block[] = [];
  let first = 0;
  for (let index = 1; index <= lines.length; index++) {
    const line = lines[index];
    if (line && !isSeparator(text, line)) continue;
    const ofBlock = lines.slice(first, index);
    if (ofBlock.some(({ start, next }) => next > start)) {
      blocks.push(new BlockParser(text, ofBlock, line !== undefined, problems).parse());
    }
    first = index;
  }
  problems.sort((a, b) => a.start - b.start);
  const [leading] = blocks;
  const variables = leading && !leading.title ? leading.variables : [];
  return { text, lineStarts: lines.map(({ start }) => start), blocks, variables, problems };
}

class BlockParser {
  private readonly parts: Part[] = [];
  private readonly metadata: Metadata[] = [];
  private readonly variables: VariableDefinition[] = [];
  private readonly headers: Header[] = [];
  private request: RequestLine | undefined;
  private title: Word | undefined;
  private body: Word | undefined;

  constructor(
    private readonly text: string,
    private readonly lines: readonly Line[],
    /** Another block follows, so that the last line break belongs to its `###`. */
    private readonly followed: boolean,
    private readonly problems: SnippetProblem[],
  ) {}

  parse(): Block {
    const { text, lines } = this;
    const start = lines[0]?.start ?? 0;
    const end = lines[lines.length - 1]?.next ?? 0;
    for (const [index, line] of lines.entries()) {
      if (this.request && isBlank(text, line)) {
        this.part('blank', line);
        if (lines[index + 1]) this.readBody(line.next, end);
        break;
      }
      this.part(this.readLine(line, index), line);
    }
    this.reportDuplicates();
    const { title, metadata, variables, request, headers, body, parts } = this;
    return { start, end, title, metadata, variables, request, headers, body, parts };
  }

  private readLine(line: Line, index: number): PartKind {
    const { text } = this;
    if (index === 0 && isSeparator(text, line)) {
      const marks = /^#+/.exec(text.slice(line.start, line.end))?.[0].length ?? 0;
      this.title = trimmed(text, line.start + marks, line.end);
      return 'separator';
    }
    if (isBlank(text, line)) return 'blank';
    if (text.startsWith('#', line.start) || text.startsWith('//', line.start)) return this.readComment(line);
    if (this.request) return this.readHeader(line);
    if (text.startsWith('@', line.start)) return this.readVariable(line);
    this.request = this.readRequest(line);
    return 'request';
  }

  private readComment(line: Line): PartKind {
    const match = /^(?:#+|\/\/+)\s*@([A-Za-z][\w-]*)(?=\s|$)/.exec(this.text.slice(line.start, line.end));
    if (!match?.[1]) return 'comment';
    const nameEnd = line.start + match[0].length;
    const name = wordAt(this.text, nameEnd - match[1].length, nameEnd);
    this.metadata.push({
      start: line.start,
      end: line.end,
      name,
      value: trimmed(this.text, nameEnd, line.end),
    });
    return 'metadata';
  }

  private readVariable(line: Line): PartKind {
    const match = /^@([A-Za-z_][\w-]*)[ \t]*=/.exec(this.text.slice(line.start, line.end));
    if (!match?.[1]) {
      this.problems.push(problem('malformedVariable', line));
      return 'malformed';
    }
    this.variables.push({
      start: line.start,
      end: line.end,
      name: wordAt(this.text, line.start + 1, line.start + 1 + match[1].length),
      value: trimmed(this.text, line.start + match[0].length, line.end),
    });
    return 'variable';
  }

  private readRequest(line: Line): RequestLine {
    const { start, end, text } = trimmed(this.text, line.start, line.end);
    const written = /^EXPECT\s+NONE(?=\s|$)|^\S*/.exec(text)?.[0] ?? '';
    const verb = verbs.find((known): known is Verb => known === written.replace(/\s+/, ' '));
    const word = wordAt(this.text, start, start + written.length);
    if (!verb) this.problems.push(problem('unknownVerb', word, word.text));
    return { start, end, verb, word, argument: trimmed(this.text, word.end, end) };
  }

  private readHeader(line: Line): PartKind {
    const match = /^[ \t]*([A-Za-z][\w-]*)[ \t]*:/.exec(this.text.slice(line.start, line.end));
    if (!match?.[1]) {
      this.problems.push(problem('malformedHeader', line));
      return 'malformed';
    }
    const nameStart = line.start + match[0].indexOf(match[1]);
    this.headers.push({
      start: line.start,
      end: line.end,
      name: wordAt(this.text, nameStart, nameStart + match[1].length),
      value: trimmed(this.text, line.start + match[0].length, line.end),
    });
    return 'header';
  }

  /** The body is byte for byte what stands between the empty line and the next block, but for line breaks at its end. */
  private readBody(start: number, blockEnd: number): void {
    const exact = this.headers.some(
      ({ name, value }) => name.text.toLowerCase() === 'body-end' && value.text.toLowerCase() === 'exact',
    );
    let end = blockEnd;
    if (!exact)
      while (end > start && lineBreakBefore(this.text, end) > 0) end -= lineBreakBefore(this.text, end);
    else if (this.followed && end > start) end -= lineBreakBefore(this.text, end);
    this.body = wordAt(this.text, start, end);
    if (end > start) this.parts.push({ kind: 'body', start, end });
    if (end < blockEnd) this.parts.push({ kind: 'blank', start: end, end: blockEnd });
  }

  private part(kind: PartKind, line: Line): void {
    if (line.next > line.start) this.parts.push({ kind, start: line.start, end: line.next });
  }

  private reportDuplicates(): void {
    const last = new Map(this.variables.map((definition) => [definition.name.text, definition]));
    for (const definition of this.variables) {
      const { name } = definition;
      if (last.get(name.text) !== definition)
        this.problems.push(problem('duplicateVariable', name, name.text));
    }
  }
}

/** Lines end with LF or CRLF; a CR alone is a character like any other. The last line has no line break. */
function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (;;) {
    const feed = text.indexOf('\n', start);
    if (feed < 0) break;
    lines.push({ start, end: text[feed - 1] === '\r' && feed > start ? feed - 1 : feed, next: feed + 1 });
    start = feed + 1;
  }
  lines.push({ start, end: text.length, next: text.length });
  return lines;
}

function isSeparator(text: string, line: Line): boolean {
  return text.startsWith('###', line.start);
}

function isBlank(text: string, { start, end }: Span): boolean {
  return text.slice(start, end).trim() === '';
}

/** How many characters of line break stand before an offset: 0, 1 or 2. */
function lineBreakBefore(text: string, offset: number): number {
  if (text[offset - 1] !== '\n') return 0;
  return text[offset - 2] === '\r' ? 2 : 1;
}

function wordAt(text: string, start: number, end: number): Word {
  return { start, end, text: text.slice(start, end) };
}

function trimmed(text: string, start: number, end: number): Word {
  const inside = text.slice(start, end);
  const word = inside.trim();
  const from = start + (word === '' ? 0 : inside.indexOf(word));
  return { start: from, end: from + word.length, text: word };
}
