import { captureFileKind } from '../base/captureFile';
import { parseHexDump } from '../base/hexDump';
import { explainHexDump, explainOmitted } from '../base/hexDumpProblem';
import { decodeText } from '../base/textEncoding';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { StreamDissection } from '../protocol/dissectStream';
import { dissectStream } from '../protocol/dissectStream';
import { violationTable } from '../protocol/violations';
import { decodeCapture } from './decodeCapture';
import { dissectionJson } from './dissectionJson';
import { dissectionLines, skippedLines, streamLine } from './dissectionLines';
import { parseArguments } from './options';
import type { Command, Terminal } from './terminal';
import { CommandError, UsageError } from './terminal';

const versions: ReadonlyMap<string, ProtocolVersion> = new Map([
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
]);

/** `decode`: prints the fields of each packet with their offsets; exit code 1 where a rule is broken. */
export const decode: Command = async (args, terminal) => {
  const { options, flags, rest } = parseArguments(args, ['--mqtt'], ['--json']);
  const wanted = options.get('--mqtt');
  const version = wanted === undefined ? undefined : versions.get(wanted);
  if (wanted !== undefined && version === undefined) {
    throw new UsageError(`--mqtt: "${wanted}" is not a version; there is ${[...versions.keys()].join(', ')}`);
  }
  const { bytes, omitted, capture } = await bytesOf(rest, terminal);
  if (capture !== undefined) {
    if (wanted !== undefined) {
      throw new UsageError('--mqtt: a capture file tells the version of each of its connections itself');
    }
    return decodeCapture(bytes, capture, flags.has('--json'), terminal);
  }
  const stream = dissectStream(bytes, version);
  // Beside the JSON document, so that it stays one.
  if (omitted !== undefined) {
    if (flags.has('--json')) terminal.error(omitted);
    else terminal.out(omitted);
  }
  if (flags.has('--json')) terminal.out(dissectionJson(stream, bytes));
  else printTree(stream, bytes, terminal, version);
  return isBroken(stream) ? 1 : 0;
};

function printTree(
  stream: StreamDissection,
  bytes: Uint8Array,
  terminal: Terminal,
  asked?: ProtocolVersion,
): void {
  const packets = stream.packets.map(({ start, end, dissection }) => ({
    start,
    lines: dissectionLines(dissection, bytes.subarray(start, end), start),
  }));
  const skipped = stream.skipped.map((span) => ({
    start: span.start,
    lines: skippedLines(stream, span, bytes),
  }));
  terminal.out(streamLine(stream, bytes.length, asked));
  for (const { lines } of [...packets, ...skipped].sort((a, b) => a.start - b.start)) {
    for (const line of lines) terminal.out(line);
  }
}

/** Bytes that belong to no packet break the protocol as much as a packet that does. */
function isBroken({ packets, skipped }: StreamDissection): boolean {
  const violations = packets.flatMap(({ dissection }) => dissection.violations);
  return skipped.length > 0 || violations.some(({ id }) => violationTable[id].severity === 'violation');
}

interface Input {
  readonly bytes: Uint8Array;
  /** A sentence about what of a text was left out. */
  readonly omitted: string | undefined;
  /** Where the bytes are those of a capture file: what it is called. */
  readonly capture?: string;
}

/** The bytes that the arguments spell or the file they name holds; without arguments or for `-` standard input. */
async function bytesOf(words: readonly string[], terminal: Terminal): Promise<Input> {
  const [first, ...others] = words;
  if (first === undefined || (first === '-' && others.length === 0)) {
    const input = await terminal.input();
    if (input === undefined)
      throw new UsageError('decode needs bytes, such as c000, a file, or standard input');
    return bytesOfContent(input, 'standard input');
  }
  if (others.length > 0) await refuseFiles(words, terminal);
  const content = others.length === 0 ? await terminal.file(first) : undefined;
  if (content) return bytesOfContent(content, first);
  const missing = others.length === 0 && /[./\\]/.test(first) ? first : undefined;
  return bytesOfText(
    words.join(' '),
    missing === undefined ? undefined : `there is no file ${missing}, and as bytes`,
  );
}

/** Words may be bytes one by one, but files are not. Nothing that can only be bytes is looked for. */
async function refuseFiles(words: readonly string[], terminal: Terminal): Promise<void> {
  for (const word of words) {
    if (/^[0-9a-f]*$/i.test(word) || (await terminal.file(word)) === undefined) continue;
    throw new UsageError(`${word} is a file: decode takes one file at a time and no bytes beside it`);
  }
}

/** A capture file is one, a file of text is read as a dump, any other as the packets themselves. */
function bytesOfContent(content: Uint8Array, source: string): Input {
  if (captureFileKind(content)) return { bytes: content, omitted: undefined, capture: source };
  const text = decodeText(content);
  return text === undefined ? { bytes: content, omitted: undefined } : bytesOfText(text, source);
}

function bytesOfText(text: string, source: string | undefined): Input {
  const parsed = parseHexDump(text);
  if ('bytes' in parsed) return { bytes: parsed.bytes, omitted: explainOmitted(parsed.omitted) };
  const problem = explainHexDump(parsed.problem);
  if (source === undefined) throw new UsageError(problem);
  throw new CommandError(`${source}: ${problem}`);
}
