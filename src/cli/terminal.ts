import { similarName } from '../where/similar';

/** What a command reads from and writes to; lines are whole, without their ends. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
  /** Everything standard input holds, or undefined where a person sits at it. */
  input(): Promise<Uint8Array | undefined>;
  /** What a person types who sits at standard input, without its being shown. */
  secret(prompt: string): Promise<string>;
  /** A file's bytes, or undefined where there is no such file. */
  file(path: string): Promise<Uint8Array | undefined>;
  /** Of the program, as in its package.json. */
  readonly version: string;
}

/** A command that cannot do what it was asked for; the message says what is wrong, where, and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line itself is wrong, so that it helps to see how it is written. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}

/** What to say of a name that is not known: the one that was probably meant, or `otherwise`. */
export function didYouMean(name: string, known: readonly string[], otherwise: string): string {
  const similar = similarName(name, known);
  return similar === undefined ? otherwise : `did you mean ${similar}?`;
}

/** Runs a command with the arguments after its name; resolves with the exit code. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;
