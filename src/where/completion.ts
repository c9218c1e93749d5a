import { directions, fieldNames, fieldTable, operatorsOf, operatorTable } from './fieldTable';
import { longestExpression, parseWhere } from './parser';
import { quoted, tokens, type Token } from './tokens';
import type { Described, Vocabulary } from './vocabulary';
import type { Expectation } from './whereProblem';

export interface Completion {
  /** What stands in the list. */
  readonly label: string;
  /** What it becomes in the expression. */
  readonly insert: string;
  readonly description: string;
}

export interface Completions {
  /** The characters that a completion takes the place of, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** The best first, {@link mostCompletions} at most. */
  readonly items: readonly Completion[];
}

/** What is there to be compared with, as far as somebody looked. */
export interface KnownValues {
  /** A client by what all of its connections answer to, and each connection. */
  readonly clients: readonly Described[];
  readonly topics: readonly string[];
}

const mostCompletions = 100;

/** What can stand at a place of an expression that is being written. */
export function completionsAt(
  text: string,
  offset: number,
  vocabulary: Vocabulary,
  known: KnownValues,
): Completions {
  const none = { start: offset, end: offset, items: [] };
  if (offset > longestExpression) return none;
  const typed = typedBefore(text.slice(0, offset));
  const before = text.slice(0, typed.start);
  const expected = expectedAfter(before, vocabulary);
  if (!expected) return none;
  const end = offset + (/^[\p{L}\p{N}_$-]*/u.exec(text.slice(offset))?.[0].length ?? 0);
  const items = itemsFor(expected, vocabulary, known);
  return {
    start: typed.start,
    end: typed.quoted ? endOfString(text, offset) : end,
    items: ranked(items, typed.text),
  };
}

interface Typed {
  readonly start: number;
  /** Without a quote in front. */
  readonly text: string;
  readonly quoted: boolean;
}

const inProgress: ReadonlySet<Token['kind']> = new Set(['word', 'number', 'unknown', 'unterminated']);

/** The beginning of what the person is at: of a word, a text in quotes or an operator. */
function typedBefore(text: string): Typed {
  const nothing = { start: text.length, text: '', quoted: false };
  const last = tokens(text).at(-2);
  if (!last || last.end < text.length) return nothing;
  const isOperator = last.kind === 'symbol' && '<>!=~'.includes(last.text.charAt(0));
  if (!inProgress.has(last.kind) && !isOperator) return nothing;
  const isQuoted = last.kind === 'unterminated';
  return { start: last.start, text: isQuoted ? last.text.slice(1) : last.text, quoted: isQuoted };
}

/** A text in quotes that goes on behind the cursor is replaced to its end. */
function endOfString(text: string, offset: number): number {
  const rest = /^[^"'\s()]*["']?/.exec(text.slice(offset));
  return offset + (rest?.[0].length ?? 0);
}

function expectedAfter(before: string, vocabulary: Vocabulary): Expectation | undefined {
  const parsed = parseWhere(before, vocabulary);
  if ('expression' in parsed) return { of: 'connective', inBrackets: false };
  const { problem } = parsed;
  return problem.code === 'expected' && problem.start >= before.trimEnd().length && problem.found === ''
    ? problem.expected
    : undefined;
}

function itemsFor(expected: Expectation, vocabulary: Vocabulary, known: KnownValues): readonly Completion[] {
  switch (expected.of) {
    case 'term':
      return [
        ...fieldNames.map((name) => {
          const { path, description } = fieldTable[name];
          return { label: name, insert: path === 'property' ? `${name}.` : name, description };
        }),
        { label: 'not', insert: 'not', description: 'the opposite of what follows' },
      ];
    case 'operator': {
      const operators = operatorsOf[fieldTable[expected.field].kind];
      return operators
        .filter((each) => each !== '~' || expected.path.length === 0)
        .map((each) => word(each, operatorTable[each]));
    }
    case 'connective':
      return [word('and', 'both hold'), word('or', 'one of them holds')];
    case 'property':
      return [
        ...vocabulary.properties.map(({ name, description }) => word(name, description)),
        { label: 'user', insert: 'user.', description: 'a User Property by its name: property.user.name' },
      ];
    case 'value':
      return valuesFor(expected, vocabulary, known);
    case 'member':
    case 'userProperty':
    case 'index':
    case 'level':
    case 'closingBracket':
      return [];
  }
}

function valuesFor(
  { field, operator }: Extract<Expectation, { of: 'value' }>,
  vocabulary: Vocabulary,
  known: KnownValues,
): readonly Completion[] {
  if (operator === 'matches') return [];
  switch (field) {
    case 'packet':
      return vocabulary.packets.map(({ name, description }) => word(name, description));
    case 'direction':
      return directions.map(({ name, description }) => word(name, description));
    case 'retain':
    case 'dup':
      return [word('true', 'the flag is set'), word('false', 'the flag is not set')];
    case 'qos':
      return [word('0', 'at most once'), word('1', 'at least once'), word('2', 'exactly once')];
    case 'reason':
      return vocabulary.reasons.map(({ code, name }) => {
        const number = `0x${code.toString(16).padStart(2, '0')}`;
        return { label: number, insert: operator === 'contains' ? quoted(name) : number, description: name };
      });
    case 'violation':
      return vocabulary.violations.map(text);
    case 'client':
      return known.clients.map(text);
    case 'topic':
      return known.topics.map((name) => text({ name, description: 'topic' }));
    case 'payload':
      return [word('true', ''), word('false', ''), word('null', '')];
    case 'text':
    case 'hex':
    case 'size':
    case 'id':
    case 'property':
    case 'time':
    case 'length':
      return [];
  }
}

function word(name: string, description: string): Completion {
  return { label: name, insert: name, description };
}

function text({ name, description }: Described): Completion {
  return { label: name, insert: quoted(name), description };
}

/** What begins with what was typed first, then what has it anywhere, its description too. */
function ranked(items: readonly Completion[], typed: string): readonly Completion[] {
  const wanted = typed.toLowerCase();
  const rank = ({ label, description }: Completion): number => {
    if (label.toLowerCase().startsWith(wanted)) return 0;
    if (label.toLowerCase().includes(wanted)) return 1;
    return wanted.length > 2 && description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return [0, 1, 2].flatMap((each) => items.filter((item) => rank(item) === each)).slice(0, mostCompletions);
}
