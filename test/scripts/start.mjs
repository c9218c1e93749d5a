// `npm start`: a local broker, a simulated device, and VS Code with the extension on the playground. Ctrl+C ends it all.
//   VSCODE_PATH=/path/to/code   the desktop VS Code to open; default: `code`, else one that is downloaded
//   MQTT_WORKBENCH_SERVE=1      serve the workbench for a browser even where a desktop VS Code could be had
import { buildWhereStale } from './setup/build.mjs';
import { root, setup } from './setup.mjs';

try {
  await setup({ servers: [], peers: [] });
  await buildWhereStale(root);
  const { tsImport } = await import('tsx/esm/api');
  const { start } = await tsImport('./start/start.ts', import.meta.url);
  process.exitCode = await start(() => setup({ servers: ['newest'], peers: [] }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
