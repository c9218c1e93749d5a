import { findDesktop, openDesktop } from './desktopEditor';
import type { Editor } from './editor';
import { startPlayground } from './playground';
import { serveEditor } from './servedEditor';

/**
 * Runs until Ctrl+C, or until VS Code is closed. Resolves with the exit code.
 * @param installServer Fetches VS Code's server; called where there is no desktop to open.
 */
export async function start(installServer: () => Promise<void>): Promise<number> {
  const interrupted = signalled();
  const playground = await startPlayground();
  let editor: Editor | undefined;
  try {
    console.log(`Broker and simulated device: 127.0.0.1:${playground.port}`);
    editor = await openEditor(playground.workspace, installServer);
    console.log(editor.shown);
    console.log('Ctrl+C ends everything.');
    const why = await Promise.race([
      interrupted,
      editor.ended,
      playground.program.ended.then(
        ({ code }) => `The broker ended with the code ${code}:\n${playground.program.output()}`,
      ),
    ]);
    if (why === undefined) return 0;
    console.error(why);
    return 1;
  } finally {
    await editor?.stop();
    await playground.program.stop();
  }
}

async function openEditor(workspace: string, installServer: () => Promise<void>): Promise<Editor> {
  const served = process.env['MQTT_WORKBENCH_SERVE'] === '1';
  const desktop = served ? undefined : await findDesktop();
  if (desktop !== undefined) return openDesktop(desktop, workspace);
  await installServer();
  return serveEditor(workspace);
}

/** Resolves at Ctrl+C and its relatives, which end everything as intended. */
function signalled(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => resolve(undefined));
  });
}
