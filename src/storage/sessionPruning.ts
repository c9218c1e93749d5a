import * as fs from 'node:fs';
import { join } from 'node:path';
import { OwnedFolder } from './ownedFolder';

/** How much all Sessions of a user may take together. */
export interface SessionBound {
  readonly sessions: number;
  readonly bytes: number;
}

/** A profile that is gone, or has another Client Identifier now, leaves its Session behind; these are far more than are in use. */
export const defaultSessionBound: SessionBound = { sessions: 64, bytes: 1_073_741_824 };

/** A Session that had to go, with whatever waited in it. */
export interface PrunedSession {
  readonly name: string;
  /** In milliseconds since the epoch. */
  readonly lastUsed: number;
  readonly bytes: number;
  /** How many were to be sent; undefined where that is not to be read, or would take long. */
  readonly messages: number | undefined;
}

/** Larger ones are not opened to be counted before they go, in bytes: looking through them takes a while. */
const mostCounted = 67_108_864;

/** How old what an interrupted removal left has to be, in milliseconds. */
const staleAfter = 3_600_000;

/**
 * Removes the Sessions that were not in use for longest, until the rest is within the bound. One that a process has stays. An
 * expired one stays as well: only its server knows for sure that it is, and what waits in it can still be sent.
 * @param kept the name of the one that is being opened
 * @param messagesIn how many messages wait in one that is owned
 * @throws the platform's error where a folder cannot be read or removed
 */
export async function pruneSessions(
  folder: string,
  kept: string,
  bound: SessionBound,
  messagesIn: (owned: OwnedFolder) => Promise<number | undefined>,
): Promise<readonly PrunedSession[]> {
  removeLeftovers(folder);
  const present = fs
    .readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => ({ name, ...usageOf(join(folder, name)) }))
    .sort((one, other) => one.lastUsed - other.lastUsed);
  let count = present.length;
  let bytes = present.reduce((sum, session) => sum + session.bytes, 0);
  const pruned: PrunedSession[] = [];
  for (const session of present) {
    if (count <= bound.sessions && bytes <= bound.bytes) break;
    if (session.name === kept) continue;
    const parent = join(folder, session.name);
    const owned = OwnedFolder.take(parent);
    if (!owned) continue;
    const messages = session.bytes > mostCounted ? undefined : await messagesIn(owned);
    remove(parent, owned);
    pruned.push({ ...session, messages });
    count--;
    bytes -= session.bytes;
  }
  return pruned;
}

/** Its owner shows every few seconds that it lives, so that the folder's time is that of its last use. */
function usageOf(parent: string): { lastUsed: number; bytes: number } {
  let lastUsed = 0;
  let bytes = 0;
  for (const owner of fs.readdirSync(parent)) {
    const inside = join(parent, owner);
    const found = fs.statSync(inside, { throwIfNoEntry: false });
    lastUsed = Math.max(lastUsed, found?.mtimeMs ?? 0);
    // It was taken or given back just now, so that somebody uses it; or another program left a file there.
    if (!found?.isDirectory()) continue;
    for (const name of fs.readdirSync(inside, { recursive: true, encoding: 'utf8' })) {
      const file = fs.statSync(join(inside, name), { throwIfNoEntry: false });
      if (file?.isFile()) bytes += file.size;
    }
  }
  return { lastUsed, bytes };
}

/** It goes out of the way first, so that whoever opens it meanwhile makes a new one. */
function remove(parent: string, owned: OwnedFolder): void {
  const aside = `${parent}.${process.pid}.gone`;
  try {
    fs.renameSync(parent, aside);
  } finally {
    owned.giveBack();
  }
  fs.rmSync(aside, { recursive: true, force: true });
}

/** What a process left that ended in the middle of {@link remove}. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith('.gone')) continue;
    const changed = fs.statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (changed < Date.now() - staleAfter) fs.rmSync(join(folder, name), { recursive: true, force: true });
  }
}
