import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { bundledProgram } from '../support/bundledProgram';
import { type RunningProgram, startProgram } from '../support/childProcess';
import { repositoryRoot } from '../support/paths';

/** How long a client may take to send CONNECT to a broker under attack, in milliseconds. */
export const connectTimeout = 3_000;

/** A broker in a process of its own. */
export interface Target {
  readonly port: number;
  /** Bytes of memory that are in use now (RSS). */
  memory(): number;
  isRunning(): boolean;
  stop(): Promise<void>;
}

/** @param program what Node runs: the terminal program, bundled or as it was written */
export async function startTarget(program: readonly string[]): Promise<Target> {
  const args = [...program, 'broker', '--port', '0', '--connect-timeout', String(connectTimeout / 1000)];
  const running: RunningProgram = startProgram(process.execPath, args, { cwd: repositoryRoot });
  let hasEnded = false;
  let isStopping = false;
  void running.ended.then(({ code, signal }) => {
    hasEnded = true;
    if (!isStopping) console.error(`the broker ended (${signal ?? code}):\n${running.output().slice(-4000)}`);
  });
  const [, port] = await running.printed(/listening on \S*:(\d+)/);
  return {
    port: Number(port),
    memory: () =>
      hasEnded ? 0 : Number(execFileSync('ps', ['-o', 'rss=', '-p', String(running.child.pid)])) * 1024,
    isRunning: () => !hasEnded,
    stop: () => {
      isStopping = true;
      return running.stop();
    },
  };
}

export const deliveredProgram = [path.join(repositoryRoot, 'dist/cli.js')] as const;

/** As it was written, whether or not it has been built. */
export const sourceProgram = () => [bundledProgram('src/cli/main.ts')] as const;
