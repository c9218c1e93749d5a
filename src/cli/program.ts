import { broker } from './broker';
import { decode } from './decode';
import type { Command, Terminal } from './terminal';
import { UsageError } from './terminal';

interface CommandEntry {
  readonly run: Command;
  readonly usage: string;
  readonly does: string;
}

const commands: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'broker',
    { run: broker, usage: 'broker --port N [--host H]', does: 'serves MQTT 3.1, 3.1.1 and 5.0 until Ctrl+C' },
  ],
  [
    'decode',
    {
      run: decode,
      usage: 'decode [BYTES | FILE | -] [--mqtt 3.1|3.1.1|5.0] [--json]',
      does: 'prints the fields of packets with their offsets; exit code 1 where a rule is broken. BYTES, FILE and\n    standard input hold hexadecimal digits, 0x lists, C arrays, base64, a dump (xxd, hexdump -C, Wireshark,\n    ESP-IDF), or, in FILE and standard input, the bytes themselves. Passwords are printed too',
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
    terminal.out(await terminal.version());
    return 0;
  }
  const command = commands.get(name);
  if (!command) {
    terminal.error(`There is no command "${name}"; there is ${[...commands.keys()].join(' and ')}.`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    terminal.out(`${command.usage}\n    ${command.does}`);
    return 0;
  }
  try {
    return await command.run(rest, terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.error(`${error.message}\nusage: ${command.usage}`);
    return 2;
  }
}
