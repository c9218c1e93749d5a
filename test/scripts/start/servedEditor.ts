import * as fs from 'node:fs';
import * as path from 'node:path';
import { startProgram } from '../../support/childProcess';
import { portIsOpen } from '../../support/freePort';
import { cacheFolder, repositoryRoot } from '../../support/paths';
import { findVscodeServer } from '../../support/peers';
import { registerExtensions } from '../../support/vscodeServer';
import { type Editor, firstSettings } from './editor';

/** A browser keeps what belongs to an address, so the address stays the same where it can. */
const usualPort = 18830;

/** Serves the workbench on 127.0.0.1 from the installed code-server, with the working tree as an extension. */
export async function serveEditor(workspace: string): Promise<Editor> {
  const server = findVscodeServer('newest');
  if (server === undefined) {
    throw new Error(
      'There is no VS Code to open and none to serve. Install VS Code, or set VSCODE_PATH to one.',
    );
  }
  const folder = path.join(cacheFolder, 'start', 'served');
  const data = path.join(folder, 'data');
  const extensions = path.join(folder, 'extensions');
  const settings = path.join(data, 'User', 'settings.json');
  if (!fs.existsSync(settings)) {
    fs.mkdirSync(path.dirname(settings), { recursive: true });
    fs.writeFileSync(settings, JSON.stringify(firstSettings, undefined, 2));
  }
  registerExtensions(extensions, [repositoryRoot]);
  const port = (await portIsOpen(usualPort)) ? 0 : usualPort;
  const program = startProgram(
    server.node,
    [
      server.codeServer,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--config', path.join(folder, 'config.yaml')],
      ...['--user-data-dir', data, '--extensions-dir', extensions, '--ignore-last-opened'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      '--disable-getting-started-override',
    ],
    // code-server would serve on the port that the environment of a container names.
    { cwd: folder, env: { ...process.env, PORT: undefined } },
  );
  try {
    const [, origin] = await program.printed(/HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/);
    return {
      shown: `VS Code in a browser: ${origin}/?folder=${encodeURI(workspace)}`,
      ended: program.ended.then(
        ({ code }) => `The server of VS Code ended with the code ${code}:\n${program.output()}`,
      ),
      stop: () => program.stop(),
    };
  } catch (error) {
    await program.stop();
    throw error;
  }
}
