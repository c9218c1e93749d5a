import { authority } from './authority';
import { broker } from './broker';
import { settingLines } from './brokerSettings/settings';
import { decode } from './decode';
import { password } from './password';
import type { Command, Terminal } from './terminal';
import { CommandError, didYouMean, UsageError } from './terminal';

interface CommandEntry {
  readonly run: Command;
  readonly usage: string;
  readonly does: string;
  /** What there is to say to somebody who asks about this command. */
  readonly more?: () => readonly string[];
}

const commands: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>([
  [
    'broker',
    {
      run: broker,
      usage: 'broker [--port N] [--listen URL]… [--config FILE] [--json] [--qr] [options]',
      does: 'serves MQTT 3.1, 3.1.1 and 5.0 until Ctrl+C; "broker --help" lists the options',
      more: () => [
        '    --config FILE\n        JSON with comments: an object with the options below, --keep-state as "keepState"',
        ...settingLines(),
      ],
    },
  ],
  [
    'password',
    {
      run: password,
      usage: 'password --users FILE --user NAME [--scram] [--remove]',
      does: 'adds a user for broker --users, or changes the password, which is typed or read from standard input.\n    --scram keeps what SCRAM-SHA-256 needs too',
    },
  ],
  [
    'authority',
    {
      run: authority,
      usage: 'authority [--certificates DIR] [--key-type ec|rsa] [--c-header]',
      does: 'prints the certificate authority that devices have to trust to reach the broker by TLS: PEM, or a C header',
    },
  ],
  [
    'decode',
    {
      run: decode,
      usage: 'decode [BYTES | FILE | -] [--mqtt 3.1|3.1.1|5.0] [--json]',
      does: 'prints the fields of packets with their offsets; exit code 1 where a rule is broken. BYTES, FILE and\n    standard input hold hexadecimal digits, 0x lists, C arrays, base64, a dump (xxd, hexdump -C, Wireshark,\n    ESP-IDF), or, in FILE and standard input, the bytes themselves\n    or a capture (pcap, pcapng). Passwords are printed too',
    },
  ],
]);

/** The terminal program: `node cli.js <command> …`. Resolves with the exit code: 2 for a wrong command line. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    for (const { usage, does } of commands.values()) terminal.out(`${usage}\n    ${does}`);
    terminal.out('--version\n    prints the version');
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    terminal.out(terminal.version);
    return 0;
  }
  const command = commands.get(name);
  if (!command) {
    const names = [...commands.keys()];
    const help = didYouMean(name, names, `there is ${names.join(', ')}`);
    terminal.error(`There is no command "${name}"; ${help}`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(`${command.usage}\n    ${command.does}`);
    for (const lines of command.more?.() ?? []) terminal.out(lines);
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const usage = error instanceof UsageError ? `\nusage: ${command.usage}` : '';
    terminal.error(`${error.message}${usage}`);
    return 2;
  }
}
