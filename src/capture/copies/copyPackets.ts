import { toBase64 } from '../../base/base64';
import { hexByte } from '../../base/bytes';
import { keptBytes } from '../rowSecrets';
import { cArray } from './cArray';
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
 * between them; as JSON a packet is one piece. Hexadecimal has asterisks where a secret is.
 */
export function* copyPackets(packets: Iterable<CopiedPacket>, format: CopyFormat): Generator<string> {
  const between = { hex: '\n', cArray: '\n\n', base64: '\n', json: ',\n' }[format];
  let count = 0;
  let first = '';
  for (const { bytes: shown, ...packet } of packets) {
    const bytes = keptBytes(shown);
    if (format === 'json') {
      const text = JSON.stringify(packetJson(packet, bytes), null, 2);
      // One alone is an object, several are a list.
      if (count === 0) first = text;
      else yield `${count === 1 ? `[\n${indented(first)}` : ''}${between}${indented(text)}`;
    } else {
      if (count > 0) yield between;
      yield* piecesOf(packet, bytes, format);
    }
    count++;
  }
  if (format === 'json') yield count > 1 ? '\n]' : first;
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

/** Strings in JSON have no line break. */
function indented(json: string): string {
  return json.replace(/^/gm, '  ');
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
