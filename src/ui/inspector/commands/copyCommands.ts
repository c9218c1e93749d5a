import * as vscode from 'vscode';
import { grouped } from '../../../base/grouped';
import { inSlices } from '../../../base/slices';
import { copyPackets, type CopiedPacket, type CopyFormat } from '../../../capture/copies/copyPackets';
import { mosquittoPub, type MosquittoPubOptions, type Shell } from '../../../capture/copies/mosquittoPub';
import type { CommandArgument, CommandHandlers } from '../../../contributions/commands';
import { excerptContext } from '../../../protocol/excerpt';
import { withoutConnection } from '../../../snippets/snippetText';
import { showError, showInformation, showWarning } from '../../reporting/notifications';
import { hostPace } from '../hostPace';
import type { SelectedMessage, SelectedPacket, SelectedPackets } from './selectedPackets';

type Handled =
  'copyPacketHex' | 'copyPacketCArray' | 'copyPacketBase64' | 'copyPacketJson' | 'copyMosquittoPub';
type Argument = CommandArgument<'copyPacketHex'>;

/** What the clipboard is given at most: beyond that programs that paste it stand still. */
const mostBytes = 8 * 1024 * 1024;
const mostPackets = 20_000;
/** Milliseconds that "Copied ..." stays in the status bar. */
const shownFor = 4000;

export interface CopyCommandDependencies {
  readonly selected: SelectedPackets;
  /** The server of a connection of the log, where that is a profile's. */
  serverOf(connection: number): MosquittoPubOptions['server'];
}

/** The commands that copy packets. No secret leaves the log by them. */
export class CopyCommands implements Pick<CommandHandlers, Handled> {
  constructor(private readonly dependencies: CopyCommandDependencies) {}

  readonly copyPacketHex = (argument: Argument): Promise<void> => this.copy(argument, 'hex');

  readonly copyPacketCArray = (argument: Argument): Promise<void> => this.copy(argument, 'cArray');

  readonly copyPacketBase64 = (argument: Argument): Promise<void> => this.copy(argument, 'base64');

  readonly copyPacketJson = (argument: Argument): Promise<void> => this.copy(argument, 'json');

  readonly copyMosquittoPub = async (argument: Argument): Promise<void> => {
    const { selected } = this.dependencies;
    if (this.refuses(argument)) return;
    const commands: string[] = [];
    const remarks: string[] = [];
    await eachInSlices(selected.messages(argument), (message) => {
      if (typeof message === 'string') {
        remarks.push(message);
        return;
      }
      const { command, missing } = this.commandOf(message);
      if (command !== undefined) commands.push(command);
      remarks.push(...missing);
    });
    if (commands.length === 0) {
      void showError(`Nothing was copied. ${remarks[0] ?? ''}`);
      return;
    }
    await vscode.env.clipboard.writeText(commands.join('\n'));
    tellCopied(commands.length, 'as mosquitto_pub');
    const unique = [...new Set(remarks)];
    if (unique.length > 0) void showWarning(unique.slice(0, 3).join(' '));
  };

  private commandOf({
    publish,
    topicName,
    row,
    connection,
  }: SelectedMessage): ReturnType<typeof mosquittoPub> {
    const message = { ...publish, ...withoutConnection(publish, topicName) };
    return mosquittoPub(message, {
      version: row.version,
      shell: shellOf(vscode.env.shell),
      server: this.dependencies.serverOf(connection),
    });
  }

  private async copy(argument: Argument, format: CopyFormat): Promise<void> {
    if (this.refuses(argument)) return;
    // The bytes of a note are this program's own.
    const tally = { packets: 0, concealed: 0 };
    const packets = counting(this.dependencies.selected.of(argument), format === 'json', tally);
    const text = await joinedInSlices(copyPackets(packets, format));
    if (tally.packets === 0) {
      void showInformation('A note has no bytes to copy. Copy it as JSON to have its text.');
      return;
    }
    await vscode.env.clipboard.writeText(text);
    tellCopied(tally.packets, formatNames[format]);
    if (tally.concealed > 0 && format !== 'hex') {
      void showInformation(
        'Passwords and authentication data were not copied: each of their bytes is an asterisk instead.',
      );
    }
  }

  /** Says why nothing is copied, where that is so. */
  private refuses(argument: Argument): boolean {
    const { selected } = this.dependencies;
    const count = selected.count(argument);
    if (count === 0) {
      tellNothingSelected();
      return true;
    }
    if (count <= mostPackets && selected.bytes(argument, mostBytes) <= mostBytes) return false;
    void showError(
      'That is more than a clipboard should hold: up to 20,000 packets and 8 MiB can be copied. Select fewer packets, or save them to a file.',
    );
    return true;
  }
}

const formatNames: Readonly<Record<CopyFormat, string>> = {
  hex: 'as hex',
  cArray: 'as C array',
  base64: 'as Base64',
  json: 'as JSON',
};

/** By whose rules the person's terminal reads a line. */
function shellOf(program: string): Shell {
  if (/(powershell|pwsh)(\.exe)?$/i.test(program)) return 'powershell';
  return /(^|[\\/])cmd(\.exe)?$/i.test(program) ? 'cmd' : 'posix';
}

export function tellNothingSelected(): void {
  void showInformation('No packet is selected. Open the inspector and select one, then try again.');
}

function tellCopied(count: number, how: string): void {
  const what = count === 1 ? '1 packet' : `${grouped(count)} packets`;
  vscode.window.setStatusBarMessage(`$(check) Copied ${what} ${how}`, shownFor);
}

function* counting(
  packets: Iterable<SelectedPacket>,
  withNotes: boolean,
  tally: { packets: number; concealed: number },
): Generator<CopiedPacket> {
  for (const packet of packets) {
    if (packet.row.kind === 'note' && !withNotes) continue;
    tally.packets++;
    if (packet.row.concealed.length > 0) tally.concealed++;
    yield copied(packet);
  }
}

/** Pieces as one text, made while everything else has its turn. */
async function joinedInSlices(pieces: Iterator<string>): Promise<string> {
  const made: string[] = [];
  await eachInSlices(pieces, (piece) => made.push(piece));
  return made.join('');
}

/** Does something with one after another, each made when its turn comes. */
async function eachInSlices<T>(all: Iterator<T>, work: (each: T) => void): Promise<void> {
  await inSlices(
    () => {
      const next = all.next();
      if (next.done !== true) work(next.value);
      return next.done === true;
    },
    { pace: hostPace },
  );
}

function copied({ row, bytes, sequence }: SelectedPacket): CopiedPacket {
  const { at, kind, direction, client, topic, concealed } = row;
  return { sequence, at, kind, direction, client, topic, concealed, bytes, context: excerptContext(row) };
}
