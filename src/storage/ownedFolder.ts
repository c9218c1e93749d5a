import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from './makeFolder';

/** How often an owner shows that it lives, in milliseconds. */
const beat = 5_000;
/** How long an owner that looks alive may have been silent, and how long that is watched before it counts as dead. */
const longestSilence = 60_000;
const watch = 10_000;

const free = 'free';

/** The folders this process owns, by the name they have for it. */
const own = new Set<string>();
/** Owners that look alive and say nothing: how long they had been silent, and since when that is watched. */
const silent = new Map<string, { readonly lastBeat: number; readonly since: number }>();

/**
 * A folder that one process has at a time. It lies in a folder of its own and is called `free` or after its owner, so that
 * taking it is renaming it, which only one can do, also where the owner was killed and could not give it back.
 */
export class OwnedFolder {
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly parent: string,
    private readonly name: string,
  ) {
    own.add(name);
    this.timer = setInterval(() => this.beat(), beat);
    this.timer.unref();
    this.beat();
  }

  /** Takes the folder in `parent`, or makes it; undefined where another owner has it. Throws the platform's error. */
  static take(parent: string): OwnedFolder | undefined {
    const name = `${process.pid}.${Date.now()}.${randomBytes(6).toString('hex')}.${hostname()}`;
    // Somebody else may be quicker once or twice, and has it then.
    const tries = 3;
    for (let time = 1; time <= tries; time++) {
      const present = presentName(parent) ?? free;
      if (present !== free && isAlive(parent, present)) return undefined;
      if (renamed(join(parent, present), join(parent, name))) return new OwnedFolder(parent, name);
      // Somebody took it out and left the rest: what one moment does not show another may, so not at once.
      if (time === tries - 1 && presentName(parent) === undefined) makeFree(parent);
    }
    return undefined;
  }

  get path(): string {
    return join(this.parent, this.name);
  }

  /** Nobody took it away, having found this process silent for too long. */
  get isOwned(): boolean {
    return fs.existsSync(this.path);
  }

  /** Throws the platform's error where it keeps its name: of an owner that is silent from now on, so others get it too. */
  giveBack(): void {
    clearInterval(this.timer);
    own.delete(this.name);
    renamed(this.path, join(this.parent, free));
  }

  private beat(): void {
    try {
      const now = new Date();
      fs.utimesSync(this.path, now, now);
    } catch {
      // It was taken away: whoever uses it finds that out before the next step.
      clearInterval(this.timer);
    }
  }
}

/** What may stand there: other programs leave files of their own behind, such as `.DS_Store`. */
const knownName = /^(free|\d+\.\d+\.[0-9a-f]+\..*)$/;

/** What the folder is called now; it is made where its parent is not there. Undefined where it is not to be seen. */
function presentName(parent: string): string | undefined {
  if (!fs.existsSync(parent)) {
    const unfinished = `${parent}.${process.pid}.tmp`;
    makeFolder(join(unfinished, free));
    // Fails where somebody else made it meanwhile, since that is not empty.
    if (!renamed(unfinished, parent)) fs.rmSync(unfinished, { recursive: true, force: true });
  }
  const present = fs.readdirSync(parent, { withFileTypes: true });
  return present.find((entry) => entry.isDirectory() && knownName.test(entry.name))?.name;
}

function makeFree(parent: string): void {
  try {
    fs.mkdirSync(join(parent, free), { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/** What renaming fails with where somebody was quicker. */
const quicker = ['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY'];
/** On Windows that is also what it says where somebody has a file open in it; elsewhere it means what it says. */
const openThere = process.platform === 'win32' ? ['EPERM', 'EACCES'] : [];

/**
 * False where there is nothing to rename any more, or something in its place, or somebody has a file open in it. Throws the
 * platform's error where it is not for this user to rename.
 */
function renamed(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (quicker.includes(code) || openThere.includes(code)) return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

/** Whether the owner of that name may still be there. Wrong only in saying yes, and not for long. */
function isAlive(parent: string, name: string): boolean {
  if (own.has(name)) return true;
  const [pid = '', since = '', , ...host] = name.split('.');
  if (host.join('.') === hostname()) {
    // This process has the number of one that is gone.
    if (Number(pid) === process.pid || !processExists(Number(pid))) return false;
    // The machine was started anew since, or its clock was set forward: an owner that still shows itself has lived on.
    const startedBefore = Number(since) < Date.now() - uptime() * 1000 - 1_000;
    if (startedBefore && Date.now() - lastBeatOf(parent, name) >= longestSilence) return false;
  }
  return !hasFallenSilent(parent, name);
}

/** A process of that number exists, or is on another machine: it may be another one by now, or stand still for a while. */
function hasFallenSilent(parent: string, name: string): boolean {
  const now = Date.now();
  const lastBeat = lastBeatOf(parent, name);
  if (now - lastBeat < longestSilence) {
    silent.delete(name);
    return false;
  }
  const watched = silent.get(name);
  if (watched?.lastBeat === lastBeat) return now - watched.since >= watch;
  silent.set(name, { lastBeat, since: now });
  return false;
}

/** In milliseconds since the epoch; that of an owner that is just going is never. */
function lastBeatOf(parent: string, name: string): number {
  return fs.statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Whether a process has ended and only its parent has not asked how yet: in a container whose first process asks nobody,
 * that may be for ever. Linux alone tells.
 */
function isZombie(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX] /s.test(fs.readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // There is no such file: this is another system, or the process is gone by now, which the next look finds.
    return false;
  }
}
