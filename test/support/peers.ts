import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Context } from 'mocha';
import peers from '../scripts/setup/peers.json';

/** A program of others that tests are held against. */
export type Peer = keyof typeof peers;

/** The path of a peer's binary, from its environment variable or the search path; `undefined` when it is not installed. */
export function findPeer(peer: Peer): string | undefined {
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
  if (found === undefined) throw new Error(missing(peer));
  return found;
}

/**
 * Guards a test or a suite's `before` that needs peers. Where one is missing the test counts as skipped and says which;
 * with `CI` set it fails, because there everything has to be shown.
 */
export function requirePeer(context: Context, ...wanted: readonly Peer[]): void {
  const absent = wanted.find((peer) => findPeer(peer) === undefined);
  if (absent === undefined) return;
  if (process.env['CI']) throw new Error(missing(absent));
  console.log(`      skipped: ${missing(absent)}`);
  context.skip();
}

function missing(peer: Peer): string {
  const { environment, package: debianPackage, purpose } = peers[peer];
  return `${peer} is not installed; it ${purpose}. Install the package ${debianPackage} or set ${environment}.`;
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
