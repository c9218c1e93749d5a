import { fromHex } from '../base/bytes';
import type { ProtocolVersion } from '../protocol/controlPacket';
import type { Dissection } from '../protocol/dissect';
import { dissect } from '../protocol/dissect';
import { PacketFramer } from '../protocol/packetFramer';
import type { Violation } from '../protocol/violations';
import { ProtocolViolation, violationTable } from '../protocol/violations';
import { dissectionLines } from './fieldTree';
import { parseArguments } from './options';
import type { Command } from './terminal';
import { UsageError } from './terminal';

const versions: ReadonlyMap<string, ProtocolVersion> = new Map([
  ['3.1', 3],
  ['3.1.1', 4],
  ['5.0', 5],
]);

/** `decode <hex> [--mqtt 3.1|3.1.1|5.0]`: prints the fields of each packet with their offsets; 1 where a rule is broken. */
export const decode: Command = (args, terminal) => {
  const { options, rest } = parseArguments(args, ['--mqtt']);
  const wanted = options.get('--mqtt');
  const version = wanted === undefined ? undefined : versions.get(wanted);
  if (wanted !== undefined && version === undefined) {
    throw new UsageError(`--mqtt: "${wanted}" is not a version; there is ${[...versions.keys()].join(', ')}`);
  }
  const bytes = bytesOf(rest.join(' '));
  let broken = false;
  let known = version;
  for (const [start, packet] of packetsOf(bytes)) {
    const dissection = read(packet, known);
    if (dissection.packetType === 'CONNECT') known ??= dissection.version;
    broken ||= dissection.violations.some(isBroken);
    for (const line of dissectionLines(dissection, packet, start)) terminal.out(line);
  }
  return Promise.resolve(broken ? 1 : 0);
};

const isBroken = ({ id }: Violation) => violationTable[id].severity === 'violation';

/** Hexadecimal digits as people copy them: with white space, commas, colons or dashes between bytes, with or without 0x. */
function bytesOf(text: string): Uint8Array {
  const digits = text.replace(/0x/gi, ' ').replace(/[\s,:;-]+/g, '');
  if (digits === '') throw new UsageError('decode needs the bytes of a packet in hexadecimal, such as c000');
  const wrong = digits.search(/[^0-9a-fA-F]/);
  if (wrong >= 0) throw new UsageError(`"${digits[wrong]}", digit ${wrong + 1}, is not a hexadecimal digit`);
  const bytes = fromHex(digits);
  if (!bytes) throw new UsageError(`${digits.length} digits are not whole bytes: one is missing or too many`);
  return bytes;
}

/** Each packet with its offset; what is no whole packet comes last. */
function packetsOf(bytes: Uint8Array): readonly (readonly [start: number, packet: Uint8Array])[] {
  const packets: [number, Uint8Array][] = [];
  let next = 0;
  try {
    new PacketFramer().push(bytes, (buffer, start, end) => {
      packets.push([start, buffer.slice(start, end)]);
      next = end;
    });
  } catch (error) {
    // A Remaining Length that goes on for ever: dissection says so.
    if (!(error instanceof ProtocolViolation)) throw error;
  }
  if (next < bytes.length) packets.push([next, bytes.slice(next)]);
  return packets;
}

/** Without a version to go by: 5.0, unless the packet breaks its rules and not those of 3.1.1. */
function read(packet: Uint8Array, version: ProtocolVersion | undefined): Dissection {
  const as5 = dissect(packet, { version: version ?? 5 });
  if (version !== undefined || !as5.violations.some(isBroken)) return as5;
  const as311 = dissect(packet, { version: 4 });
  return as311.violations.some(isBroken) ? as5 : as311;
}
