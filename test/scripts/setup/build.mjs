import * as fs from 'node:fs';
import * as path from 'node:path';
import { run } from './run.mjs';

const sources = [
  'esbuild.js',
  'package.json',
  'package-lock.json',
  'src',
  'media',
  'test/playground-device',
  'test/workbench/host',
];

/** Builds where a source is newer than what was built, for development or as it ships. Rejects with what esbuild says. */
export async function buildWhereStale(root) {
  if (!isStale(root)) return;
  const { code, output } = await run(process.execPath, ['esbuild.js'], { cwd: root });
  if (code !== 0) throw new Error(`The build failed:\n${output.trim()}`);
}

/** Whether something changed since esbuild.js, which leaves `dist/built` behind, was done. */
export function isStale(root) {
  const built = path.join(root, 'dist', 'built');
  if (!fs.existsSync(built)) return true;
  const { mtimeMs } = fs.statSync(built);
  return sources.some((source) => newest(path.join(root, source)) > mtimeMs);
}

/** A folder's own time tells what was added to it and removed. */
function newest(file) {
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newest(path.join(file, name))));
}
