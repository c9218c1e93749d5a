import * as fs from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder that nobody else may look into, and what is missing above it. Throws the platform's error. The platform's own
 * `recursive` never ends where a parent is there and the folder cannot be, as in `/proc`.
 */
export function makeFolder(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    makeFolder(parent);
    makeOne(path);
  }
}

/** One that is there already is well. */
function makeOne(path: string): void {
  try {
    fs.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Some systems say otherwise of a folder that is there, such as a root or one on a disk that cannot be written.
    if (!fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
