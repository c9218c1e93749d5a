import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';
import { cacheFolder, repositoryRoot } from '../../support/paths';

const folder = path.join(cacheFolder, 'bench');

/** Bundles the programs that run beside this one, as the extension is bundled: what `tsx` adds would be measured too. */
export async function bundlePrograms(): Promise<void> {
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: ['test/bench/client/plainServer.ts', 'test/bench/client/subjectMain.ts'],
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The peer runs as it was published.
    external: ['mqtt'],
    logLevel: 'warning',
  });
}

/** A program in a process of its own that answers what it is asked. */
export class Child<Question extends object, Reply> {
  private readonly child: ChildProcess;
  private readonly replies: Reply[] = [];
  private waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined;

  constructor(
    private readonly program: 'plainServer' | 'subjectMain',
    argument: string[] = [],
    execArgv: string[] = [],
  ) {
    this.child = fork(path.join(folder, `${program}.js`), argument, { execArgv });
    this.child.on('message', (message) => {
      const { waiting } = this;
      this.waiting = undefined;
      if (waiting) waiting.resolve(message as Reply);
      else this.replies.push(message as Reply);
    });
    this.child.on('exit', (code, signal) =>
      this.waiting?.reject(new Error(`${this.program} ended with ${signal ?? code ?? 'nothing'}`)),
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** What it says next. */
  next(): Promise<Reply> {
    const reply = this.replies.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    return new Promise((resolve, reject) => (this.waiting = { resolve, reject }));
  }

  ask(question: Question): Promise<Reply> {
    const reply = this.next();
    this.child.send(question);
    return reply;
  }

  end(): void {
    if (this.child.connected) this.child.disconnect();
  }
}
