import assert from 'node:assert/strict';
import { runProgram } from '../../src/cli/program';

export interface CliInputs {
  readonly stdin?: string;
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** Runs the terminal program with what it would find around it, and collects what it prints. */
export async function runCli(args: readonly string[], { stdin, files = {} }: CliInputs = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const exitCode = await runProgram(args, {
    out: (line) => out.push(line),
    error: (line) => errors.push(line),
    input: () => Promise.resolve(stdin === undefined ? undefined : Buffer.from(stdin)),
    secret: () => assert.fail('nobody is asked'),
    file: (path) => Promise.resolve(files[path]),
    version: '1.2.3',
  });
  return { exitCode, out, errors };
}
