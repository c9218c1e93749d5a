import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TransportFailureError } from '../base/transportFailure';
import { bindPort } from './socketServer';

/** The program that has a port. */
export interface PortOwner {
  readonly name: string;
  readonly pid: number;
}

const run = promisify(execFile);

/** How long another program may take to tell, in milliseconds. */
const patience = 2_000;
/** How many ports are tried one after the other. */
const mostTried = 50;
const highestPort = 65_535;

/** State of a socket in /proc/net/tcp that listens. */
const listening = '0A';

/**
 * The program that listens on a TCP port of this machine; undefined where that cannot be known, such as for those of
 * another user. On Linux the system's tables tell, on macOS `lsof`.
 */
export async function portOwner(port: number): Promise<PortOwner | undefined> {
  try {
    if (process.platform === 'linux') return await linuxOwner(port);
    if (process.platform === 'darwin') return await lsofOwner(port);
    return undefined;
  } catch {
    // It is only a hint to whoever looks for that program: not to be had is no failure.
    return undefined;
  }
}

/**
 * The first port from `port` on that can be bound; undefined where none of the next fifty can.
 * @param except ports that are meant for something else, though nothing is bound to them now
 */
export async function nextFreePort(
  host: string,
  port: number,
  except: ReadonlySet<number>,
): Promise<number | undefined> {
  for (let tried = port; tried < port + mostTried && tried <= highestPort; tried++) {
    if (except.has(tried)) continue;
    try {
      const server = await bindPort({ host, port: tried }, (socket) => socket.destroy());
      await server.close();
      return tried;
    } catch (error) {
      if (!(error instanceof TransportFailureError)) throw error;
    }
  }
  return undefined;
}

async function linuxOwner(port: number): Promise<PortOwner | undefined> {
  const sockets = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const inode of await listeningInodes(table, port)) sockets.add(`socket:[${inode}]`);
  }
  if (sockets.size === 0) return undefined;
  for (const pid of await readdir('/proc')) {
    if (/^\d+$/.test(pid) && (await holdsOneOf(pid, sockets))) {
      return { name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim(), pid: Number(pid) };
    }
  }
  return undefined;
}

async function listeningInodes(table: string, port: number): Promise<readonly string[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = await readFile(table, 'utf8').then(
    (text) => text.split('\n').slice(1),
    () => [], // There is no IPv6.
  );
  return lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === listening && local.endsWith(`:${hex}`) ? [inode] : [];
  });
}

async function holdsOneOf(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // Of another user, or gone meanwhile: then it is not to be known.
  const descriptors = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
    if (sockets.has(target)) return true;
  }
  return false;
}

async function lsofOwner(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], {
    timeout: patience,
  });
  const [, pid] = /^p(\d+)$/m.exec(stdout) ?? [];
  const [, name] = /^c(.+)$/m.exec(stdout) ?? [];
  return pid !== undefined && name !== undefined ? { name, pid: Number(pid) } : undefined;
}
