import * as fs from 'node:fs';
import * as path from 'node:path';
import { repositoryRoot } from './paths';

export interface SourceFile {
  /** Relative to the repository, with slashes, such as `src/base/bytes.ts`. */
  readonly path: string;
  readonly text: string;
}

/** Every file of a folder and below with one of these endings; the playground is a sample of somebody else's project. */
export function sourceFiles(folder: string, endings: readonly string[]): SourceFile[] {
  return fs.readdirSync(path.join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (file === 'test/playground') return [];
    if (entry.isDirectory()) return sourceFiles(file, endings);
    if (!endings.some((ending) => entry.name.endsWith(ending))) return [];
    return [{ path: file, text: fs.readFileSync(path.join(repositoryRoot, file), 'utf8') }];
  });
}
