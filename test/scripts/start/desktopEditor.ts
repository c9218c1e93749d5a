import * as fs from 'node:fs';
import * as path from 'node:path';
import { startProgram } from '../../support/childProcess';
import { cacheFolder, repositoryRoot } from '../../support/paths';
import { type Editor, firstSettings } from './editor';

const profile = path.join(cacheFolder, 'start', 'desktop');

/**
 * The desktop VS Code to open: `VSCODE_PATH`, or `code`, or one that `@vscode/test-electron` downloads. `undefined` where
 * none can be had, which the console then says in a line, or where there is no screen to show it on.
 */
export async function findDesktop(): Promise<string | undefined> {
  const chosen = process.env['VSCODE_PATH'];
  if (chosen !== undefined && chosen !== '') return chosen;
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const installed = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, name))
    .find((file) => fs.existsSync(file));
  return installed ?? (await download());
}

async function download(): Promise<string | undefined> {
  console.log('No VS Code is installed: downloading one');
  try {
    const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
    return await downloadAndUnzipVSCode({
      cachePath: path.join(cacheFolder, 'vscode-desktop'),
      reporter: new SilentReporter(),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(
      `VS Code could not be downloaded (${why}): install it, or set VSCODE_PATH, to have it on the desktop.`,
    );
    return undefined;
  }
}

/** Opens a desktop VS Code with a profile of its own, so that ending it touches no other window. */
export function openDesktop(executable: string, workspace: string): Editor {
  const settings = path.join(profile, 'User', 'settings.json');
  if (!fs.existsSync(settings)) {
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, JSON.stringify(firstSettings, undefined, 2));
  }
  const options = [
    ...['--new-window', '--wait', '--skip-welcome', '--skip-release-notes'],
    ...['--disable-workspace-trust', '--disable-telemetry'],
    `--user-data-dir=${profile}`,
    `--extensions-dir=${path.join(profile, 'extensions')}`,
    `--extensionDevelopmentPath=${repositoryRoot}`,
  ];
  // Electron refuses to run as root inside its sandbox.
  if (process.getuid?.() === 0) options.push('--no-sandbox');
  // Only a shell starts a `.cmd`, and it splits at the spaces of a path that is not quoted.
  const shell = executable.endsWith('.cmd');
  const quoted = (text: string) => (shell ? `"${text}"` : text);
  const started = Date.now();
  const program = startProgram(quoted(executable), [...options, workspace].map(quoted), {
    stdio: ['ignore', 'ignore', 'ignore'],
    shell,
  });
  return {
    shown: `VS Code is opening: ${executable}`,
    ended: program.ended.then(({ code, error }) => {
      if (error !== undefined) return `VS Code did not start: ${error.message}`;
      return code === 0 || code === null ? undefined : `VS Code ended with the code ${code}`;
    }),
    stop: async () => {
      await program.stop();
      stopDetached(started);
    },
  };
}

/**
 * The command `code` starts VS Code in a group of its own, which leaves its process id in its profile. An id from before
 * `started` (milliseconds since the epoch) may belong to anybody by now.
 */
function stopDetached(started: number): void {
  const lock = path.join(profile, 'code.lock');
  if (!fs.existsSync(lock) || fs.statSync(lock).mtimeMs < started) return;
  const id = Number(fs.readFileSync(lock, 'utf8'));
  if (!Number.isInteger(id) || id <= 1) return;
  try {
    process.kill(id, 'SIGTERM');
  } catch (error) {
    // It is gone already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
