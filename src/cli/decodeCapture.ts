import { toHex } from '../base/bytes';
import { describeNote, readNote } from '../base/captureNote';
import { isoTime } from '../base/isoTime';
import { PacketContexts } from '../capture/packetContexts';
import { PacketLog } from '../capture/packetLog';
import type { PacketRow } from '../capture/packetLog';
import { CaptureReader } from '../capture/pcap/captureReader';
import { describeCapture, describeNothing } from '../capture/pcap/describeCapture';
import { dissect } from '../protocol/dissect';
import type { Dissection } from '../protocol/dissect';
import { excerptViolations } from '../protocol/excerpt';
import { showBytes } from '../protocol/show';
import { violationTable } from '../protocol/violations';
import { packetJson } from './dissectionJson';
import { dissectionLines } from './dissectionLines';
import type { Terminal } from './terminal';
import { CommandError } from './terminal';

/** Room for the columns of the smallest packets beside their bytes, which are all in the file. */
const logBytesOfFileByte = 16;
const leastLog = 64 * 1024 * 1024;
const chunkBytes = 256 * 1024;
/** Bytes that are printed of what is no packet. */
const mostBytes = 32;

/** Prints the packets of a capture file like those of a dump, each with its time, its way and its connection. */
export function decodeCapture(
  content: Uint8Array,
  source: string,
  asJson: boolean,
  terminal: Terminal,
): number {
  const log = new PacketLog({ byteBudget: Math.max(leastLog, content.length * logBytesOfFileByte) });
  const reader = new CaptureReader(log);
  for (let at = 0; at < content.length; at += chunkBytes) reader.push(content.subarray(at, at + chunkBytes));
  const report = reader.end();
  const sentences = describeCapture(report);
  if (log.end === log.first) {
    throw new CommandError([`${source}: ${describeNothing(report)}`, ...sentences].join('\n'));
  }
  const contexts = new PacketContexts(log);
  let broken = 0;
  if (asJson) terminal.out('{ "packets": [');
  else {
    const rows = counted(log.end - log.first, 'row');
    terminal.out(`${rows} of ${counted(report.connections, 'connection')} in ${showBytes(content.length)}`);
  }
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const row = log.row(sequence);
    const bytes = log.bytesAt(sequence);
    if (!row || !bytes) continue;
    const isPacket = row.kind === 'packet' || row.kind === 'incomplete';
    const dissection = isPacket ? dissectRow(row, bytes, contexts) : undefined;
    const name = log.connectionName(row.connection) ?? '';
    if (isBroken(row, dissection)) broken++;
    if (asJson) terminal.out(`${rowJson(row, bytes, dissection, name)}${sequence + 1 < log.end ? ',' : ''}`);
    else for (const line of rowLines(row, bytes, dissection, name)) terminal.out(line);
  }
  // Beside the JSON document, so that it stays one.
  if (asJson) terminal.out('] }');
  for (const sentence of sentences) {
    if (asJson) terminal.error(sentence);
    else terminal.out(sentence);
  }
  return broken > 0 || report.problemCount > 0 ? 1 : 0;
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function rowLines(
  row: PacketRow,
  bytes: Uint8Array,
  dissection: Dissection | undefined,
  name: string,
): readonly string[] {
  const way = row.direction === 'out' ? 'client to server' : 'server to client';
  const head = `#${row.sequence} ${isoTime(row.at)} ${name}, ${way}`;
  if (dissection) {
    const cut = row.kind === 'incomplete' ? ['    note: the rest of this packet is missing'] : [];
    return [head, ...dissectionLines(dissection, bytes, 0), ...cut];
  }
  const note = row.kind === 'note' ? readNote(bytes) : undefined;
  if (note) return [head, `Note: ${describeNote(note)}`];
  const rest = bytes.length > mostBytes ? ' …' : '';
  const what = row.cut ? 'Rest of a packet' : 'No packet';
  return [head, `${what}, ${showBytes(bytes.length)}: ${toHex(bytes.subarray(0, mostBytes), ' ')}${rest}`];
}

function rowJson(
  { sequence, at, direction, kind, topic }: PacketRow,
  bytes: Uint8Array,
  dissection: Dissection | undefined,
  connection: string,
): string {
  const known = {
    sequence,
    time: isoTime(at),
    direction,
    connection,
    kind,
    ...(topic !== undefined && { topic }),
  };
  if (dissection) return JSON.stringify({ ...known, ...packetJson(dissection, bytes, 0) });
  const note = kind === 'note' ? readNote(bytes) : undefined;
  return JSON.stringify({
    ...known,
    ...(note ? { note, text: describeNote(note) } : { bytes: toHex(bytes) }),
  });
}

/** Bytes that are missing are the capture's fault, and break no rule of the connection's. */
function dissectRow(row: PacketRow, bytes: Uint8Array, contexts: PacketContexts): Dissection {
  const dissection = dissect(bytes, { version: row.version, ...contexts.of(row) });
  const isCut = row.kind === 'incomplete' || row.cut === true;
  return { ...dissection, violations: excerptViolations(dissection, isCut) };
}

function isBroken({ kind, cut }: PacketRow, dissection: Dissection | undefined): boolean {
  if (dissection) return dissection.violations.some(({ id }) => violationTable[id].severity === 'violation');
  return kind !== 'note' && !cut;
}
