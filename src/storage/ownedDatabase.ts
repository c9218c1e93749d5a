import * as fs from 'node:fs';
import { join } from 'node:path';
import { SingleDatabase } from './database';
import type { OwnedFolder } from './ownedFolder';

/** Opens the database of a folder that this process owns; rejects as {@link SingleDatabase.open} does. */
export function openOwnedDatabase(
  owned: OwnedFolder,
  fileName: string,
  migrations: readonly string[],
): Promise<SingleDatabase> {
  // The engine's lock is a folder, which stays when a process is killed. Nobody else can have it: this is the owner.
  fs.rmSync(join(owned.path, `${fileName}.lock`), { recursive: true, force: true });
  return SingleDatabase.open(join(owned.path, fileName), migrations);
}

/** Moves a database that cannot be used out of the way; returns where it lies. The newest of several is the one that is kept. */
export function setDatabaseAside(owned: OwnedFolder, fileName: string): string {
  const aside = join(owned.path, 'broken');
  fs.rmSync(aside, { recursive: true, force: true });
  fs.mkdirSync(aside);
  for (const name of fs.readdirSync(owned.path)) {
    if (name.startsWith(fileName)) fs.renameSync(join(owned.path, name), join(aside, name));
  }
  return aside;
}
