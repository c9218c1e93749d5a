import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';

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
    for (let time = 0; time < 3; time++) {
      const present = presentName(parent);
      if (present !== free && isAlive(parent, present)) return undefined;
      if (renamed(join(parent, present), join(parent, name))) return new OwnedFolder(parent, name);
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

/** What the folder is called now; it is made where there is none. */
function presentName(parent: string): string {
  if (!fs.existsSync(parent)) {
    const unfinished = `${parent}.${process.pid}.tmp`;
    fs.mkdirSync(join(unfinished, free), { recursive: true, mode: 0o700 });
    // Fails where somebody else made it meanwhile, since that is not empty.
    if (!renamed(unfinished, parent)) fs.rmSync(unfinished, { recursive: true, force: true });
  }
  return fs.readdirSync(parent)[0] ?? free;
}

/** False where there is nothing to rename any more, or something in its place, or somebody has a file open in it. */
function renamed(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EBUSY', 'EACCES'].includes(code)) return false;
    throw error;
  }
}

/** Whether the owner of that name may still be there. Wrong only in saying yes, and not for long. */
function isAlive(parent: string, name: string): boolean {
  if (own.has(name)) return true;
  const [pid = '', since = '', , ...host] = name.split('.');
  if (host.join('.') === hostname()) {
    // The machine was started anew since, or this process has the number of one that is gone.
    if (Number(since) < Date.now() - uptime() * 1000 - 1_000 || Number(pid) === process.pid) return false;
    if (!processExists(Number(pid))) return false;
  }
  return !hasFallenSilent(parent, name);
}

/** A process of that number exists, or is on another machine: it may be another one by now, or stand still for a while. */
function hasFallenSilent(parent: string, name: string): boolean {
  const now = Date.now();
  const lastBeat = fs.statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs;
  if (lastBeat === undefined || now - lastBeat < longestSilence) {
    silent.delete(name);
    return false;
  }
  const watched = silent.get(name);
  if (watched?.lastBeat === lastBeat) return now - watched.since >= watch;
  silent.set(name, { lastBeat, since: now });
  return false;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
