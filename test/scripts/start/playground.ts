import * as fs from 'node:fs';
import * as path from 'node:path';
import { type RunningProgram, startProgram } from '../../support/childProcess';
import { cacheFolder, playgroundFolder, repositoryRoot } from '../../support/paths';

/** The port of the profile that lies in the playground's settings. */
const usualPort = 1883;

export interface Playground {
  readonly port: number;
  /** The workspace whose profile points at that port. */
  readonly workspace: string;
  readonly program: RunningProgram;
}

/** Starts the broker and the simulated device, on another port where the usual one is taken. */
export async function startPlayground(): Promise<Playground> {
  const program = startProgram(process.execPath, [
    path.join(repositoryRoot, 'dist/playground.js'),
    '--port',
    String(usualPort),
  ]);
  try {
    const port = Number((await program.printed(/listening on 127\.0\.0\.1:(\d+)/, 20))[1]);
    return { port, program, workspace: port === usualPort ? playgroundFolder : playgroundCopy(port) };
  } catch (error) {
    await program.stop();
    throw error;
  }
}

/** A copy of the playground that points at another port; the original is under version control. */
function playgroundCopy(port: number): string {
  const copy = path.join(cacheFolder, 'playground');
  fs.rmSync(copy, { recursive: true, force: true });
  fs.cpSync(playgroundFolder, copy, { recursive: true });
  const settings = path.join(copy, '.vscode', 'settings.json');
  const text = fs.readFileSync(settings, 'utf8');
  fs.writeFileSync(settings, text.replaceAll(`"port": ${usualPort}`, `"port": ${port}`));
  return copy;
}
