import { isIn, isWordCharacter } from './characterSet';
import { compilePattern, type Instruction } from './patternProgram';
import { parsePattern } from './patternSyntax';

/** What the character before a place is; the conditions of a pattern need no more. */
type Before = 'none' | 'word' | 'other';

/** All that a pattern can still become after the characters so far. */
interface State {
  readonly threads: readonly number[];
  readonly before: Before;
  /** What follows an ASCII character, as far as that was asked: states are made when they are met. */
  readonly next: (State | 'matched' | undefined)[];
}

/** States that are kept; with more the pattern starts to collect them anew. */
const mostStates = 1000;
/** A text is looked at up to here. */
const longestText = 65_536;
/** And no further than what takes about ten milliseconds at worst. */
const mostSteps = 2_000_000;

/**
 * A regular expression that a person wrote, for texts that a stranger did. The time it takes grows with the length of the
 * text and with nothing else: all ways to match are followed at once, none is gone back to, so that no expression blocks
 * the program as those of the language itself do (`(a+)+$`). What needs going back, `\1` and `(?=`, it does not have. Of a
 * text the first 65,536 characters count, fewer for an expression of hundreds of parts.
 */
export class LinearPattern {
  private readonly program: readonly Instruction[];
  /** Characters of a text that are looked at: what is behind decides nothing. */
  readonly longest: number;
  private readonly states = new Map<string, State>();
  private start: State;

  /** Throws `PatternProblem` where the expression cannot be used. */
  constructor(
    readonly source: string,
    readonly ignoreCase = false,
  ) {
    this.program = compilePattern(parsePattern(source));
    this.longest = Math.min(longestText, Math.ceil(mostSteps / this.program.length));
    this.start = this.state([0], 'none');
  }

  /** Whether a part of the text matches. */
  test(text: string): boolean {
    const length = Math.min(text.length, this.longest);
    let state = this.start;
    for (let at = 0; at < length; at++) {
      const point = text.codePointAt(at) ?? 0;
      if (point > 0xffff) at++;
      const known = point < 128 ? state.next[point] : undefined;
      const next = known ?? this.step(state, point);
      if (next === 'matched') return true;
      state = next;
    }
    return this.closure(state, text.length <= length ? undefined : 0x20).includes(this.program.length - 1);
  }

  private step(state: State, point: number): State | 'matched' {
    const reached = this.closure(state, point);
    const next = reached.includes(this.program.length - 1) ? 'matched' : this.after(reached, point);
    if (point < 128) state.next[point] = next;
    return next;
  }

  private after(reached: readonly number[], point: number): State {
    const threads = new Set([0]);
    for (const at of reached) {
      const instruction = this.program[at];
      if (instruction?.kind === 'set' && isIn(instruction.set, point, this.ignoreCase)) threads.add(at + 1);
    }
    const sorted = [...threads].sort((a, b) => a - b);
    return this.state(sorted, isWordCharacter(point) ? 'word' : 'other');
  }

  private state(threads: readonly number[], before: Before): State {
    const key = `${before} ${threads.join()}`;
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= mostStates) {
      this.states.clear();
      // It leads to the others, which would stay.
      this.start = { threads: [0], before: 'none', next: [] };
      this.states.set('none 0', this.start);
    }
    const state: State = { threads, before, next: [] };
    this.states.set(key, state);
    return state;
  }

  /** All instructions that are reached before the character `point`, or before the end of the text where there is none. */
  private closure({ threads, before }: State, point: number | undefined): readonly number[] {
    const { program } = this;
    const wordBefore = before === 'word';
    const wordAfter = point !== undefined && isWordCharacter(point);
    const seen = new Uint8Array(program.length);
    const reached: number[] = [];
    const open = [...threads];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === 1) continue;
      seen[at] = 1;
      const instruction = program[at];
      switch (instruction?.kind) {
        case 'split':
          open.push(instruction.first, instruction.second);
          break;
        case 'start':
          if (before === 'none') open.push(at + 1);
          break;
        case 'end':
          if (point === undefined) open.push(at + 1);
          break;
        case 'boundary':
          if (wordBefore !== wordAfter) open.push(at + 1);
          break;
        case 'noBoundary':
          if (wordBefore === wordAfter) open.push(at + 1);
          break;
        case 'set':
        case 'match':
          reached.push(at);
          break;
        case undefined:
          break;
      }
    }
    return reached;
  }
}
