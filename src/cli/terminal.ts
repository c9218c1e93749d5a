/** Where a command writes to: whole lines, without their ends. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
}

/** A command that cannot do what it was asked for; the message says what is wrong, where, and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command with the arguments after its name; resolves with the exit code. */
export type Command = (args: readonly string[], terminal: Terminal) => Promise<number>;
