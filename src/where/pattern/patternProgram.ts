import { assertNever } from '../../base/assert';
import type { CharacterSet } from './characterSet';
import { PatternProblem, type PatternNode } from './patternSyntax';

/** A step of a pattern: takes a character, goes two ways, holds only at some places, or is the end of a match. */
export type Instruction =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'noBoundary' }
  | { readonly kind: 'match' };

/** What is longer takes too much time with each character. */
const longestProgram = 2000;

/** The instructions of a pattern; each but `split` and `match` is followed by the next. Throws {@link PatternProblem}. */
export function compilePattern(node: PatternNode): readonly Instruction[] {
  const program: Instruction[] = [];
  emit(node, program);
  program.push({ kind: 'match' });
  return program;
}

function emit(node: PatternNode, program: Instruction[]): void {
  if (program.length > longestProgram) throw new PatternProblem(0, 'it is too large: fewer repetitions help');
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
    case 'boundary':
    case 'noBoundary':
      program.push(node);
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      return;
    case 'choice':
      emitChoice(node.parts, program);
      return;
    case 'repeat':
      for (let count = 0; count < node.least; count++) emit(node.part, program);
      if (node.most === Infinity) emitLoop(node.part, program);
      else emitOptional(node.part, node.most - node.least, program);
      return;
    default:
      assertNever(node);
  }
}

function emitChoice(parts: readonly PatternNode[], program: Instruction[]): void {
  const jumps: number[] = [];
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const split = program.length;
    if (!isLast) program.push({ kind: 'match' });
    emit(part, program);
    if (isLast) break;
    jumps.push(program.length);
    program.push({ kind: 'match' });
    program[split] = { kind: 'split', first: split + 1, second: program.length };
  }
  for (const jump of jumps) program[jump] = { kind: 'split', first: program.length, second: program.length };
}

function emitLoop(part: PatternNode, program: Instruction[]): void {
  const split = program.length;
  program.push({ kind: 'match' });
  emit(part, program);
  program.push({ kind: 'split', first: split, second: split });
  program[split] = { kind: 'split', first: split + 1, second: program.length };
}

function emitOptional(part: PatternNode, count: number, program: Instruction[]): void {
  const splits: number[] = [];
  for (let index = 0; index < count; index++) {
    splits.push(program.length);
    program.push({ kind: 'match' });
    emit(part, program);
  }
  for (const split of splits) program[split] = { kind: 'split', first: split + 1, second: program.length };
}
