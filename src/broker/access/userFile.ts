import { fromBase64, toBase64 } from '../../base/base64';
import type { ScramSecret } from '../scramAuthenticator';
import type { ScryptCost } from './passwordHashing';

/** A password as scrypt leaves it. */
export interface ScryptPassword {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

export interface User {
  readonly name: string;
  readonly password: ScryptPassword;
  /** Where the user may authenticate by SCRAM too. */
  readonly scram?: ScramSecret;
}

export interface UserFileProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: 'noColon' | 'nameInvalid' | 'hashInvalid' | 'nameTwice';
}

export interface UserFile {
  readonly users: ReadonlyMap<string, User>;
  readonly problems: readonly UserFileProblem[];
}

/** More than these would only keep the machine busy: 256 MiB and some seconds. */
const mostLogCost = 18;
const mostIterations = 10_000_000;

/**
 * Reads users, one a line: `name:$scrypt$ln=14,r=8,p=1$salt$hash`, the salt and the hash in Base64 without padding, and for
 * SCRAM after a blank `$scram-sha-256$i=100000$salt$stored key$server key`. In a name `%XX` stands for a byte of UTF-8. Lines
 * that are empty or begin with `#` do not count.
 */
export function readUsers(text: string): UserFile {
  const users = new Map<string, User>();
  const problems: UserFileProblem[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const read = readUser(line.trim());
    if (typeof read === 'string') problems.push({ line: index + 1, problem: read });
    else if (users.has(read.name)) problems.push({ line: index + 1, problem: 'nameTwice' });
    else users.set(read.name, read);
  }
  return { users, problems };
}

export function userLine({ name, password, scram }: User): string {
  const { logCost, blockSize, parallelization } = password.cost;
  const hashes = [
    `$scrypt$ln=${logCost},r=${blockSize},p=${parallelization}$${bare(password.salt)}$${bare(password.hash)}`,
    ...(scram
      ? [
          `$scram-sha-256$i=${scram.iterations}$${[scram.salt, scram.storedKey, scram.serverKey].map(bare).join('$')}`,
        ]
      : []),
  ];
  return `${encodeURIComponent(name)}:${hashes.join(' ')}`;
}

/** The text with this user added, or in place of an earlier one of that name; everything else stays as it is. */
export function withUser(text: string, user: User): string {
  const lines = withoutUser(text, user.name).replace(/\n+$/, '');
  return `${lines === '' ? '' : `${lines}\n`}${userLine(user)}\n`;
}

/** The text without the user of that name. */
export function withoutUser(text: string, name: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => {
      const read = line.startsWith('#') ? undefined : readUser(line.trim());
      return typeof read !== 'object' || read.name !== name;
    })
    .join('');
}

function readUser(line: string): User | UserFileProblem['problem'] {
  const colon = line.indexOf(':');
  if (colon < 0) return 'noColon';
  const name = decodedName(line.slice(0, colon));
  if (name === undefined || name === '') return 'nameInvalid';
  const [scrypt = '', scramText] = line.slice(colon + 1).split(/\s+/);
  const password = readScrypt(scrypt);
  const scram = scramText === undefined ? undefined : readScram(scramText);
  if (!password || (scramText !== undefined && !scram)) return 'hashInvalid';
  return { name, password, ...(scram && { scram }) };
}

function readScrypt(text: string): ScryptPassword | undefined {
  const [, ln, r, p, saltText = '', hashText = ''] =
    /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  const cost = { logCost: Number(ln), blockSize: Number(r), parallelization: Number(p) };
  const salt = bytesOf(saltText);
  const hash = bytesOf(hashText);
  const isSane =
    cost.logCost >= 1 && cost.logCost <= mostLogCost && cost.blockSize >= 1 && cost.blockSize <= 16;
  if (!isSane || !(cost.parallelization >= 1 && cost.parallelization <= 16)) return undefined;
  return salt && hash && hash.length >= 16 ? { cost, salt, hash } : undefined;
}

function readScram(text: string): ScramSecret | undefined {
  const [, i, ...parts] = /^\$scram-sha-256\$i=(\d{1,8})\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(text) ?? [];
  const iterations = Number(i);
  const [salt, storedKey, serverKey] = parts.map(bytesOf);
  if (!(iterations >= 4096 && iterations <= mostIterations)) return undefined;
  if (!salt || storedKey?.length !== 32 || serverKey?.length !== 32) return undefined;
  return { iterations, salt, storedKey, serverKey };
}

function decodedName(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Base64 without padding, as the format of such lines has it. */
function bare(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array | undefined {
  const bytes = fromBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
  return typeof bytes === 'number' || bytes.length === 0 ? undefined : bytes;
}
