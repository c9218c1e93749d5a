import { decodeUtf8 } from '../base/utf8';
import { newUser } from '../broker/access/newUser';
import { readUsers, withoutUser, withUser } from '../broker/access/userFile';
import { withScram } from '../broker/access/userScram';
import { ByteFile } from '../storage/byteFile';
import { systemCrypto, systemPasswordHashing } from '../transport/systemCrypto';
import { encodeUtf8 } from '../base/utf8';
import { parseArguments } from './options';
import type { Command, Terminal } from './terminal';
import { UsageError } from './terminal';

/** `password`: adds a user to a file, changes the password of one, or removes one. */
export const password: Command = async (args, terminal) => {
  const { options, flags, rest } = parseArguments(args, ['--users', '--user'], ['--scram', '--remove']);
  if (rest[0] !== undefined) throw new UsageError(`password takes no "${rest[0]}": it is read, not given`);
  const file = options.get('--users');
  const name = options.get('--user');
  if (file === undefined || name === undefined)
    throw new UsageError('password needs --users FILE and --user NAME');
  const before = decodeUtf8((await terminal.file(file)) ?? new Uint8Array(0));
  if (before === undefined) throw new UsageError(`--users: ${file} is no text in UTF-8`);
  const isThere = readUsers(before).users.has(name);
  if (flags.has('--remove')) {
    if (!isThere) throw new UsageError(`--user: there is no "${name}" in ${file}`);
    await new ByteFile(file).write(encodeUtf8(withoutUser(before, name)));
    terminal.out(`removed ${JSON.stringify(name)}`);
    return 0;
  }
  const given = await readPassword(terminal);
  const plain = await newUser(name, given, systemPasswordHashing);
  const user = flags.has('--scram') ? await withScram(plain, given, systemCrypto) : plain;
  if (!user) {
    throw new UsageError(
      '--scram: the password has characters that two systems would not read alike (RFC 4013)',
    );
  }
  await new ByteFile(file).write(encodeUtf8(withUser(before, user)));
  terminal.out(`${isThere ? 'changed' : 'added'} ${JSON.stringify(name)}`);
  return 0;
};

/** A line of standard input, or what somebody types who does not see it. */
async function readPassword(terminal: Terminal): Promise<string> {
  const input = await terminal.input();
  const text = input === undefined ? await typedTwice(terminal) : decodeUtf8(input)?.replace(/\r?\n$/, '');
  if (text === undefined) throw new UsageError('the password is no text in UTF-8');
  if (text === '') throw new UsageError('the password is empty');
  // Another line is the password again, for a program that asks twice: who logs in has only the first.
  if (/[\r\n]/.test(text)) throw new UsageError('the password has more than one line');
  return text;
}

async function typedTwice(terminal: Terminal): Promise<string> {
  const first = await terminal.secret('Password: ');
  if (first !== (await terminal.secret('Again: '))) throw new UsageError('the two passwords differ');
  return first;
}
