import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from 'node:child_process';

export interface ProgramEnd {
  /** `null` where a signal ended the program. */
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly error?: Error;
}

/** A program started for a test, with everything it printed so far. */
export interface RunningProgram {
  readonly child: ChildProcess;
  /** Standard output and standard error as they came, decoded as UTF-8. */
  output(): string;
  /** Resolves with the match once the output matches; rejects when the program ends or `seconds` pass before it does. */
  printed(pattern: RegExp, seconds?: number): Promise<RegExpMatchArray>;
  /** Resolves when the program is gone. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends the program with everything it started and resolves when it is gone. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const running = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of running) signalGroup(child, 'SIGKILL');
});
process.on('SIGTERM', () => {
  // Without a listener of its own a process would end here without the event above.
  if (process.listenerCount('SIGTERM') === 1) process.exit(143);
});

/**
 * Starts a program in a process group of its own, so that `stop` reaches what the program itself starts and nothing
 * else. A test run that dies takes its programs along.
 */
export function startProgram(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): RunningProgram {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, detached: true });
  running.add(child);
  let text = '';
  let ended: string | undefined;
  const watchers = new Set<() => void>();
  const notify = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  const collect = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    notify();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const gone = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (error) => {
      ended = `did not start: ${error.message}`;
      running.delete(child);
      notify();
      resolve({ code: null, error });
    });
    child.once('close', (code, signal) => {
      ended = `ended with ${signal ?? code ?? 'nothing'}`;
      running.delete(child);
      notify();
      resolve({ code, signal });
    });
  });

  return {
    child,
    ended: gone,
    output: () => text,
    printed: (pattern, seconds = 60) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void): void => {
          watchers.delete(check);
          clearTimeout(timer);
          finish();
        };
        const fail = (why: string): void =>
          settle(() =>
            reject(new Error(`${command} ${why} before it printed ${pattern}:\n${text.slice(-4000)}`)),
          );
        const check = (): void => {
          const match = pattern.exec(text);
          if (match) settle(() => resolve(match));
          else if (ended !== undefined) fail(ended);
        };
        const timer = setTimeout(() => fail(`took more than ${seconds} s`), seconds * 1000);
        watchers.add(check);
        check();
      }),
    stop: async (signal = 'SIGTERM') => {
      if (ended !== undefined) return;
      signalGroup(child, signal);
      const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), 5000);
      await gone;
      clearTimeout(kill);
      // What the program started may outlive it in the group.
      signalGroup(child, 'SIGKILL');
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows knows no groups; its own command ends a program and what that started.
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // No such process: the whole group is gone already, which is what was asked for.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
