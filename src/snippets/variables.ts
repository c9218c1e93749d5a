import type { Span } from '../base/spans';
import { evaluateBuiltIn, type BuiltInSources } from './builtIns';
import { promptedNames } from './metadata';
import { problem, type SnippetProblem } from './problems';
import type { Block, SnippetDocument, VariableDefinition } from './syntax';

/** Variables inside variables: nobody writes so many, and each takes a piece of the stack. */
const deepest = 64;

/** A run of an expanded text and where it came from. */
interface Piece {
  /** Offset in the expanded text. */
  readonly at: number;
  readonly length: number;
  /** What it stands for in the file: as many characters, or the reference that was replaced. */
  readonly source: Span;
  readonly replaced: boolean;
}

/** A text with its references replaced, which still knows where in the file each character came from. */
export interface Expansion {
  readonly text: string;
  /** The place in the file of a run of `text`; a place inside a replaced value is its whole reference. */
  placeOf(run: Span): Span;
}

/** `{{...}}` or its escape. Of three braces the last two open, so that JSON may put an object around a variable. */
const references = /\\\{\{|\{\{(?!\{)([^\n{}]{0,256})\}\}|\{\{(?!\{)/g;

/** Values that contain values may grow without end; beyond this many characters they do not. */
const mostCharacters = 16 * 1024 * 1024;

/**
 * Replaces the references of one block, for one sending: a variable has one value in all of it, also where its value is a
 * new `$guid`. What is found wrong is collected in `problems`.
 */
export class Variables {
  readonly problems: SnippetProblem[] = [];
  private readonly values = new Map<VariableDefinition, string | undefined>();
  private readonly open = new Set<VariableDefinition>();

  constructor(
    private readonly document: SnippetDocument,
    private readonly block: Block,
    private readonly sources: BuiltInSources,
  ) {}

  /** The text of the file at `span`, expanded, or undefined where that is not possible. */
  expand({ start, end }: Span): Expansion | undefined {
    return this.expandText(this.document.text.slice(start, end), (inside) => ({
      start: start + inside.start,
      end: start + inside.end,
    }));
  }

  /** Expands a text that is not in this file, such as that of an included one; all of it stands for `place`. */
  expandForeign(text: string, place: Span): Expansion | undefined {
    const expansion = this.expandText(text, () => place);
    return expansion && { text: expansion.text, placeOf: () => place };
  }

  private expandText(text: string, placeOf: (inside: Span) => Span): Expansion | undefined {
    const pieces: Piece[] = [];
    let expanded = '';
    let failed = false;
    const add = (value: string, inside: Span, replaced: boolean): void => {
      if (value === '') return;
      pieces.push({ at: expanded.length, length: value.length, source: placeOf(inside), replaced });
      expanded += value;
    };
    let done = 0;
    for (const match of text.matchAll(references)) {
      const [written, name] = match;
      const inside = { start: match.index, end: match.index + written.length };
      add(text.slice(done, inside.start), { start: done, end: inside.start }, false);
      done = inside.end;
      const value = written.startsWith('\\') ? '{{' : this.valueOf(name, placeOf(inside));
      if (value === undefined) failed = true;
      else if (expanded.length + value.length > mostCharacters) {
        return this.fail(problem('valueTooLong', placeOf(inside)));
      } else add(value, inside, true);
    }
    add(text.slice(done), { start: done, end: text.length }, false);
    if (failed) return undefined;
    const whole = placeOf({ start: 0, end: text.length });
    return { text: expanded, placeOf: (run) => placeIn(pieces, run, whole) };
  }

  /** The value of a reference without its braces; undefined, with a problem, where it has none. */
  private valueOf(reference: string | undefined, place: Span): string | undefined {
    if (reference === undefined) return this.fail(problem('unclosedReference', place));
    const name = reference.trim();
    if (name.startsWith('$')) return this.builtIn(name, place);
    const definition = this.definitionOf(name);
    if (definition && this.open.size >= deepest) return this.fail(problem('variablesTooDeep', place, name));
    if (definition) return this.valueOfDefinition(definition);
    if (this.definitions(name).length > 0) return this.fail(problem('variableCycle', place, name));
    // The prompt itself is what is wrong then.
    if (promptedNames(this.block).includes(name)) return undefined;
    const message = /^[A-Za-z_][\w-]*[.[]/.test(name);
    return this.fail(problem(message ? 'variableNotSupported' : 'unknownVariable', place, name));
  }

  private builtIn(name: string, place: Span): string | undefined {
    const result = evaluateBuiltIn(name, this.sources);
    if ('value' in result) return result.value;
    const details = result.failure === 'badArguments' ? [name, result.usage] : [name];
    return this.fail(problem(result.failure, place, ...details));
  }

  /** The definition that counts here; inside the value of one, that one is passed over, so that a block can extend the file's. */
  private definitionOf(name: string): VariableDefinition | undefined {
    return this.definitions(name).find((definition) => !this.open.has(definition));
  }

  private definitions(name: string): readonly VariableDefinition[] {
    const own = this.block.variables === this.document.variables ? [] : this.block.variables;
    return [own, this.document.variables].flatMap((scope) =>
      scope.filter((definition) => definition.name.text === name).slice(-1),
    );
  }

  private valueOfDefinition(definition: VariableDefinition): string | undefined {
    if (this.values.has(definition)) return this.values.get(definition);
    this.open.add(definition);
    const value = this.expand(definition.value)?.text;
    this.open.delete(definition);
    this.values.set(definition, value);
    return value;
  }

  private fail(found: SnippetProblem): undefined {
    this.problems.push(found);
    return undefined;
  }
}

function placeIn(pieces: readonly Piece[], run: Span, whole: Span): Span {
  const start = pieceAt(pieces, run.start);
  const end = run.end > run.start ? pieceAt(pieces, run.end - 1) : start;
  if (!start || !end) return { start: whole.end, end: whole.end };
  return {
    start: start.replaced ? start.source.start : start.source.start + (run.start - start.at),
    end: end.replaced ? end.source.end : end.source.start + (run.end - end.at),
  };
}

function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  return pieces.find(({ at, length }) => offset >= at && offset < at + length);
}
