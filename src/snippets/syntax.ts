import type { Span } from '../base/spans';
import type { SnippetProblem } from './problems';

/** The requests of the language. */
export const verbs = [
  'PUBLISH',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'EXPECT',
  'EXPECT NONE',
  'REQUEST',
  'WAIT',
  'CONNECT',
  'DISCONNECT',
] as const;

export type Verb = (typeof verbs)[number];

/** A piece of the file: `text` is what stands in it at `start`. */
export interface Word extends Span {
  readonly text: string;
}

/** `@name = value`. The value is as written, its references not replaced. */
export interface VariableDefinition extends Span {
  readonly name: Word;
  readonly value: Word;
}

/** `# @word value` */
export interface Metadata extends Span {
  readonly name: Word;
  readonly value: Word;
}

/** `VERB argument` */
export interface RequestLine extends Span {
  /** Undefined where the word is none of the language's. */
  readonly verb: Verb | undefined;
  readonly word: Word;
  readonly argument: Word;
}

/** `Name: value` */
export interface Header extends Span {
  readonly name: Word;
  readonly value: Word;
}

/** What a line of a block is; `body` is the whole body at once. */
export type PartKind =
  'separator' | 'comment' | 'metadata' | 'variable' | 'request' | 'header' | 'blank' | 'malformed' | 'body';

/** Parts tile their block: each is a line with its line break, or the body, which ends where its last byte does. */
export interface Part extends Span {
  readonly kind: PartKind;
}

/** From a line `###`, or the start of the file, to the next. Blocks tile the file. */
export interface Block extends Span {
  /** What follows `###`. Undefined in a block that starts with the file instead. */
  readonly title: Word | undefined;
  readonly metadata: readonly Metadata[];
  readonly variables: readonly VariableDefinition[];
  /** Undefined where a block only defines or comments. */
  readonly request: RequestLine | undefined;
  readonly headers: readonly Header[];
  /** Exactly what is the body, before any replacement; undefined where no empty line follows the headers. */
  readonly body: Word | undefined;
  readonly parts: readonly Part[];
}

/** A file of the language, read without loss: the texts of its blocks, one after another, are its text. */
export interface SnippetDocument {
  readonly text: string;
  /** Offsets at which lines start, the first being 0. */
  readonly lineStarts: readonly number[];
  readonly blocks: readonly Block[];
  /** `@name = value` before the first `###`: visible in the whole file. */
  readonly variables: readonly VariableDefinition[];
  /** What is wrong with the form alone, in the order of the file. */
  readonly problems: readonly SnippetProblem[];
}

export interface Position {
  /** From 0. */
  readonly line: number;
  /** From 0, in UTF-16 code units. */
  readonly column: number;
}

/** The line and column of an offset in the text. */
export function positionAt({ lineStarts }: SnippetDocument, offset: number): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (lineStarts[low] as number) };
}
