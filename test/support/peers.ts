import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Context } from 'mocha';
import peers from '../scripts/setup/peers.json';
import vscodeVersions from '../scripts/setup/vscodeVersions.json';
import { cacheFolder } from './paths';

/** A program of others that tests are held against. */
export type Peer = keyof typeof peers;

/** `newest` is the version every suite runs on, `oldest` the one that `engines.vscode` promises. */
export type VscodeVersion = keyof typeof vscodeVersions;

/** The path of a peer's binary, from its environment variable or the search path; `undefined` when it is not installed. */
function findPeer(peer: Peer): string | undefined {
  const { binaries, environment } = peers[peer];
  const chosen = process.env[environment];
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return binaries
    .flatMap((name) => (path.isAbsolute(name) ? [name] : folders.map((folder) => path.join(folder, name))))
    .find(isExecutable);
}

/** Like {@link findPeer}, for places that {@link requirePeer} already guards. */
export function requiredPeer(peer: Peer): string {
  const found = findPeer(peer);
  if (found === undefined) throw new Error(missingPeer(peer));
  return found;
}

export interface VscodeServerFiles {
  readonly version: string;
  /** The Node it runs on. */
  readonly node: string;
  /** The bare server. */
  readonly main: string;
  /** The same server with code-server's around it, which also keeps secrets. */
  readonly codeServer: string;
}

/** Where setup put a version of VS Code's server; `undefined` when it could not be had. */
export function findVscodeServer(name: VscodeVersion): VscodeServerFiles | undefined {
  const { version, ...wants } = vscodeVersions[name];
  const folder = path.join(cacheFolder, 'vscode', version);
  if (!fs.existsSync(path.join(folder, 'complete'))) return undefined;
  return {
    version,
    main: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
    codeServer: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
    node: 'node' in wants ? path.join(folder, 'node_modules/node/bin/node') : process.execPath,
  };
}

/**
 * Guards a test or a suite's `before` that needs peers. Where one is missing the test counts as skipped and says which;
 * with `CI` set it fails, because there everything has to be shown.
 */
export function requirePeer(context: Context, ...wanted: readonly Peer[]): void {
  const absent = wanted.find((peer) => findPeer(peer) === undefined);
  if (absent !== undefined) skip(context, missingPeer(absent));
}

/** The same for tests in a real VS Code: its server and the browser that shows it. */
export function requireVscode(context: Context, version: VscodeVersion = 'newest'): void {
  const missing = missingForVscode(version);
  if (missing !== undefined) skip(context, missing);
}

/** Why there can be no test in a real VS Code, as a sentence; `undefined` when there can. */
export function missingForVscode(version: VscodeVersion): string | undefined {
  if (findPeer('chromium') === undefined) return missingPeer('chromium');
  if (findVscodeServer(version) !== undefined) return undefined;
  return `VS Code ${vscodeVersions[version].version} is not in .cache/vscode. Run "node test/scripts/setup.mjs".`;
}

function skip(context: Context, why: string): void {
  if (process.env['CI']) throw new Error(why);
  console.log(`  skipped: ${why}`);
  context.skip();
}

function missingPeer(peer: Peer): string {
  const { environment, package: debianPackage, purpose } = peers[peer];
  return `${peer} is not installed; it ${purpose}. Install the package ${debianPackage} or set ${environment}.`;
}

function isExecutable(file: string): boolean {
  try {
    // A module of Python is there for its interpreter.
    fs.accessSync(file, file.endsWith('.py') ? fs.constants.R_OK : fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
