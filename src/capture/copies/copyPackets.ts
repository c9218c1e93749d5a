import { toBase64 } from '../../base/base64';
import { hexByte } from '../../base/bytes';
import { cArray } from './cArray';
import { packetJson, type DescribedPacket } from './packetJson';

export const copyFormats = ['hex', 'cArray', 'base64', 'json'] as const;
export type CopyFormat = (typeof copyFormats)[number];

/** A packet to be copied: its bytes have secrets replaced, as `concealed` says. */
export interface CopiedPacket extends DescribedPacket {
  readonly bytes: Uint8Array;
}

/** Packets as text for the clipboard, one below the other. Hexadecimal has asterisks where a secret is. */
export function copyPackets(packets: readonly CopiedPacket[], format: CopyFormat): string {
  switch (format) {
    case 'hex':
      return packets.map(hexText).join('\n');
    case 'cArray':
      return packets
        .map((packet) => cArray(packet.bytes, `packet_${packet.sequence}`, describe(packet)))
        .join('\n\n');
    case 'base64':
      return packets.map(({ bytes }) => toBase64(bytes)).join('\n');
    case 'json': {
      const described = packets.map((packet) => packetJson(packet, packet.bytes));
      return JSON.stringify(described.length === 1 ? described[0] : described, null, 2);
    }
  }
}

function hexText({ bytes, concealed }: CopiedPacket): string {
  const words = Array.from(bytes, hexByte);
  for (const { start, end } of concealed) words.fill('**', start, end);
  return words.join(' ');
}

function describe({ sequence, client, direction, topic, concealed }: CopiedPacket): string {
  const way = direction === 'in' ? ' received' : direction === 'out' ? ' sent' : '';
  const secrets = concealed.length > 0 ? ', secrets replaced by asterisks (0x2a)' : '';
  return `#${sequence}${way}, ${client}${topic === undefined ? '' : `, ${topic}`}${secrets}`;
}
