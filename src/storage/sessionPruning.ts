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

/** Who has this folder, among the Sessions, removes some of them: two at once would each make room, and it for both. */
const turnName = 'pruning';

interface Present {
  readonly name: string;
  readonly lastUsed: number;
  readonly bytes: number;
}

/**
 * Removes the Sessions that were not in use for longest, until the rest is within the bound. One that a process has stays. An
 * expired one stays as well: only its server knows for sure that it is, and what waits in it can still be sent. Where somebody
 * else is at it, that one goes on until there is room for all.
 * @param kept the name of the one that is being opened
 * @param messagesIn how many messages wait in one that is owned; where it rejects, nobody can tell
 * @param pruned hears of each as soon as it is gone
 * @throws the platform's error where a folder cannot be read or removed
 */
export async function pruneSessions(
  folder: string,
  kept: string,
  bound: SessionBound,
  messagesIn: (owned: OwnedFolder) => Promise<number>,
  pruned: (session: PrunedSession) => void,
): Promise<void> {
  removeLeftovers(folder);
  const isBeyond = (present: readonly Present[]) =>
    present.length > bound.sessions || present.reduce((sum, { bytes }) => sum + bytes, 0) > bound.bytes;
  if (!isBeyond(presentIn(folder))) return;
  const turn = OwnedFolder.take(join(folder, turnName));
  if (!turn) return;
  try {
    const tried = new Set([kept]);
    // Looked at anew each time: while one is counted, others come, are used and go.
    for (let present = presentIn(folder); isBeyond(present); present = presentIn(folder)) {
      const session = present.find(({ name }) => !tried.has(name));
      if (!session) return;
      tried.add(session.name);
      const parent = join(folder, session.name);
      const owned = OwnedFolder.take(parent);
      if (!owned) continue;
      const messages = await countedIn(owned, session, messagesIn);
      if (!remove(parent, owned)) continue;
      pruned({ ...session, messages });
    }
  } finally {
    turn.giveBack();
  }
}

/** All Sessions, with the one first that was not used for longest. */
function presentIn(folder: string): Present[] {
  return fs
    .readdirSync(folder)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => ({ name, ...usageOf(join(folder, name)) }))
    .sort((one, other) => one.lastUsed - other.lastUsed);
}

async function countedIn(
  owned: OwnedFolder,
  { bytes }: Present,
  messagesIn: (owned: OwnedFolder) => Promise<number>,
): Promise<number | undefined> {
  try {
    return bytes > mostCounted ? undefined : await messagesIn(owned);
  } catch {
    // It goes whatever is in it: another one would have to in its place. Nobody can tell how much that was.
    return undefined;
  }
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

/**
 * It goes out of the way first, so that whoever opens it meanwhile makes a new one. Returns whether it went: while it was
 * counted, this process may have been silent for so long that another took it.
 */
function remove(parent: string, owned: OwnedFolder): boolean {
  const aside = `${parent}.${process.pid}.gone`;
  try {
    if (!owned.isOwned) return false;
    fs.renameSync(parent, aside);
  } finally {
    owned.giveBack();
  }
  fs.rmSync(aside, { recursive: true, force: true });
  return true;
}

/** What a process left that ended in the middle of {@link remove}. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith('.gone')) continue;
    const changed = fs.statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (changed < Date.now() - staleAfter) fs.rmSync(join(folder, name), { recursive: true, force: true });
  }
}
