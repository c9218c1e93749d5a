import { toBase64 } from '../../base/base64';
import { hexByte } from '../../base/bytes';
import { keptBytes } from '../rowSecrets';
import { cArray } from './cArray';
import { jsonPieces } from './jsonPieces';
import { packetJson, type DescribedPacket } from './packetJson';

export const copyFormats = ['hex', 'cArray', 'base64', 'json'] as const;
export type CopyFormat = (typeof copyFormats)[number];

/** A packet to be copied: its bytes have secrets replaced, as `concealed` says. */
export interface CopiedPacket extends DescribedPacket {
  readonly bytes: Uint8Array;
}

/** Bytes in a piece: a millisecond or two. A multiple of three, so that Base64 comes in whole groups. */
const bytesAtATime = 24 * 1024;

/**
 * Packets as text for the clipboard, one below the other, in pieces that follow one another, so that its caller may rest
 * between them. Hexadecimal has asterisks where a secret is.
 */
export function* copyPackets(packets: Iterable<CopiedPacket>, format: CopyFormat): Generator<string> {
  if (format === 'json') {
    yield* asJson(packets);
    return;
  }
  let between = '';
  for (const { bytes, ...packet } of packets) {
    yield between;
    yield* piecesOf(packet, keptBytes(bytes), format);
    between = format === 'cArray' ? '\n\n' : '\n';
  }
}

/** One alone is an object, several are a list. */
function* asJson(packets: Iterable<CopiedPacket>): Generator<string> {
  let before: CopiedPacket | undefined;
  let isList = false;
  for (const packet of packets) {
    if (before) {
      yield isList ? ',\n  ' : '[\n  ';
      isList = true;
      yield* jsonPieces(packetJson(before, before.bytes), '  ');
    }
    before = { ...packet, bytes: keptBytes(packet.bytes) };
  }
  if (!before) return;
  if (isList) yield ',\n  ';
  yield* jsonPieces(packetJson(before, before.bytes), isList ? '  ' : '');
  if (isList) yield '\n]';
}

function* piecesOf(
  packet: DescribedPacket,
  bytes: Uint8Array,
  format: Exclude<CopyFormat, 'json'>,
): Generator<string> {
  if (format === 'cArray') {
    yield* cArray(bytes, `packet_${packet.sequence}`, describe(packet));
    return;
  }
  for (let at = 0; at < bytes.length; at += bytesAtATime) {
    const part = bytes.subarray(at, at + bytesAtATime);
    yield format === 'base64' ? toBase64(part) : `${at > 0 ? ' ' : ''}${hexText(part, at, packet)}`;
  }
}

function hexText(bytes: Uint8Array, offset: number, { concealed }: DescribedPacket): string {
  const words = Array.from(bytes, hexByte);
  for (const { start, end } of concealed)
    words.fill('**', Math.max(0, start - offset), Math.max(0, end - offset));
  return words.join(' ');
}

function describe({ sequence, client, direction, topic, concealed }: DescribedPacket): string {
  const way = direction === 'in' ? ' received' : direction === 'out' ? ' sent' : '';
  const secrets = concealed.length > 0 ? ', secrets replaced by asterisks (0x2a)' : '';
  return `#${sequence}${way}, ${client}${topic === undefined ? '' : `, ${topic}`}${secrets}`;
}
